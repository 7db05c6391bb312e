"""Recorded and documented examples of one lane: batches, retries, splitting, reports."""

from __future__ import annotations

import itertools

import pytest

from tests.polling.drive import drive, fail_on, report
from triggers.polling.lane import (
    Batch,
    Condition,
    Discard,
    Failed,
    Invoke,
    Lane,
    Rules,
    Succeeded,
    Unreachable,
    Wait,
    backoff,
    settle,
)


def test_an_idle_lane_waits_for_records() -> None:
    assert drive().step() == Wait(None)


@pytest.mark.parametrize(
    ("count", "batch_size", "batches"),
    [
        (1, 100, [[1]]),
        (2, 3, [[1, 2]]),
        (7, 3, [[1, 2, 3], [4, 5, 6], [7]]),
        (3, 1, [[1], [2], [3]]),
    ],
)
def test_a_batch_holds_at_most_batch_size_records(
    count: int, batch_size: int, batches: list[list[int]]
) -> None:
    lane = drive(count=count, batch_size=batch_size)

    lane.run()

    assert lane.batches() == batches


@pytest.mark.parametrize(
    ("limit", "batches"),
    [
        (14 + 3 * 101, [[1, 2, 3]]),
        (14 + 3 * 101 - 1, [[1, 2], [3]]),
        (14 + 2 * 101 - 1, [[1], [2], [3]]),
        (50, [[1], [2], [3]]),  # a record that cannot fit goes alone, or its shard would stand
    ],
)
def test_a_batch_is_cut_before_the_record_that_would_exceed_the_payload(
    limit: int, batches: list[list[int]]
) -> None:
    lane = drive(count=3, payload_limit=limit)

    lane.run()

    assert lane.batches() == batches


def test_a_batch_in_hand_stays_the_same_when_more_records_arrive() -> None:
    lane = drive(fail_on(1), count=2)
    lane.run(until=0.3)

    lane.write(5)
    lane.run(until=1)

    assert lane.batches()[-1] == [1, 2]


# --- retries -------------------------------------------------------------------------------------


def test_a_failing_batch_is_retried_for_ever_by_default_under_one_request_id() -> None:
    lane = drive(fail_on(2), count=3)

    lane.run(until=3600)

    assert len(lane.calls) > 60
    assert {call.request for call in lane.calls} == {"r1"}
    assert {tuple(call.seqs) for call in lane.calls} == {(1, 2, 3)}


def test_waits_between_attempts_double_up_to_the_cap() -> None:
    lane = drive(fail_on(1), count=1, backoff_cap=60.0)

    lane.run(until=200)

    times = [call.at for call in lane.calls]
    gaps = [round(b - a, 3) for a, b in itertools.pairwise(times)]
    assert gaps[:11] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60.0][: len(gaps[:11])]
    assert max(gaps) <= 60.0


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0.2), (2, 0.4), (3, 0.8), (8, 25.6), (9, 51.2), (10, 60), (9999, 60)],
)
def test_backoff_doubles_up_to_its_cap(failures: int, seconds: float) -> None:
    assert backoff(failures, 60.0) == pytest.approx(seconds)


@pytest.mark.parametrize(("retries", "deliveries"), [(0, 1), (1, 2), (3, 4)])
def test_n_retries_mean_one_and_n_deliveries_then_the_batch_is_discarded(
    retries: int, deliveries: int
) -> None:
    lane = drive(fail_on(1), count=2, batch_size=1, max_retries=retries)

    lane.run()

    assert lane.batches() == [[1]] * deliveries + [[2]]
    assert lane.discarded == [Discard(Batch(0, 1, (1,)), Condition.RETRIES, deliveries)]


def test_a_function_that_cannot_be_reached_costs_no_attempt_but_waits_longer_each_time() -> None:
    answers = iter([Unreachable(), Unreachable(), Unreachable(), Failed(), Succeeded()])
    lane = drive(lambda _: next(answers), count=1, max_retries=1)

    lane.run()

    assert [call.at for call in lane.calls] == [0, 0.2, 0.6, 1.4, 1.6]
    assert lane.discarded == []


