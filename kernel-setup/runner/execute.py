"""Executes one notebook for the runner, and ends with it.

The first line of stdin is a JSON object (see `specification` in execution.mjs). Events go to stdout, one JSON object a
line. A further line on stdin asks for an orderly stop; the end of stdin means that the runner is gone, and that
everything started here must go too.
"""
import asyncio
import ctypes
import json
import os
import queue
import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat.v4 import new_output

GRACE = 3  # seconds that an interrupted cell has to come to its end
REST = 60  # seconds that what the cells started has to come to its end, after the last of them (arguments.mjs says so)
ATTEMPTS = 3  # at starting a kernel
AT_REST = f'await (globalThis as any)[Symbol.for("dark-matter.host")].atRest({REST})'
LATE = re.compile(r"(?:Unhandled rejection|Uncaught exception) in In\[(\d+)\], after it had finished:")
IS_LINUX, IS_POSIX = sys.platform == "linux", os.name == "posix"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None) if IS_LINUX else None
events = None


def tell(event, **content):
    """Sends an event to the runner."""
    events.write(json.dumps({"event": event, **content}) + "\n")
    events.flush()


# ---- processes ------------------------------------------------------------------------------------------------------


class Processes:
    """Everything that this notebook started: its kernel, and what its cells started in turn."""

    def __init__(self):
        self.kernel = None  # the kernel leads a session of its own
        if IS_LINUX:  # whatever loses its parent below us becomes our child, also what was detached on purpose
            libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    @staticmethod
    def die_with_parent():
        """Run in the kernel's process before it becomes the kernel: should we be killed, it is killed too."""
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    def kill(self):
        if self.kernel:
            try:
                os.killpg(self.kernel, signal.SIGKILL) if IS_POSIX else os.kill(self.kernel, signal.SIGTERM)
            except OSError:
                pass  # it has ended
        for _ in range(50):  # a killed parent hands its children to us, so look again
            children = self.children()
            if not children:
                return
            for pid in children:
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass

    @staticmethod
    def children():
        if not IS_LINUX:
            return []
        found = []
        for entry in os.listdir("/proc"):
            try:
                status = Path("/proc", entry, "stat").read_text() if entry.isdigit() else ""
            except OSError:  # it ended meanwhile
                continue
            # The name, in parentheses, may hold anything; state and parent follow the last one.
            if status and int(status.rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(entry))
        return found


# ---- the kernel's client --------------------------------------------------------------------------------------------


