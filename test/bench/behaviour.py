"""What kernels do where it hurts: ours, stock tslab, Deno's and ipykernel, asked from outside over Jupyter's own client.

Each check is a question with the answer yes or no. A kernel that does not answer within PATIENCE
seconds has answered no. A check that has no meaning in Python is not put to ipykernel.

Prints JSON: { question: { kernel: true | false | null } }. usage: behaviour.py ROOT
"""
import json
import os
import queue
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager
from kernels import names, specs

ROOT = Path(sys.argv[1]).resolve()
PATIENCE = 8


class Session:
    """One kernel and what it says."""

    def __init__(self, name, manager, folder):
        self.python = name == "python3"
        self.folder = folder
        self.kernel = KernelManager(kernel_name=name, kernel_spec_manager=manager)
        self.kernel.start_kernel(cwd=str(folder), stderr=open(os.devnull, "w"), stdout=open(os.devnull, "w"))
        self.client = self.kernel.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=60)
            # What a kernel loads for its first cell is not what is asked here.
            self.run("1", 60)
        except BaseException:
            self.end()
            raise

    def code(self, typescript: str, python: str) -> str:
        return python if self.python else typescript

    def send(self, code: str, **options) -> str:
        return self.client.execute(code, **options)

    def reply(self, request: str, patience: float = PATIENCE) -> dict:
        """The reply to a request on the shell channel."""
        deadline = time.monotonic() + patience
        while True:
            message = self.client.get_shell_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == request:
                return message

    def outputs(self, request: str, patience: float = PATIENCE) -> list[dict]:
        """What a request put out, until the kernel is idle again."""
        found, deadline = [], time.monotonic() + patience
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return found
            found.append(message)

    def run(self, code: str, patience: float = PATIENCE) -> tuple[str, list[dict]]:
        """The reply's status and the outputs of a cell."""
        request = self.send(code)
        status = self.reply(request, patience)["content"]["status"]
        return status, self.outputs(request, patience)

    def end(self) -> None:
        self.client.stop_channels()
        self.kernel.shutdown_kernel(now=True)


def text(outputs: list[dict]) -> str:
    return "".join(each["content"]["text"] for each in outputs if each["msg_type"] == "stream")


def of(outputs: list[dict], kind: str) -> list[dict]:
    return [each["content"] for each in outputs if each["msg_type"] == kind]


def type_error(s: Session):
    if s.python:
        return None
    status, outputs = s.run("const n: number = 'one';\nconsole.log('ran');")
    return status == "error" and "ran" not in text(outputs).split()


def traceback(s: Session):
    status, outputs = s.run(s.code("const far = 3;\nthrow new RangeError(`too far: ${far}`);", "far = 3\nraise ValueError(f'too far: {far}')"))
    errors = of(outputs, "error")
    trace = "\n".join(errors[0]["traceback"]) if errors else ""
    return status == "error" and "too far: 3" in errors[0]["evalue"] and (":2" in trace or "line 2" in trace) if errors else False


def result(s: Session):
    _, outputs = s.run("6 * 7")
    results = of(outputs, "execute_result")
    return len(results) == 1 and results[0]["data"]["text/plain"].strip() in ("42", "\x1b[33m42\x1b[39m") and results[0]["execution_count"] is not None


def aborts(s: Session):
    first = s.send(s.code("throw new Error('first');", "raise ValueError('first')"))
    second = s.send(s.code("console.log('second');", "print('second')"))
    return s.reply(first)["content"]["status"] == "error" and s.reply(second)["content"]["status"] == "aborted"


def goes_on(s: Session):
    first = s.send(s.code("throw new Error('first');", "raise ValueError('first')"), stop_on_error=False)
    second = s.send(s.code("console.log('second');", "print('second')"))
    return s.reply(first)["content"]["status"] == "error" and s.reply(second)["content"]["status"] == "ok"


def rejection(s: Session):
    if s.python:
        return None
    statuses = [s.run("void Promise.reject(new Error('nobody listens'));")[0], s.run("1")[0]]
    return "error" in statuses and s.run("2")[0] == "ok"


def timer(s: Session):
    if s.python:
        return None
    cell = "setTimeout(() => { throw new Error('later'); }, 5);\nawait new Promise((resolve) => setTimeout(resolve, 100));"
    return s.run(cell)[0] == "error" and s.run("2")[0] == "ok"


def burst(s: Session):
    _, outputs = s.run(s.code("for (let i = 0; i < 20000; i++) console.log(String(i));", "for i in range(20000): print(i)"), 60)
    return text(outputs).split() == [str(i) for i in range(20000)]


