"""The time that a request asks for, in whole periods, and AWS's refusals of times that make no sense."""

from __future__ import annotations

import math
from datetime import datetime

from console.aws.errors import AwsError
from functions.observability.metrics import limits
from functions.observability.metrics.reading import Periods

_LONGEST = 2**31
"""Minutes; longer periods are all the same to any data, and too long for the database."""


def from_start(start: datetime, end: datetime, period: int) -> Periods:
    """Lay periods of `period` seconds from the minute of `start` on (GetMetricStatistics).

    Raises AwsError InvalidParameterValueException.
    """
    length = _minutes(period)
    _check_order(start, end)
    return Periods(_floor(start), _ceiling(end), length)


def aligned(start: datetime, end: datetime, period: int) -> Periods:
    """Lay periods of `period` seconds as the clock does, the one of `start` first (GetMetricData).

    Raises AwsError InvalidParameterValueException.
    """
    length = _minutes(period)
    _check_order(start, end)
    first = _floor(start)
    return Periods(first - first % length, _ceiling(end), length)


def _minutes(period: int) -> int:
    if period % limits.SECONDS_A_MINUTE:
        raise invalid("The parameter Period must be a multiple of 60.")
    return min(period // limits.SECONDS_A_MINUTE, _LONGEST)


def _check_order(start: datetime, end: datetime) -> None:
    if start >= end:
        raise invalid("The parameter StartTime must be less than the parameter EndTime.")


def _floor(at: datetime) -> int:
    return math.floor(at.timestamp() / 60)


def _ceiling(at: datetime) -> int:
    return math.ceil(at.timestamp() / 60)


def invalid(message: str) -> AwsError:
    """Refuse a value of a parameter."""
    return AwsError("InvalidParameterValueException", message)