class Client(NotebookClient):
    """nbclient, which drops what a cell says after it has ended; here it goes into the cell that said it."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.requests = {}  # message id -> (cell, index)

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.requests[parent_msg_id] = (cell, cell_index)
        while True:
            message = await self.kc.iopub_channel.get_msg(timeout=None)
            if self.take(message) == "idle" and message["parent_header"].get("msg_id") == parent_msg_id:
                return

    def take(self, message):
        """Puts an output into its cell, and returns the state that the kernel says it is in, if any."""
        owner = self.requests.get(message["parent_header"].get("msg_id"))
        if message["msg_type"] == "status":
            return message["content"]["execution_state"]
        if owner:
            self.process_message(message, *owner)
        return None

    async def settle(self):
        """Waits until nothing goes on that the cells started, and returns the errors that came meanwhile.

        Our kernel lets such an error fail the cell that runs or the next one; here that is one which only waits.
        """
        request = self.kc.execute(AT_REST, silent=True, store_history=False)
        late = []
        while True:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=1)
            except queue.Empty:
                await self._async_check_alive()
                continue
            own = message["parent_header"].get("msg_id") == request
            if own and message["msg_type"] == "error":
                late.append(message["content"])
            if self.take(message) == "idle" and own:
                return late


# ---- the notebook ---------------------------------------------------------------------------------------------------


class Stopped(Exception):
    """The notebook cannot go on. `status` is failed, timeout or interrupted."""

    def __init__(self, status, name, message):
        super().__init__(message)
        self.status, self.error = status, {"name": name, "message": message, "traceback": ""}


class Execution:
    def __init__(self, specification, processes):
        self.spec = specification
        self.processes = processes
        self.nb = nbformat.reads(json.dumps(specification["notebook"]), as_version=4)
        self.client = Client(self.nb, kernel_name=specification["kernel"], timeout=None, store_widget_state=False)
        self.interruption = asyncio.Event()
        self.deadline = time.monotonic() + specification["timeout"] if specification["timeout"] else float("inf")
        for cell in self.code_cells():
            if not self.is_skipped(cell):
                cell.outputs, cell.execution_count = [], None

    def code_cells(self):
        return [cell for cell in self.nb.cells if cell.cell_type == "code"]

    @staticmethod
    def is_skipped(cell):
        return "skip-execution" in cell.metadata.get("tags", []) or not cell.source.strip()

    def save(self):
        """Writes what there is so far; a reader sees the last state or this one, never half of it."""
        path = Path(self.spec["output"])
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_text(nbformat.writes(self.nb), encoding="utf-8")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)

    async def within(self, work, limit, what):
        """Awaits `work`; raises Stopped where it takes more than `limit` seconds, the notebook's time ends, or the user stops it."""
        limit = limit or float("inf")
        left = self.deadline - time.monotonic()
        seconds = min(limit, left)
        task, stop = asyncio.ensure_future(work), asyncio.ensure_future(self.interruption.wait())
        done, _ = await asyncio.wait(
            {task, stop}, timeout=None if seconds == float("inf") else max(0, seconds), return_when=asyncio.FIRST_COMPLETED
        )
        stop.cancel()
        if task in done:
            return task.result()
        if stop in done:
            stopped = Stopped("interrupted", "Interrupted", "the run was interrupted")
        elif limit <= left:
            stopped = Stopped("timeout", "CellTimeout", f"{what} took longer than {limit:g} s")
        else:
            stopped = Stopped("timeout", "NotebookTimeout", f"the notebook took longer than {self.spec['timeout']:g} s")
        await self.interrupt(task)
        raise stopped

    async def interrupt(self, task):
        """Lets the cell tell where it was, for what that is worth; the kernel is killed afterwards."""
        try:
            if self.client.kc:
                await asyncio.wait_for(self.client.km.interrupt_kernel(), GRACE)
                await asyncio.wait({task}, timeout=GRACE)
        except Exception:
            pass
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def start(self):
        """Jupyter chooses free ports, and the kernel opens them a moment later: another program may have been faster."""
        for left in reversed(range(ATTEMPTS)):
            try:
                await self.start_kernel()
                break
            except RuntimeError as problem:
                if left == 0 or "died" not in str(problem):
                    raise
        info = await self.client.async_wait_for_reply(self.client.kc.kernel_info())
        self.nb.metadata["language_info"] = info["content"]["language_info"]

    async def start_kernel(self):
        client = self.client
        client.create_kernel_manager()
        # By default it would lie in the system's temporary folder, and stay there after a SIGKILL.
        client.km.connection_file = str(Path(os.environ["JUPYTER_RUNTIME_DIR"], "kernel.json"))
        options = {"preexec_fn": self.processes.die_with_parent} if IS_LINUX else {}
        await client.km.start_kernel(cwd=self.spec["folder"], **options)
        self.processes.kernel = client.km.provisioner.pid
        tell("kernel", pid=self.processes.kernel)
        await client.async_start_new_kernel_client()

    async def run(self):
        """Runs every cell. Returns (status, error), and leaves the notebook saved."""
        self.save()
        try:
            await self.within(self.start(), None, "starting the kernel")
        except Stopped as stopped:
            return stopped.status, stopped.error
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type != "code":
                continue
            if self.is_skipped(cell):
                tell("cell", index=index, status="skipped", seconds=0, count=None, error=None)
                continue
            tell("start", index=index)
            began = time.monotonic()
            status, error = await self.run_cell(cell, index)
            self.save()
            seconds = time.monotonic() - began
            tell("cell", index=index, status=status, seconds=seconds, count=cell.execution_count, error=error)
            if status != "passed":
                return status, {**error, "index": self.blame(error, index)}
        return await self.look_back()

    def blame(self, error, index):
        """The place of the cell that an error comes from: it may have ended long before the one that the error met."""
        owner = self.origin(error)
        if owner is None:
            return index
        owner.outputs.append(new_output("error", ename=error["name"], evalue=error["message"], traceback=[error["traceback"]]))
        self.save()
        at = next(i for i, cell in enumerate(self.nb.cells) if cell is owner)
        tell("cell", index=at, status="failed", seconds=None, count=owner.execution_count, error=error)
        return at

    def origin(self, error):
        """The earlier cell whose error this is, if it is of one that had ended."""
        named = LATE.match(error["traceback"])
        return self.executed(int(named[1])) if named else None

    def executed(self, count):
        return next((cell for cell in self.code_cells() if cell.execution_count == count), None)

    async def run_cell(self, cell, index):
        try:
            await self.within(self.client.async_execute_cell(cell, index), self.spec["cellTimeout"], "the cell")
        except CellExecutionError:
            pass  # its error is among the outputs
        except DeadKernelError:
            return "failed", self.note(cell, "KernelDied", f"the kernel died ({self.how_it_died()})")
        except Stopped as stopped:
            where = self.errors(cell)  # of the interruption, with the line
            error = self.note(cell, stopped.error["name"], stopped.error["message"])
            return stopped.status, {**error, "traceback": where[-1]["traceback"] if where else ""}
        return self.judge(cell)

    def judge(self, cell):
        """An error is excused by the tag of the cell that it comes from."""
        errors = self.errors(cell)
        for error in errors:
            if "raises-exception" not in (self.origin(error) or cell).metadata.get("tags", []):
                return "failed", error
        return "passed", errors[0] if errors else None

    async def look_back(self):
        """After the last cell: does an earlier one fail yet?"""
        while True:
            try:
                late = await self.within(self.client.settle(), REST + GRACE * 10, "the kernel's coming to rest")
            except Stopped as stopped:
                return stopped.status, stopped.error
            except DeadKernelError:
                return "failed", {"name": "KernelDied", "message": f"the kernel died ({self.how_it_died()})", "traceback": ""}
            for error in late:
                self.owner(error).outputs.append(new_output("error", **error))
            # An error ends the waiting, and there may be others.
            if not late or late[-1]["ename"] == "StillRunning":
                break
        self.save()
        failed = []
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type != "code" or self.is_skipped(cell):
                continue
            status, error = self.judge(cell)
            if status == "failed":
                tell("cell", index=index, status=status, seconds=None, count=cell.execution_count, error=error)
                failed.append({**error, "index": index})
        return ("failed", failed[0]) if failed else ("passed", None)

    def owner(self, error):
        """The cell that an error names, `In[3]`; the last one where it names none."""
        named = re.search(r"\bIn\[(\d+)\]", "\n".join(error["traceback"]))
        last = [cell for cell in self.code_cells() if cell.execution_count][-1]
        return (named and self.executed(int(named[1]))) or last

    @staticmethod
    def errors(cell):
        return [
            {"name": output.ename, "message": output.evalue, "traceback": "\n".join(output.traceback)}
            for output in cell.outputs
            if output.output_type == "error"
        ]

    @staticmethod
    def note(cell, name, message):
        """Writes an error of ours where the cell's own would stand."""
        cell.outputs.append(new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"]))
        return {"name": name, "message": message, "traceback": ""}

    def how_it_died(self):
        process = self.client.km.provisioner.process
        code = process.poll() if process else None
        if code is None:
            return "how is not known"
        return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"

    async def close(self):
        """Lets the kernel end by itself if it will."""
        try:
            await asyncio.wait_for(self.client._async_cleanup_kernel(), 5)
        except Exception:
            pass

    def to_html(self):
        from nbconvert import HTMLExporter

        path = Path(self.spec["html"])
        body, _ = HTMLExporter().from_notebook_node(self.nb, {"metadata": {"name": path.stem}})
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_text(body, encoding="utf-8")
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)


