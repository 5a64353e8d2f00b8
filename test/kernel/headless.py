"""Executes notebooks with nbclient, as `jupyter execute` and nbconvert do, and prints what is in them afterwards, as JSON."""
import json
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError


def execute(sources, **options):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    ended = "ok"
    try:
        NotebookClient(notebook, kernel_name="dark-matter", timeout=60, **options).execute()
    except (CellExecutionError, DeadKernelError) as error:
        ended = type(error).__name__
    nbformat.validate(notebook)
    return {"ended": ended, "cells": [{"count": cell.execution_count, "outputs": cell.outputs} for cell in notebook.cells]}


print(json.dumps([execute(run["sources"], **run.get("options", {})) for run in json.load(sys.stdin)]))
