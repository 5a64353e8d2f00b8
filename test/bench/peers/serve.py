"""The Python half of serve.mjs: requests in JSON on standard input, answers on standard output."""
import json
import re
import struct
import sys
import time

import numpy as np

DTYPES = {"F32": np.float32, "I32": np.int32}


def read(path):
    """The tree in a safetensors file; a list is a record of its places, "0", "1", ..."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    tree = {"params": {}, "batch": {}}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        array = np.frombuffer(body[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        *path, last = re.findall(r"[^.\[\]]+", name)
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node[last] = array
    return tree["params"], tree["batch"]


def serve(prepare, compiles=True):
    """prepare(name, params, batch) -> (step as compared, step as timed); a step takes nothing and returns its loss.

    Where no random numbers are drawn the two are the same function."""
    step = None

    def answer(request):
        nonlocal step
        if request["do"] == "prepare":
            checked, step = prepare(request["case"], *read(request["file"]))
            begin = time.perf_counter()
            losses = [checked()]
            if step is not checked:
                begin = time.perf_counter()
                step()
            first = time.perf_counter() - begin
            losses += [checked(), checked()]
            for _ in range(3):
                step()
            return {"losses": losses, "compileMs": 1000 * first if compiles else 0}
        if request["do"] == "round":
            begin = time.perf_counter()
            for _ in range(request["steps"]):
                step()
            return {"ms": 1000 * (time.perf_counter() - begin) / request["steps"]}
        step = None
        return {}

    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as error:  # whatever it is, it is told, and the next case may do better
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)
