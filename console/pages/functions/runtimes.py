"""Which runtimes the console offers, and what it calls them."""

from __future__ import annotations

import re

from console.pages.functions.source import MAIN
from functions.runtime import runtimes

_NAMES = {"python": "Python", "nodejs": "Node.js"}
_MAINS = {"python": MAIN, "nodejs": "index.mjs"}
_PROVIDED = {"provided.al2023": "Amazon Linux 2023", "provided.al2": "Amazon Linux 2"}


def offered() -> list[tuple[str, str]]:
    """Give AWS's name and ours of each runtime that functions can be made with here."""
    return [(runtime, title(runtime)) for runtime in runtimes.offered()]


def described() -> list[str]:
    """Name every runtime of this machine with its interpreter's whole version."""
    return [
        f"{one.name} ({one.version})" if one.version else one.name
        for one in runtimes.catalogue().values()
    ]


def creatable() -> list[tuple[str, str]]:
    """Give those whose code can be typed in: the others' package is a program."""
    return [(name, shown) for name, shown in offered() if main(name)]


def main(runtime: str) -> str:
    """Name the file that the console writes for a runtime; empty where it writes none."""
    return next((file for family, file in _MAINS.items() if runtime.startswith(family)), "")


def handler(runtime: str) -> str:
    """Name the handler in that file."""
    stem = main(runtime).rpartition(".")[0]
    return f"{stem}.lambda_handler" if runtime.startswith("python") else f"{stem}.handler"


def title(runtime: str) -> str:
    """Write AWS's name for people: python3.11 is Python 3.11, nodejs20.x is Node.js 20."""
    found = re.fullmatch(r"(python|nodejs)([\d.]+?)(?:\.x)?", runtime)
    if found is None:
        return _PROVIDED.get(runtime, runtime)
    return f"{_NAMES[found[1]]} {found[2]}"
