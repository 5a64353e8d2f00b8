"""The kernels that are compared: ours, stock tslab as its own installer would write it, ipykernel, and Deno's where DENO names its binary."""
import json
import os
import shutil
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager


def deno() -> str | None:
    return os.environ.get("DENO") or shutil.which("deno")


def names() -> list[str]:
    return ["dark-matter", "tslab", *(["deno"] if deno() else []), "python3"]


def specs(root: Path, folder: Path) -> KernelSpecManager:
    """Kernel specs written to `folder`, beside those installed in the project's environment."""
    write(folder / "tslab", ["node", str(root / "node_modules/tslab/bin/tslab"), "kernel", "--config-path={connection_file}"])
    if deno():
        write(folder / "deno", [str(deno()), "jupyter", "--kernel", "--conn", "{connection_file}"])
    manager = KernelSpecManager()
    manager.kernel_dirs = [str(folder), str(root / ".venv/share/jupyter/kernels")]
    return manager


def write(folder: Path, argv: list[str]) -> None:
    folder.mkdir()
    spec = {"argv": argv, "display_name": folder.name, "language": "typescript"}
    (folder / "kernel.json").write_text(json.dumps(spec))
