"""Which runtimes this host offers, by AWS's names: Pythons, Node, and a `bootstrap` of one's own. Starts nothing."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import StrEnum

from console.aws.errors import AwsError
from functions.runtime import interpreters
from functions.runtime.interpreters import Interpreter

#: Source: Lambda developer guide, "Lambda runtimes", deprecated ones.
DEPRECATED = re.compile(
    r"nodejs|nodejs(4\.3|6\.10|8\.10|1[0246]\.x)|python(2\.7|3\.[678])|java8|ruby2\.[57]|go1\.x"
    r"|dotnetcore[123]\.[01]|dotnet5\.0|dotnet[67]|provided"
)
#: Majors of Node that AWS has a runtime for. Source: same page.
_NODES = ("18", "20", "22", "24")
_PROVIDED = ("provided.al2023", "provided.al2")


class Family(StrEnum):
    """What kind of client speaks the Runtime API."""

    PYTHON = "python"
    NODE = "nodejs"
    PROVIDED = "provided"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A runtime that functions can have here; `interpreter` is None where the package brings its own."""

    name: str
    family: Family
    interpreter: Interpreter | None = None

    @property
    def version(self) -> str:
        """The interpreter's own version, as people know it; empty without one."""
        return "" if self.interpreter is None else self.interpreter.version


@functools.cache
def catalogue() -> dict[str, Runtime]:
    """Find every runtime there is here, by name; the Python that runs us comes first."""
    found = [
        Runtime(f"python{minor}", Family.PYTHON, interpreter)
        for minor, interpreter in interpreters.pythons().items()
    ]
    found += [
        Runtime(f"nodejs{major}.x", Family.NODE, node)
        for major, node in interpreters.nodes().items()
        if major in _NODES
    ]
    found += [Runtime(name, Family.PROVIDED) for name in _PROVIDED]
    return {one.name: one for one in found}


def offered() -> tuple[str, ...]:
    """Name the runtimes that functions can have here."""
    return tuple(catalogue())


def check(runtime: str) -> None:
    """Let only runtimes pass that this host offers.

    Raises AwsError("InvalidParameterValueException") in AWS's words; the enum value set is ours.
    """
    if runtime in catalogue():
        return
    if DEPRECATED.fullmatch(runtime):
        raise AwsError(
            "InvalidParameterValueException",
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions.",
        )
    raise AwsError(
        "InvalidParameterValueException",
        f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
        f"value set: [{', '.join(offered())}] or be a valid ARN",
    )