async def main(specification, processes, listen):
    execution = Execution(specification, processes)
    listen(asyncio.get_running_loop(), execution.interruption)
    began = time.monotonic()
    status, error = await execution.run()
    seconds = time.monotonic() - began
    if status in ("passed", "failed"):
        await execution.close()
    processes.kill()
    if specification["html"]:
        try:
            execution.to_html()
        except Exception as problem:  # what became of the cells is told all the same
            if status == "passed":
                status, error = "failed", {"name": "NotWritten", "message": f"no HTML page: {problem}", "traceback": ""}
    tell("end", status=status, seconds=seconds, error=error)


if __name__ == "__main__":
    # What a library prints must not mix with the events.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    specification = json.loads(sys.stdin.readline())
    processes = Processes()

    def leave(code):
        processes.kill()
        shutil.rmtree(os.environ["JUPYTER_RUNTIME_DIR"], ignore_errors=True)
        os._exit(code)

    def listen(loop, interruption):
        # Ctrl-C reaches every process of the terminal, this one too.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if IS_POSIX else ():
            loop.add_signal_handler(name, interruption.set)

        def follow():
            for _ in sys.stdin:
                loop.call_soon_threadsafe(interruption.set)
            leave(130)

        threading.Thread(target=follow, daemon=True).start()

    code = 0
    try:
        asyncio.run(main(specification, processes, listen))
    except BaseException as problem:
        tell("fault", name=type(problem).__name__, message=str(problem))
        code = 3
    leave(code)
