"""How fast kernels answer: ours, stock tslab, Deno's and ipykernel, side by side, interleaved in one run.

Measured over Jupyter's own client, from outside, as a front end would see it:
  ready       from starting the process to the reply to kernel_info
  cell        from a trivial execute_request to its execute_reply, median of 30, after 5 not counted
  completion  from a complete_request to its reply, median of 10, after 3 not counted
  stop        from interrupting a cell that loops for ever, silently or printing, to its execute_reply (kernels that survive it)
  import      a cell `import { … } from 'dark-matter'` after a cell that loaded the engine (TypeScript kernels): in a kernel that
              had two idle seconds since its start, in which ours parses the library's types, and in one that had none
  loop, functions, awaits, for await
              what code of a cell takes by its own clock, and the same code of a module in Node itself (the column "node")

A peer that fails is told of on stderr and left out; the others go on.

Prints JSON. usage: kernel.py ROOT [ROUNDS]
"""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from kernels import names, specs

ROOT = Path(sys.argv[1]).resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
IMPORT = "import { train, nn, random } from 'dark-matter'; typeof train"
# Each ends with the milliseconds that it took.
TYPESCRIPT = {
    "loop": "const a = new Float64Array(10_000_000).fill(0.5); let s = 0; const t0 = performance.now(); for (let i = 0; i < a.length; i++) s += a[i]!; performance.now() - t0",
    "functions": "const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2)); const t1 = performance.now(); fib(32); performance.now() - t1",
    "awaits": "const t2 = performance.now(); for (let i = 0; i < 100_000; i++) await 0; performance.now() - t2",
    "for await": "async function* items() { for (let i = 0; i < 100_000; i++) yield i; } let sum = 0; const t3 = performance.now(); for await (const x of items()) sum += x; performance.now() - t3",
}
PYTHON = {
    "loop": "import array, time\na = array.array('d', [0.5]) * 10_000_000; s = 0; t = time.perf_counter()\nfor x in a: s += x\n1000 * (time.perf_counter() - t)",
    "functions": "import time\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nt = time.perf_counter(); fib(32)\n1000 * (time.perf_counter() - t)",
    "awaits": "import time\nasync def nothing(): pass\nt = time.perf_counter()\nfor i in range(100_000): await nothing()\n1000 * (time.perf_counter() - t)",
    "for await": "import time\nasync def items():\n    for i in range(100_000): yield i\nt = time.perf_counter(); s = 0\nasync for x in items(): s += x\n1000 * (time.perf_counter() - t)",
}
KERNELS = {
    "dark-matter": {"stop": "for (;;);", "stop, printing": "for (let i = 0; ; i++) console.log(i)", "trivial": "1 + 1", "complete": "Math.fl", "engine": "import * as tf from '@tensorflow/tfjs-node'; tf.add(1, 2).dataSync()[0]"},
    "tslab": {"trivial": "1 + 1", "complete": "Math.fl", "engine": "import * as tf from '@tensorflow/tfjs-node'; tf.add(1, 2).dataSync()[0]"},
    "deno": {"trivial": "1 + 1", "complete": "Math.fl"},
    "python3": {"stop": "while True: pass", "stop, printing": "while True: print(1)", "trivial": "1 + 1", "complete": "os.pat"},
}


def reply(client, request_id, timeout=120):
    while True:
        message = client.get_shell_msg(timeout=timeout)
        if message["parent_header"].get("msg_id") == request_id:
            return message


def timed(client, request) -> float:
    start = time.perf_counter()
    content = reply(client, request())["content"]
    seconds = time.perf_counter() - start
    if content["status"] != "ok":
        raise RuntimeError(f"the kernel answered {content}: a time of this would mean nothing")
    return seconds


