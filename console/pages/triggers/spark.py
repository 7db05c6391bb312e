"""Spark lines: a few numbers as a small curve. Pure; how it looks is the stylesheet's business."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

WIDTH, HEIGHT = 140, 26
"""Pixels of the drawing."""
_EDGE = 2
GROWING = 3
"""So many samples in a row, each above the one before it, are growth."""


def points(samples: Sequence[float]) -> str:
    """Lay samples out as the points of an SVG polyline, the oldest at the left, zero at the bottom."""
    if len(samples) < 2:
        return ""
    top = max(max(samples), 1.0)
    step = (WIDTH - 2 * _EDGE) / (len(samples) - 1)
    high = HEIGHT - 2 * _EDGE
    return " ".join(
        f"{_EDGE + place * step:.1f},{_EDGE + high - high * value / top:.1f}"
        for place, value in enumerate(samples)
    )


def grows(samples: Sequence[float]) -> bool:
    """Say whether the newest samples grow."""
    newest = samples[-GROWING - 1 :]
    return len(newest) > GROWING and all(a < b for a, b in pairwise(newest))
