"""Graphs of values by time: places in pixels for an SVG, and the same values as a table.

Pure: values in, a drawing out. Where values come from is the pages' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SLOTS: Final = 60
WIDTH: Final = 480
HEIGHT: Final = 120
"""Pixels of the area that values are drawn in."""
_LONG_MS = 10_000


@dataclass(frozen=True, slots=True)
class Graph:
    """One metric: its values by slot, oldest first; None where there is none.

    `label` is an id of the catalogue, `about` what it is of, `statistic` how a slot's values are
    put together: Sum, Average or Maximum.
    """

    label: str
    about: str
    unit: str
    statistic: str
    start: int  # epoch seconds of the first slot
    step: int  # seconds
    values: tuple[float | None, ...]
    others: tuple[tuple[str, tuple[float | None, ...]], ...] = ()  # drawn beside: statistic, values

    @property
    def is_empty(self) -> bool:
        """Say whether there is no value at all."""
        return all(value is None for value in self.values)

    @property
    def top(self) -> float:
        """The value at the upper edge: a round number not below the largest one, or 100 %."""
        if self.unit == "%":
            return 100.0
        every = [self.values, *(values for _, values in self.others)]
        return rounded(
            max((one for values in every for one in values if one is not None), default=0)
        )

    @property
    def told(self) -> float:
        """What is said of the whole: the sum of sums, or the newest of maxima."""
        known = [value for value in self.values if value is not None]
        if self.statistic == "Sum":
            return sum(known)
        return known[-1] if known else 0.0

    @property
    def seconds(self) -> float | None:
        """What is said of the whole in seconds, where milliseconds are too many to read."""
        return self.told / 1000 if self.unit == "ms" and self.told >= _LONG_MS else None

    @property
    def bars(self) -> list[tuple[float, float, float]]:
        """Where each slot's bar stands: x, y and height."""
        wide = WIDTH / len(self.values)
        return [
            (round(place * wide, 2), round(HEIGHT - tall, 2), round(tall, 2))
            for place, value in enumerate(self.values)
            if value
            for tall in [max(value / self.top * HEIGHT, 1.0)]
        ]

    @property
    def dots(self) -> list[tuple[float, float]]:
        """Where each value stands: x and y."""
        return self._dots(self.values)

    @property
    def line(self) -> str:
        """The values as an SVG path through the dots of neighbours."""
        return self._path(self.dots)

    @property
    def curves(self) -> list[tuple[str, str]]:
        """What is drawn beside: its statistic and its path."""
        return [(name, self._path(self._dots(values))) for name, values in self.others]

    @property
    def statistics(self) -> list[str]:
        """The statistics of a row of the table, in order."""
        return [self.statistic, *(name for name, _ in self.others)]

    def _dots(self, values: tuple[float | None, ...]) -> list[tuple[float, float]]:
        wide = WIDTH / len(values)
        return [
            (round((place + 0.5) * wide, 1), round(HEIGHT - value / self.top * HEIGHT, 1))
            for place, value in enumerate(values)
            if value is not None
        ]

    def _path(self, dots: list[tuple[float, float]]) -> str:
        wide = WIDTH / len(self.values)
        path: list[str] = []
        before = -float(WIDTH)
        for x, y in dots:
            path.append(f"{'L' if x - before < wide * 1.5 else 'M'}{x} {y}")
            before = x
        return "".join(path)

    @property
    def rows(self) -> list[tuple[int, list[float | None]]]:
        """The slots that have a value: epoch milliseconds and its values, newest first."""
        found = [
            (
                (self.start + place * self.step) * 1000,
                [value, *(values[place] for _, values in self.others)],
            )
            for place, value in enumerate(self.values)
            if value is not None
        ]
        return found[::-1]

    @property
    def end(self) -> int:
        """Epoch seconds of the end of the last slot."""
        return self.start + self.step * len(self.values)


def rounded(value: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power < value:
        power *= 10
    while power / 10 >= value:
        power /= 10
    return next(power / part for part in (10, 5, 2, 1) if power / part >= value)


def slots(points: Sequence[tuple[int, float]], start: int, step: int) -> tuple[float | None, ...]:
    """Put points (epoch seconds and value) into their slots; the last one of a slot counts."""
    values: list[float | None] = [None] * SLOTS
    for at, value in points:
        place = (at - start) // step
        if 0 <= place < SLOTS:
            values[place] = value
    return tuple(values)
