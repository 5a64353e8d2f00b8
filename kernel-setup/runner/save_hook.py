"""What JupyterLab writes when it saves a notebook of ours: what `npm run notebooks -- --save` writes (saved.mjs).

A chart's picture stays and its specification, as large again, goes, but for that of a chart with a slider; so do times and
other marks of a run. Of widgets the collection keeps the pictures; other notebooks keep what JupyterLab saved of their
state, so that a reader sees them where no kernel runs. The page that is open keeps all of it.
"""

import json

# The longest specification that is kept, in characters, as in saved.mjs.
LONGEST = 400_000
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
MARKS = ("execution", "ExecuteTime", "trusted")


def pre_save(model, **_):
    """Jupyter's hook: changes the model that is about to be written."""
    if model["type"] != "notebook" or not model.get("content"):
        return
    notebook = model["content"]
    metadata = notebook.get("metadata", {})
    if notebook.get("nbformat") == 4 and metadata.get("kernelspec", {}).get("name") == "dark-matter":
        tidy(notebook)


def tidy(notebook):
    metadata = notebook["metadata"]
    collection = "outputs_of" in metadata.get("dark-matter", {})
    if collection or not metadata.get("widgets", {}).get(STATE, {}).get("state"):
        metadata.pop("widgets", None)
    for cell in notebook["cells"]:
        for mark in MARKS:
            cell["metadata"].pop(mark, None)
        for output in cell.get("outputs", []):
            drop_specification(output)
            if collection:
                output.get("data", {}).pop(VIEW, None)


def drop_specification(output):
    data = output.get("data", {})
    if "image/png" in data and not any(slides(form) for form in data.values()):
        for kind in [kind for kind in data if kind.startswith("application/vnd.vega")]:
            del data[kind]


def slides(spec):
    """Whether a specification has a parameter that the reader sets: the picture shows one frame only."""
    params = spec.get("params") if isinstance(spec, dict) else None
    bound = isinstance(params, list) and any(
        isinstance(param.get("bind"), dict) and "input" in param["bind"] for param in params
    )
    return bound and len(json.dumps(spec, ensure_ascii=False, separators=(",", ":"))) <= LONGEST
