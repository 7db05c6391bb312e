"""The trees that expressions become, before and after their placeholders are filled in.

Plain data: `parser` builds them, `binding` replaces aliases and values, `conditions` and `updates`
read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Path:
    """A place in an item: attribute names and list indexes. Unbound, `#x` stands for an alias."""

    parts: tuple[str | int, ...]

    def __str__(self) -> str:
        shown = (f"[{part}]" if isinstance(part, int) else part for part in self.parts)
        return f"[{', '.join(shown)}]"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A `:value` that is not filled in yet."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value from the request, checked."""

    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its operands."""

    function: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The sum or difference of two operands; `operator` is + or -."""

    operator: str
    left: Operand
    right: Operand


Operand = Path | Placeholder | Literal | Call | Arithmetic


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands under one of = <> < <= > >=."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """An operand within two bounds, both included."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class In:
    """An operand equal to one of several."""

    operand: Operand
    choices: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Conditions joined with AND."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Conditions joined with OR."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition turned round."""

    part: Condition


Condition = Comparison | Between | In | Call | All | Some | Not


@dataclass(frozen=True, slots=True)
class Action:
    """One action of an update: `section` is SET, REMOVE, ADD or DELETE; REMOVE has no operand."""

    section: str
    path: Path
    operand: Operand | None = None