# --- splitting -----------------------------------------------------------------------------------


def test_splitting_tries_the_left_half_to_its_end_before_the_right() -> None:
    """Recorded on AWS: one retry, record 2 poisoned."""
    lane = drive(fail_on(2), count=4, max_retries=1, bisect=True)

    lane.run()

    assert lane.batches() == [[1, 2, 3, 4], [1, 2], [1], [2], [2], [3, 4]]
    assert lane.discarded == [Discard(Batch(1, 2, (2,)), Condition.RETRIES, 2)]


def test_splits_do_not_wait_and_each_half_has_a_request_id_of_its_own() -> None:
    lane = drive(fail_on(2), count=4, max_retries=1, bisect=True)

    lane.run()

    assert [call.at for call in lane.calls] == [0, 0, 0, 0, 0.2, 0.2]
    assert [call.request for call in lane.calls] == ["r1", "r2", "r3", "r4", "r4", "r5"]


def test_an_odd_batch_is_split_with_the_smaller_half_on_the_left() -> None:
    lane = drive(fail_on(1), count=3, max_retries=0, bisect=True)

    lane.run()

    assert lane.batches() == [[1, 2, 3], [1], [2, 3]]


def test_an_unreachable_function_splits_nothing() -> None:
    answers = iter([Unreachable(), Succeeded()])
    lane = drive(lambda _: next(answers), count=4, bisect=True)

    lane.run()

    assert lane.batches() == [[1, 2, 3, 4], [1, 2, 3, 4]]


# --- partial batch responses ---------------------------------------------------------------------


def test_a_report_moves_the_checkpoint_and_restarts_the_count() -> None:
    """Recorded on AWS with one retry: [1,2,3,4] then [2,3,4] twice, approximateInvokeCount 2; the
    good records behind the failing one are discarded with it."""
    lane = drive(report(2), count=4, max_retries=1, reports=True)

    lane.run()

    assert lane.batches() == [[1, 2, 3, 4], [2, 3, 4], [2, 3, 4]]
    assert lane.discarded == [Discard(Batch(1, 4, (2, 3, 4)), Condition.RETRIES, 2)]
    assert [call.request for call in lane.calls] == ["r1", "r2", "r2"]


def test_the_failing_record_is_delivered_once_more_when_it_was_not_the_first() -> None:
    """Recorded on AWS: six records, batches of 3, three retries, only the last record fails: it is
    delivered five times, and the failure record says 4."""
    lane = drive(report(6), count=6, batch_size=3, max_retries=3, reports=True)

    lane.run()

    assert sum(6 in seqs for seqs in lane.batches()) == 5
    assert sum(5 in seqs for seqs in lane.batches()) == 1
    assert [one.invocations for one in lane.discarded] == [4]


def test_a_report_of_the_first_record_is_no_progress() -> None:
    """Recorded on AWS: 4 deliveries for three retries."""
    lane = drive(report(1), count=1, max_retries=3, reports=True)

    lane.run()

    assert lane.batches() == [[1]] * 4


def test_with_splitting_a_report_cuts_at_the_record_and_then_splits() -> None:
    """Recorded on AWS: one retry, record 2 reported."""
    lane = drive(report(2), count=4, max_retries=1, bisect=True, reports=True)

    lane.run()

    assert lane.batches() == [[1, 2, 3, 4], [2, 3, 4], [2], [2], [3, 4]]
    assert lane.discarded == [Discard(Batch(1, 2, (2,)), Condition.RETRIES, 2)]


def test_the_lane_remembers_that_its_failure_was_a_report() -> None:
    lane = drive(report(1), count=1, reports=True)
    lane.run(until=0.1)
    assert lane.lane.reported

    lane = drive(fail_on(1), count=1, reports=True)
    lane.run(until=0.1)
    assert not lane.lane.reported


def test_invoking_needs_an_outcome() -> None:
    with pytest.raises(ValueError, match="outcome"):
        settle(Lane(), Invoke(Batch(0, 1, (1,))), None, Rules(), 0.0)
