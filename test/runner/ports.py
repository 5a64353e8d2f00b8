"""Executes a notebook whose kernel is first given a port that another program listens at, and prints how often a kernel was started and how it ended."""
import asyncio
import io
import json
import os
import socket
import sys
import tempfile

from jupyter_client.provisioning.local_provisioner import LocalPortCache

folder = sys.argv[1]
sys.path.insert(0, folder)
import execute  # noqa: E402

taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen()

choose = LocalPortCache.find_available_port
given = []


def first_the_taken_one(self, ip):
    given.append(choose(self, ip))
    # Five ports a kernel: one of each of the first kernels' is taken.
    return taken.getsockname()[1] if len(given) % 5 == 1 and len(given) <= 5 * int(sys.argv[2]) else given[-1]


LocalPortCache.find_available_port = first_the_taken_one
execute.events = io.StringIO()
cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": "console.log(6 * 7)", "outputs": [], "execution_count": None}

with tempfile.TemporaryDirectory() as scratch:
    os.environ["JUPYTER_RUNTIME_DIR"] = scratch
    processes = execute.Processes()
    specification = {
        "notebook": {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, "output": f"{scratch}/executed.ipynb", "html": None,
        "kernel": "dark-matter", "folder": folder, "cellTimeout": 60, "timeout": 100,
    }
    try:
        asyncio.run(execute.main(specification, processes, lambda *_: None))
        problem = None
    except RuntimeError as error:
        problem = str(error)
    finally:
        processes.kill()
    events = [json.loads(line) for line in execute.events.getvalue().splitlines()]

print(json.dumps({
    "kernels": sum(event["event"] == "kernel" for event in events),
    "ended": [event["status"] for event in events if event["event"] == "end"],
    "problem": problem,
}))
