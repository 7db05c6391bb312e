"""Which program an environment becomes, for each family of runtimes. Pure; starts nothing."""

from __future__ import annotations

from pathlib import Path

from functions.runtime import host
from functions.runtime.runtimes import Family, Runtime
from functions.runtime.variables import LAYERS

#: Part of MemorySize that Node may fill with objects before it collects in earnest. Ours: AWS's
#: runtime sets a limit too, and does not say which.
_NODE_HEAP = 0.9


def launcher(runtime: Runtime) -> Path:
    """Choose the Python that runs the launcher: a function's own, so that it can become the client."""
    if runtime.family is Family.PYTHON and runtime.interpreter is not None:
        return runtime.interpreter.program
    return host.interpreter()


def words(runtime: Runtime, memory_mb: int, *, task_root: str, node: str, client: str) -> list[str]:
    """Write the program, or the programs to try in order; nothing for AWS's Python client.

    `node` and `client` are where Node and its client are seen.
    """
    match runtime.family:
        case Family.PYTHON:
            return []
        case Family.NODE:
            return [node, f"--max-old-space-size={int(memory_mb * _NODE_HEAP)}", client]
        case Family.PROVIDED:
            return [f"{task_root}/bootstrap:{LAYERS}/bootstrap"]
