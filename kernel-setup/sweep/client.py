"""Puts a sweep's runs onto Dask and tells of each as it ends.

The first line of stdin is a JSON object (see `start` in cluster.mjs). Events go to stdout, one JSON object a line. The end
of stdin means that nobody listens any more: the cluster, where it is ours, and every run then end too.
"""
import asyncio
import json
import logging
import os
import sys
import threading
import time
from concurrent.futures import CancelledError
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

events = None


def tell(event, **content):
    events.write(json.dumps({"event": event, **content}) + "\n")
    events.flush()


class SchedulerGone(Exception):
    pass


def connect(spec):
    """A client of the given scheduler, which may still be starting; or of a cluster of our own."""
    from distributed import Client, LocalCluster
    from distributed.security import Security

    if not spec["scheduler"]:
        # A worker runs one notebook at a time, in processes of its own, so its memory is not Dask's to watch.
        # Dask's ports run what they are sent, also by other users of this machine: so they take only
        # what is signed with a key that this session makes and keeps to itself.
        cluster = LocalCluster(
            n_workers=spec["workers"], threads_per_worker=1, processes=True, memory_limit=0, dashboard_address=None,
            local_directory=spec["scratch"], silence_logs=logging.CRITICAL,
            protocol="tls", host="127.0.0.1", security=Security.temporary(),
        )
        return Client(cluster)
    deadline = time.monotonic() + spec["patience"]
    while True:
        try:
            return Client(spec["scheduler"], timeout=max(1, min(10, deadline - time.monotonic())))
        except OSError:
            if time.monotonic() >= deadline:
                raise SchedulerGone(f"no scheduler answers at {spec['scheduler']}") from None
            time.sleep(0.5)


def load(path, name):
    """A module that no machine can import by its name, not even this one, so that Dask sends its functions by value."""
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def submit(client, spec, runs):
    """The futures, each with its run. By its key, a run that two sweeps ask for at the same time is done once."""
    run_notebook = load(Path(__file__).with_name("task.py"), "dark_matter_task").run_notebook
    # A worker that dies takes its run with it, which then begins anew elsewhere: a few times, in case the run is what kills it.
    futures = {}
    for run in runs:
        work = {**run, "page": spec["pages"][run["notebook"]]}
        futures[client.submit(run_notebook, work, spec["options"], key=f"dark-matter-{run['key']}", pure=False)] = run
    return futures


def follow(futures, library, ended):
    """Tells of each run as it ends. Raises SchedulerGone where those that are left are lost."""
    from distributed import as_completed

    for future in as_completed(futures):
        run = futures[future]
        try:
            result = future.result()
        except (Exception, CancelledError, asyncio.CancelledError) as problem:
            if future.status != "error":
                raise SchedulerGone(str(problem)) from None
            # The machine's fault, not the notebook's: its worker died each time, or its disk is full.
            error = f"{type(problem).__name__}: {problem}".split("\n")[0]
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            result = {
                **{name: run[name] for name in ("key", "notebook", "parameters")},
                "status": "failed", "seconds": 0, "figures": {}, "error": error, "worker": "", "time": now, "library": library,
            }
        ended.add(run["key"])
        tell("end", result=result)


def sweep(spec):
    left, ended = spec["runs"], set()
    while left:
        client = connect(spec)
        try:
            tell("cluster", scheduler=client.scheduler.address, workers=len(client.nthreads()))
            follow(submit(client, spec, left), spec["options"]["library"], ended)
        except SchedulerGone:
            if not spec["scheduler"]:
                raise
            tell("lost", scheduler=spec["scheduler"])
        finally:
            client.close(timeout=2)
            if client.cluster:
                client.cluster.close(timeout=5)
        left = [run for run in left if run["key"] not in ended]


def follow_stdin():
    for _ in sys.stdin:
        pass
    os._exit(130)  # a cluster of our own sees that we are gone; another one drops what no client asks for


if __name__ == "__main__":
    # What a library prints must not mix with the events.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    specification = json.loads(sys.stdin.readline())
    threading.Thread(target=follow_stdin, daemon=True).start()
    try:
        sweep(specification)
    except SchedulerGone as gone:
        tell("gone", message=str(gone))
    os._exit(0)