def by_its_own_clock(client, code: str) -> float:
    """The seconds of a cell whose result is milliseconds."""
    request = client.execute(code)
    said = ""
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            raise RuntimeError(f"the kernel answered {content['ename']}: {content['evalue']}")
        # tslab prints its results.
        if kind == "stream":
            said += content["text"]
        if kind == "execute_result":
            said += content["data"]["text/plain"]
        if kind == "status" and content["execution_state"] == "idle":
            reply(client, request)
            return float(re.sub(r"\x1b\[\d*m", "", said)) / 1000


def in_node(code: str) -> float:
    module = re.sub(r"([\])])!|: number", r"\1", code)
    module = re.sub(r"performance\.now\(\) - t\d$", r"console.log(\g<0>)", module)
    run = subprocess.run(["node", "--input-type=module", "--eval", module], capture_output=True, text=True, check=True)
    return float(run.stdout) / 1000


def stopped(kernel: KernelManager, client, endless: str) -> float:
    request = client.execute(endless)
    time.sleep(0.5)
    start = time.perf_counter()
    kernel.interrupt_kernel()
    reply(client, request)
    return time.perf_counter() - start


@contextmanager
def fresh(name: str, manager: KernelSpecManager):
    """A kernel that has answered its first request, its client, and the seconds that took."""
    kernel = KernelManager(kernel_name=name, kernel_spec_manager=manager)
    start = time.perf_counter()
    kernel.start_kernel(cwd=str(ROOT))
    client = kernel.client()
    client.start_channels()
    try:
        # Asked again and again, as a socket may not be bound yet when the first request is sent.
        while True:
            request = client.kernel_info()
            try:
                reply(client, request, timeout=0.05)
                break
            except Exception:
                if time.perf_counter() - start > 60:
                    raise
        yield kernel, client, time.perf_counter() - start
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def imported(client, script: dict) -> float | None:
    timed(client, lambda: client.execute(script["engine"]))
    start = time.perf_counter()
    message = reply(client, client.execute(IMPORT))
    seconds = time.perf_counter() - start
    return seconds if message["content"]["status"] == "ok" else None


def measure(name: str, manager: KernelSpecManager) -> dict:
    if name == "node":
        return {key: in_node(code) for key, code in TYPESCRIPT.items()}
    script = KERNELS[name]
    with fresh(name, manager) as (kernel, client, ready):
        figures = {"ready": ready}
        # Each another cell: a kernel may remember the last one.
        trivial = [timed(client, lambda: client.execute(f"{script['trivial']} + {i}")) for i in range(35)][5:]
        figures["cell"] = statistics.median(trivial)
        if name == "python3":
            timed(client, lambda: client.execute("import os"))
        completions = [timed(client, lambda: client.complete(script["complete"])) for _ in range(13)][3:]
        figures["completion"] = statistics.median(completions)
        for key in ("stop", "stop, printing"):
            if key in script:
                figures[key] = stopped(kernel, client, script[key])
        for key, code in (PYTHON if name == "python3" else TYPESCRIPT).items():
            try:
                figures[key] = by_its_own_clock(client, code)
            except Exception as error:
                print(f"{name}: {key}: {error!r}; it is left out", file=sys.stderr)
    if "engine" in script:
        for key, idle in (("import", 2), ("import, at once", 0)):
            with fresh(name, manager) as (_, client, _):
                time.sleep(idle)
                figures[key] = imported(client, script)
    return figures


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        manager = specs(ROOT, Path(folder))
        runs = {name: [] for name in [*names(), "node"]}
        for _ in range(ROUNDS):
            for name in runs:
                try:
                    runs[name].append(measure(name, manager))
                except Exception as error:
                    print(f"{name}: {error!r}; it is left out of this round", file=sys.stderr)
    result = {}
    for name, figures in runs.items():
        keys = {key: None for run in figures for key in run}
        result[name] = {
            key: {"median": statistics.median(values), "min": min(values), "max": max(values)}
            for key in keys
            if (values := [run[key] for run in figures if run.get(key) is not None])
        }
    print(json.dumps(result))


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
main()
