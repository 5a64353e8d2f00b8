"""One run, on a worker: our runner as a program, ended with the worker.

Sent to the workers by value, so they need no module of ours; what they need is a set-up clone and Node.
"""
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

# Of a kernel that could not be started, as when another took its port between the choosing and the opening: nothing has run.
ATTEMPTS = 3


def run_notebook(run, options):
    """Executes a notebook and returns what is to be kept of it (`Kept` in store.mjs). Never raises for what the notebook does."""
    root = Path(os.environ.get("DARK_MATTER_ROOT", options["root"]))
    folder = root / ".dark-matter" / "sweeps" / run["key"]
    earlier = kept(folder, options)
    if earlier:
        return earlier
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "source").mkdir(parents=True)
    source = folder / "source" / f"{run['notebook']}.ipynb"
    source.write_text(json.dumps(run["page"]), encoding="utf-8")

    began = time.monotonic()
    for _ in range(ATTEMPTS):
        code, said = execute(arguments(root, folder, source, run, options), root, folder)
        if code != 3:
            break
    seconds = round(time.monotonic() - began, 3)
    if code == 130:  # told to end from outside, as batch systems do before they take the machine: then another worker does it
        from distributed import Reschedule

        raise Reschedule
    status, error = outcome(folder, code, said)
    library = (read_json(root / "lib" / "dist" / ".built.json") or {}).get("stamp", "being compiled")
    measured = figures(folder, run)  # also before a claim that failed
    if library != options["library"]:
        measured = {}
        status, error = "failed", f"OtherLibrary: the library here is {library}, and the sweep's is {options['library']}"
    result = {
        "key": run["key"],
        "notebook": run["notebook"],
        "parameters": run["parameters"],
        "status": status,
        "seconds": seconds,
        "figures": measured,
        "error": error,
        "worker": f"{socket.gethostname()}:{os.getpid()}",
        "time": datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "library": options["library"],
    }
    write_whole(folder / "result.json", json.dumps({"sweep": options["sweep"], "result": result}))
    return result


def kept(folder, options):
    """What an earlier attempt left, whose answer was lost on its way: a run that came to its end does not do so twice."""
    left = read_json(folder / "result.json")
    if left is None:
        return None
    result, same = left["result"], left["sweep"] == options["sweep"]
    return result if same or (result["status"] == "passed" and not options["again"]) else None


def arguments(root, folder, source, run, options):
    node = options["node"] if os.path.exists(options["node"]) else shutil.which("node") or "node"
    given = [part for name, text in run["given"] for part in ("-p", f"{name}={text}")]
    limits = ["--timeout", str(options["timeout"]), "--cell-timeout", str(options["cellTimeout"])]
    outputs = ["--out", str(folder), "--report", str(folder / "report.json")]
    return [node, str(root / "kernel-setup" / "notebooks.mjs"), str(source), *given, *limits, *outputs]


def execute(command, root, folder):
    """Runs a program that does not outlive this worker, or this task where it is cancelled. Returns its code and what it said."""
    linux = ctypes.CDLL(None) if sys.platform == "linux" else None

    def die_with_parent():  # 1 is PR_SET_PDEATHSIG; the runner's own children see the end of their stdin and follow
        linux.prctl(1, signal.SIGKILL, 0, 0, 0)

    # The name of an npm command makes the runner follow its parent where there is no such signal (see runner/ending.mjs).
    environment = {**os.environ, "CI": "true", "npm_lifecycle_event": "sweep", "DARK_MATTER_RESULTS": str(folder / "results")}
    with open(folder / "log.txt", "w+b") as log:
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent if linux else None,
        )
        try:
            wait(process)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
        log.seek(0)
        return process.returncode, log.read().decode("utf-8", "replace")


def wait(process):
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    while True:
        try:
            process.wait(0.5)
            return
        except subprocess.TimeoutExpired:
            # A thread cannot be interrupted, so we look whether somebody still wants the result, and can be told of it.
            state = worker.state.tasks.get(key)
            if state is None or state.state == "cancelled" or worker.status.name in ("closing", "closed", "failed"):
                raise RuntimeError("the run was cancelled")


def outcome(folder, code, said):
    """The status, and the error on one line."""
    report = read_json(folder / "report.json")
    if report is None:
        last = " ".join(said.strip().splitlines()[-2:])
        return "failed", f"RunnerFailed: the runner ended with {code}: {last}"
    notebook = report["notebooks"][0]
    if notebook["status"] == "passed":
        return "passed", None
    error = notebook["error"] or {}
    where = "".join(f"{name} {error[name]}, " for name in ("cell", "line") if error.get(name) is not None)
    first = (error.get("message") or "").strip().split("\n")[0]
    status = "timeout" if notebook["status"] == "timeout" else "failed"
    return status, f"{where[:-2] + ': ' if where else ''}{error.get('name', notebook['status'])}: {first}"


def figures(folder, run):
    """What the notebook recorded last with measure.appendResults; nothing where it recorded nothing.

    Of other pictures than digits it records in a file of their own, whose name ends in theirs.
    """
    for name in (f"{run['notebook']}-{run['parameters'].get('data')}", run["notebook"]):
        try:
            lines = (folder / "results" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
            return json.loads(lines[-1])["figures"]
        except (OSError, LookupError):
            pass
    return {}


def read_json(path):
    """None where the file is missing or half of one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_whole(path, text):
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
