"""Which batches PutLogEvents takes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from console.aws.clock import Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, limits
from functions.observability.acceptance import Acceptance, accept, check_batch, judge
from functions.observability.models import LogEvent

NOW_MS = 1_790_000_000_000  # what the frozen clock says
DAY = limits.DAY_MS
HOUR = 3_600_000


def at(*times: int) -> list[tuple[int, str]]:
    return [(NOW_MS + one, "x") for one in times]


@pytest.mark.parametrize(
    ("times", "retention", "wanted"),
    [
        ([0], None, Acceptance(0, 1, False)),
        ([-14 * DAY], None, Acceptance(0, 1, False)),
        ([-14 * DAY - 1, -14 * DAY + 1], None, Acceptance(1, 2, False)),
        ([0, 2 * HOUR, 2 * HOUR + 1], None, Acceptance(0, 2, False)),
        ([-DAY - 1, -DAY], 1, Acceptance(1, 2, True)),
        ([-DAY - 1, -DAY], 30, Acceptance(0, 2, False)),
    ],
)
def test_events_too_old_or_too_new_are_left_out(
    times: Sequence[int], retention: int | None, wanted: Acceptance
) -> None:
    assert judge(at(*times), NOW_MS, retention) == wanted


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            at(5, 4),
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        (
            at(-DAY - 1, 0),
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ),
        (
            [(NOW_MS, "ü" * 524_276)],
            "Upload too large: 1048578 bytes exceeds limit of 1048576",
        ),
    ],
)
def test_a_bad_batch_is_refused_whole(events: list[tuple[int, str]], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        check_batch(events)

    assert (refused.value.code, refused.value.message) == ("InvalidParameterException", message)


def test_the_largest_batch_is_taken() -> None:
    check_batch([(NOW_MS, "ü" * 524_275)])


def test_accepted_events_are_stored(scope: Scope, clock: Clock) -> None:
    groups.create_group(scope, "g", clock=clock)
    groups.create_stream(scope, "g", "s", clock=clock)

    taken = accept(scope, "g", "s", [(NOW_MS - 15 * DAY, "old")], clock=clock)
    accept(scope, "g", "s", [(NOW_MS, "new")], clock=clock)

    assert (taken.start, taken.end) == (1, 1)
    assert [event.message for event in LogEvent.objects.all()] == ["new"]


def test_a_batch_makes_neither_group_nor_stream(scope: Scope, clock: Clock) -> None:
    with pytest.raises(AwsError, match=r"The specified log group does not exist\."):
        accept(scope, "g", "s", at(0), clock=clock)

    groups.create_group(scope, "g", clock=clock)
    with pytest.raises(AwsError, match=r"The specified log stream does not exist\."):
        accept(scope, "g", "s", at(0), clock=clock)
