"""What a run has found: figures with their bars and floors, as a table and as JSON. Measures nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach."""

    sense: Literal["≤", "≥"]
    value: float

    def met(self, value: float) -> bool:
        """Say whether `value` reaches the bar."""
        return value <= self.value if self.sense == "≤" else value >= self.value


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that any design costs here, measured in the same run; `of` says what was measured."""

    value: float
    of: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, its bar and its floor, both in the figure's unit."""

    name: str
    value: float
    unit: str
    bar: Bar | None = None
    floor: Floor | None = None

    @property
    def met(self) -> bool | None:
        """Say whether the bar is reached; None without a bar."""
        return None if self.bar is None else self.bar.met(self.value)

    @property
    def ratio(self) -> float | None:
        """How many times the floor this is; for rates how many times slower than the floor."""
        if self.floor is None or not self.value or not self.floor.value:
            return None
        rate = self.unit.endswith("/s")
        return self.floor.value / self.value if rate else self.value / self.floor.value


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which `share` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(figures: Sequence[Figure]) -> str:
    """Write the figures as a table of text."""
    head = ("figure", "measured", "bar", "met", "floor", "× floor", "what the floor is")
    rows = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def as_json(figures: Sequence[Figure], facts: dict[str, object]) -> str:
    """Write the figures, with `facts` about the run, as JSON."""
    rows = [asdict(figure) | {"met": figure.met, "ratio": figure.ratio} for figure in figures]
    return json.dumps({**facts, "figures": rows}, indent=2, ensure_ascii=False)


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[figure.met]
    bar = "" if figure.bar is None else f"{figure.bar.sense} {_spell(figure.bar.value)}"
    floor = "" if figure.floor is None else _spell(figure.floor.value)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.1f}"
    of = "" if figure.floor is None else figure.floor.of
    return (figure.name, f"{_spell(figure.value)} {figure.unit}", bar, met, floor, ratio, of)


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    left = {0, len(row) - 1}
    return [
        text.ljust(width) if column in left else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]


def _spell(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
