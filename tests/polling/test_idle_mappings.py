"""A mapping that counts events and finds none says so, a datapoint of zero a minute."""

from __future__ import annotations

import pytest

from functions.observability.metrics.reading import Name, Periods, read
from tests.polling.conftest import EPOCH, make_mapping, make_shard
from triggers.polling import counting

pytestmark = pytest.mark.postgres


def polled(scope, mapping, minute):
    name = Name("AWS/Lambda", "PolledEventCount", (("EventSourceMappingUUID", str(mapping.uuid)),))
    return [
        (period.summary.simple("Sum"), period.minute - minute)
        for period in read(scope, name, Periods(minute, minute + 10, 1))
    ]


def counts_events(mapping):
    mapping.metrics = ["EventCount"]
    mapping.save(update_fields=["metrics"])
    return mapping


def test_an_idle_mapping_has_a_datapoint_of_zero_each_minute(scope, clock):
    mapping = counts_events(make_mapping(scope, make_shard(scope)))

    counting.idle(clock)
    clock.sleep(60)
    counting.idle(clock)

    assert polled(scope, mapping, int(EPOCH) // 60) == [(0, 0), (0, 1)]


def test_a_disabled_mapping_and_one_that_counts_nothing_say_nothing(scope, clock):
    shard = make_shard(scope)
    disabled = counts_events(make_mapping(scope, shard, enabled=False))
    silent = make_mapping(scope, make_shard(scope))

    counting.idle(clock)

    assert polled(scope, disabled, int(EPOCH) // 60) == []
    assert polled(scope, silent, int(EPOCH) // 60) == []
