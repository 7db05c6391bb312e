"""Old events go, young ones stay."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.clock import Clock
from console.aws.scope import Scope
from functions.observability import groups, limits, trimming
from functions.observability.models import LogEvent, LogStream
from functions.observability.writing import put_events

pytestmark = pytest.mark.postgres
NOW_MS = 1_790_000_000_000  # what the frozen clock says


def write(scope: Scope, group: str, *days_old: int, stream: str = "s") -> None:
    events = [(NOW_MS - days * limits.DAY_MS, f"{group} {days}") for days in days_old]
    put_events(scope.tenancy, scope.region, group, stream, events, NOW_MS)


def left() -> list[str]:
    return sorted(LogEvent.objects.values_list("message", flat=True))


def test_a_group_keeps_its_events_for_its_retention(scope: Scope, clock: Clock) -> None:
    write(scope, "short", 5, 2, 0)
    write(scope, "ever", 5000)
    groups.retain(scope, "short", 3)

    assert trimming.trim(clock) == 1
    stream = LogStream.objects.get(group__name="short")
    assert stream.bytes == sum(len(one) + limits.EVENT_OVERHEAD for one in ("short 0", "short 2"))
    assert left() == ["ever 5000", "short 0", "short 2"]
    assert LogStream.objects.get(group__name="short").first_ms == NOW_MS - 2 * limits.DAY_MS
    assert trimming.trim(clock) == 0


def test_groups_of_functions_have_a_default(scope: Scope, clock: Clock, settings: Any) -> None:
    settings.LOG_RETENTION_DAYS = 10
    write(scope, "/aws/lambda/f", 11, 9)
    write(scope, "/aws/lambda/g", 11, 9)
    groups.retain(scope, "/aws/lambda/g", 30)

    trimming.trim(clock)

    assert left() == ["/aws/lambda/f 9", "/aws/lambda/g 11", "/aws/lambda/g 9"]


def test_empty_streams_of_functions_go(scope: Scope, clock: Clock, settings: Any) -> None:
    settings.LOG_RETENTION_DAYS = 10
    write(scope, "/aws/lambda/f", 11, stream="old")
    write(scope, "/aws/lambda/f", 11, 1, stream="in use")
    write(scope, "mine", 11, stream="kept")
    groups.retain(scope, "mine", 1)

    trimming.trim(clock)

    assert sorted(LogStream.objects.values_list("name", flat=True)) == ["in use", "kept"]


def test_a_long_stream_is_trimmed_in_turns(
    scope: Scope, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trimming, "_EVENTS_A_TURN", 3)
    write(scope, "g", *[9] * 10, 0)
    groups.retain(scope, "g", 1)

    assert trimming.trim(clock) == 10
    assert left() == ["g 0"]
