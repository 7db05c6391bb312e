"""Whether a package has the module that a function's handler names. Reads names, runs nothing."""

from __future__ import annotations

import sys
from collections.abc import Collection

from console.pages.functions import source
from functions.catalog.finding import Published

_NODE = (".js", ".mjs", ".cjs")


def unfound_in(runs: Published) -> str:
    """Name the module that the handler of a function or version names and its package lacks."""
    return unfound(runs.runtime, runs.handler, source.entries(bytes(runs.code.body)))


def unfound(runtime: str, handler: str, entries: Collection[str]) -> str:
    """Name the module that no entry of a package can be; nothing when one can, or nobody can say.

    Programs name no module, and a handler that names none fails in another way.
    """
    if runtime.startswith("python"):
        module = handler.rpartition(".")[0]
        stem = module.replace(".", "/")
        there = stem.partition("/")[0] in sys.stdlib_module_names
        files = {f"{stem}.py", f"{stem}.pyc"}
    elif runtime.startswith("nodejs") and ".." not in handler:
        folder, slash, name = handler.rpartition("/")
        module = stem = f"{folder}{slash}{name.partition('.')[0]}"
        there = any(one.startswith(f"node_modules/{module}/") for one in entries)
        files = {f"{stem}{ending}" for ending in _NODE}
    else:
        return ""
    there = there or any(_holds(one, stem) for one in entries)
    return "" if not module or there or not files.isdisjoint(entries) else module


def _holds(entry: str, stem: str) -> bool:
    """Tell whether an entry is in the package `stem`, its extension module, or a folder above it.

    A folder that is an entry may be a link to another one.
    """
    compiled = entry.startswith(f"{stem}.") and entry.endswith(".so")
    return compiled or entry.startswith(f"{stem}/") or stem.startswith(f"{entry}/")
