"""What can be said of a period's values: count, sum, average, extremes, percentiles. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from functions.observability.metrics.buckets import MIXED

SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


class Held(NamedTuple):
    """What one bucket holds of a period."""

    bucket: int
    samples: float
    total: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All values of a series in one period, by rising buckets; one at least."""

    held: Sequence[Held]

    def simple(self, statistic: str) -> float:
        """Give one of SIMPLE."""
        match statistic:
            case "SampleCount":
                return sum(one.samples for one in self.held)
            case "Sum":
                return sum(one.total for one in self.held)
            case "Minimum":
                return min(one.least for one in self.held)
            case "Maximum":
                return max(one.most for one in self.held)
            case "Average":
                samples = self.simple("SampleCount")
                return self.simple("Sum") / samples if samples else 0.0
            case _:
                raise LookupError(statistic)

    def percentile(self, percent: float) -> float | None:
        """Give the value below which `percent` of the values lie, interpolated inside its bucket.

        None where statistic sets were put: their single values are not known. Source: CloudWatch
        user guide, "Percentiles".
        """
        if any(one.bucket == MIXED for one in self.held):
            return None
        rank = percent / 100 * (self.simple("SampleCount") - 1)
        for one in self.held:
            if rank < one.samples:
                steps = max(one.samples - 1, 1.0)
                return one.least + (one.most - one.least) * min(max(rank, 0.0) / steps, 1.0)
            rank -= one.samples
        return self.held[-1].most


def percent_of(statistic: str) -> float | None:
    """Read a percentile's name, `p99` or `p99.9`; None for any other statistic."""
    digits = statistic[1:]
    whole, _, part = digits.partition(".")
    spelled = whole.isdecimal() and (part.isdecimal() or digits == whole)
    if not statistic.startswith("p") or not spelled or not digits.isascii() or len(digits) > 14:
        return None
    percent = float(digits)
    return percent if percent <= 100 else None