def stop_sync(s: Session):
    s.run(s.code("let kept = 41;", "kept = 41"))
    request = s.send(s.code("for (;;) {}", "while True: pass"))
    time.sleep(1)
    s.kernel.interrupt_kernel()
    stopped = s.reply(request)["content"]["status"] == "error"
    _, outputs = s.run("kept + 1")
    return stopped and "42" in (text(outputs) + json.dumps(of(outputs, "execute_result")))


def stop_async(s: Session):
    s.run(s.code("let ticks = 0;", "import asyncio\nticks = 0"))
    request = s.send(
        s.code(
            "for (;;) { ticks++; await new Promise((resolve) => setTimeout(resolve, 10)); }",
            "while True:\n    ticks += 1\n    await asyncio.sleep(0.01)",
        )
    )
    time.sleep(1)
    s.kernel.interrupt_kernel()
    if s.reply(request)["content"]["status"] != "error":
        return False
    show = s.code("console.log(ticks)", "print(ticks)")
    before = text(s.run(show)[1])
    time.sleep(0.5)
    return before != "" and text(s.run(show)[1]) == before


def asks(s: Session):
    request = s.send(s.code("const name = prompt('Name?');\nconsole.log(`Hello ${name}`);", "name = input('Name?')\nprint(f'Hello {name}')"), allow_stdin=True)
    asked = s.client.get_stdin_msg(timeout=PATIENCE)
    if asked["msg_type"] != "input_request":
        return False
    s.client.input("Ada")
    s.reply(request)
    return "Hello Ada" in text(s.outputs(request))


def queries(s: Session):
    """history, comm_info, inspect and is_complete, each answered by its own kind of reply with status ok or its like."""
    s.run(s.code("const energy = (x: number) => x * x;", "def energy(x): return x * x"))
    asked = {
        "history_reply": s.client.history(hist_access_type="tail", n=5),
        "comm_info_reply": s.client.comm_info(),
        "inspect_reply": s.client.inspect("energy", 3),
        "is_complete_reply": s.client.is_complete(s.code("function f() {", "def f():")),
    }
    replies = {kind: s.reply(request) for kind, request in asked.items()}
    right = all(replies[kind]["msg_type"] == kind for kind in asked)
    return right and bool(replies["history_reply"]["content"]["history"]) and replies["inspect_reply"]["content"]["found"] and replies["is_complete_reply"]["content"]["status"] == "incomplete"


def edits(s: Session):
    module = s.folder / s.code("part.ts", "part.py")
    module.write_text(s.code("export const value = 1;\n", "value = 1\n"))
    # Deno wants the extension, tslab does not take it.
    name = "./part" if s.kernel.kernel_name == "tslab" else "./part.ts"
    cell = s.code(f"import {{ value }} from '{name}';\nconsole.log('value', value);", "import part\nprint('value', part.value)")
    first = text(s.run(cell)[1])
    time.sleep(1.1)
    module.write_text(s.code("export const value = 2;\n", "value = 2\n"))
    return "value 1" in first and "value 2" in text(s.run(cell)[1])


QUESTIONS = {
    "a type error stops the cell before it runs": type_error,
    "an exception is an `error` message that names the cell's line": traceback,
    "the last expression is an `execute_result` with its count": result,
    "cells queued behind an error are aborted": aborts,
    "and are run with `stop_on_error: false`": goes_on,
    "an unhandled rejection fails a cell, and the kernel lives": rejection,
    "an exception in a timer fails the cell, and the kernel lives": timer,
    "20,000 lines printed by one cell have all arrived, in order, when it is idle": burst,
    "Stop ends a synchronous loop; variables remain": stop_sync,
    "Stop ends an asynchronous loop; nothing of it goes on": stop_async,
    "a cell can ask its user (`prompt`, `input`)": asks,
    "history, comm_info, inspect and is_complete are answered": queries,
    "an edited module is seen when its cell is rerun": edits,
}


def interview(name, manager, folder: Path) -> dict[str, bool | None]:
    """A kernel's answers. One that failed a question is not asked the next: another of its kind is. One that does not start has answered no."""
    answers: dict[str, bool | None] = {}
    session = None
    for question, ask in QUESTIONS.items():
        try:
            session = session or Session(name, manager, folder)
            outcome = ask(session)
            answers[question] = None if outcome is None else bool(outcome)
        except (queue.Empty, RuntimeError, KeyError, IndexError):
            answers[question] = False
        print(f"{name}: {question}: {answers[question]}", file=sys.stderr, flush=True)
        if session and answers[question] is False:
            session.end()
            session = None
    if session:
        session.end()
    return answers


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        manager = specs(ROOT, Path(folder))
        answers = {}
        for name in names():
            place = Path(folder) / f"notebooks-{name}"
            place.mkdir()
            answers[name] = interview(name, manager, place)
        print(json.dumps({question: {name: each[question] for name, each in answers.items()} for question in QUESTIONS}))


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
main()
