"""Where a source file cannot be read: the first line that is no Python, or no JSON.

Parses and never runs. A deployed file may be faulty, as on AWS: the runtime then says so.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from dataclasses import dataclass

_RUNTIME = re.compile(r"python3\.(\d+)")
_OURS = sys.version_info.minor


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that cannot be read: its line and column from 1."""

    file: str
    line: int
    column: int
    text: str


def check(file: str, text: str, runtime: str = "") -> Fault | None:
    """Look for the first fault of a file; None for a sound one, and for languages not known here.

    Python is read as `runtime` reads it; where that one is newer than ours, what we cannot read
    may be sound.
    """
    if file.endswith(".py"):
        found = _RUNTIME.fullmatch(runtime)
        return _python(file, text, int(found[1]) if found else _OURS)
    if file.endswith(".json"):
        return _json(file, text)
    return None


def _python(file: str, text: str, minor: int) -> Fault | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings: no faults
            ast.parse(text, file, feature_version=(3, min(minor, _OURS)))
    except SyntaxError as error:
        if minor > _OURS:
            return None
        return Fault(file, error.lineno or 1, max(error.offset or 1, 1), error.msg)
    except (ValueError, RecursionError, MemoryError):
        return Fault(file, 1, 1, "cannot be parsed")
    return None


def _json(file: str, text: str) -> Fault | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return Fault(file, error.lineno, error.colno, error.msg)
    except RecursionError:
        return Fault(file, 1, 1, "too deeply nested")
    return None
