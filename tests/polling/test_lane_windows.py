"""Recorded and documented examples of one lane: age, windows, filters, the end of a shard."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.polling.drive import BEGIN, drive, fail_on
from triggers.polling.lane import (
    Batch,
    Condition,
    Discard,
    Failed,
    Lane,
    Outcome,
    Partial,
    Skip,
    Succeeded,
    Wait,
    Window,
)

# --- age -----------------------------------------------------------------------------------------


def test_only_the_records_that_are_too_old_are_discarded() -> None:
    """Recorded on AWS: one expired and five fresh records in one read."""
    lane = drive(count=1, max_age=60)
    lane.sleep(61)
    lane.write(5)

    lane.run()

    assert lane.discarded == [Discard(Batch(0, 1, (1,)), Condition.AGE, 1)]
    assert lane.batches() == [[2, 3, 4, 5, 6]]


def test_a_record_that_grows_too_old_while_it_is_retried_is_discarded() -> None:
    lane = drive(fail_on(1), count=1, max_age=60)

    lane.run()

    assert lane.discarded == [Discard(Batch(0, 1, (1,)), Condition.AGE, len(lane.calls))]
    assert len(lane.calls) == 9
    assert lane.now - BEGIN == pytest.approx(60, abs=0.001)


def test_the_rest_of_a_batch_whose_head_grew_too_old_has_a_full_budget() -> None:
    lane = drive(fail_on(1, 2), count=1, max_age=60, max_retries=100)
    lane.sleep(30)
    lane.write(1)

    lane.run()

    assert [one.batch.seqs for one in lane.discarded] == [(1,), (2,)]
    assert lane.batches()[0] == [1, 2]
    assert lane.batches()[-1] == [2]


# --- batching window -----------------------------------------------------------------------------


def test_full_batches_go_at_once_and_the_rest_when_the_window_ends() -> None:
    """Recorded on AWS: size 2, window 5 s, five records: the last one 4.992 s after the second."""
    lane = drive(count=5, batch_size=2, window=5)

    lane.run()

    assert lane.batches() == [[1, 2], [3, 4], [5]]
    assert [call.at for call in lane.calls] == [0, 0, 5]


def test_records_that_arrive_within_the_window_go_together() -> None:
    lane = drive(count=1, batch_size=10, window=5)
    assert lane.step() == Wait(BEGIN + 5)
    lane.sleep(4)
    lane.write(2)

    lane.run()

    assert lane.batches() == [[1, 2, 3]]
    assert lane.calls[0].at == 5


def test_windows_follow_each_other_while_nothing_arrives() -> None:
    lane = drive(batch_size=10, window=5)
    lane.sleep(12)
    lane.write(1)

    lane.run()

    assert lane.calls[0].at == 15


@pytest.mark.parametrize("ahead", ["lane", "record"])
def test_a_clock_that_ran_ahead_delays_no_window(ahead: str) -> None:
    """A worker or a writer had the clock an hour ahead; it has been set right since."""
    lane = drive(batch_size=10, window=5)
    lane.sleep(3600)
    if ahead == "record":
        lane.write(1)
    lane.now, begun = BEGIN, lane.now
    if ahead == "lane":
        lane.lane = replace(lane.lane, gathered_from=begun)
        lane.write(1)

    lane.run()

    assert [call.at for call in lane.calls] == [0]


def test_a_batch_of_the_largest_payload_does_not_wait_for_its_window() -> None:
    lane = drive(count=3, window=300, payload_limit=14 + 2 * 101)

    lane.run(until=0)

    assert lane.batches() == [[1, 2]]


def test_the_end_of_a_shard_does_not_wait_for_its_window() -> None:
    lane = drive(count=1, window=300)
    lane.closed = True

    lane.run()

    assert [call.at for call in lane.calls] == [0]
    assert lane.lane.done


# --- filters -------------------------------------------------------------------------------------


def test_records_that_do_not_match_take_no_place_in_a_batch() -> None:
    lane = drive(batch_size=2)
    for matches in (False, True, False, False, True, True, False):
        lane.write(matches=matches)

    lane.run()

    assert lane.batches() == [[2, 5], [6]]
    assert lane.lane.checkpoint == 7


def test_when_nothing_matches_the_checkpoint_moves_without_an_invocation() -> None:
    lane = drive()
    lane.write(5, matches=False)

    lane.run()

    assert lane.calls == []
    assert lane.skipped == [Skip(5)]
    assert lane.lane.checkpoint == 5


def test_splitting_counts_only_records_that_match() -> None:
    lane = drive(fail_on(6), max_retries=0, bisect=True)
    for matches in (True, False, True, False, False, True, True, False):
        lane.write(matches=matches)

    lane.run()

    assert lane.batches() == [[1, 3, 6, 7], [1, 3], [6, 7], [6], [7]]
    assert lane.lane.checkpoint == 8


# --- expiry and the end --------------------------------------------------------------------------


def test_expired_records_are_skipped_even_in_the_middle_of_retries() -> None:
    lane = drive(fail_on(1), count=3)
    lane.run(until=10)
    lane.trimmed = 3

    lane.run()

    assert lane.skipped == [Skip(3, expired=True)]
    assert lane.lane == Lane(checkpoint=3, gathered_from=lane.lane.gathered_from)


def test_a_batch_that_expires_in_part_goes_on_with_its_rest() -> None:
    lane = drive(fail_on(1), count=3)
    lane.run(until=10)
    lane.trimmed = 2

    lane.run()

    assert lane.batches()[-1] == [3]
    assert lane.lane.checkpoint == 3


def test_a_closed_shard_is_read_to_its_end_before_it_finishes() -> None:
    lane = drive(count=2, batch_size=1)
    lane.closed = True

    lane.run()

    assert lane.batches() == [[1], [2]]
    assert lane.lane.done


def test_a_lane_that_is_taken_up_after_a_crash_goes_on_alike() -> None:
    calls = []
    for crashing in (False, True):
        lane = drive(fail_on(2, 5), count=6, max_retries=2, bisect=True, batch_size=4)
        for _ in range(200):
            rest = lane.step()
            if isinstance(rest, Wait):
                if rest.until is None:
                    break
                lane.now = max(lane.now, rest.until)
            if crashing:
                lane.crash()
        calls.append(lane.batches())

    assert calls[0] == calls[1]


# --- tumbling windows ----------------------------------------------------------------------------


def counting(seqs: list[int]) -> Outcome:
    """A function whose state is the list of what it has seen."""
    return Succeeded(f"[{seqs}]")


def test_a_window_ends_with_an_invocation_that_has_only_its_state() -> None:
    """Recorded on AWS: [1] [2] [3] [4] [] then [5] with an empty state again."""
    lane = drive(counting, batch_size=1, tumbling=120)
    for _ in range(4):
        lane.write()
        lane.run(until=lane.now - BEGIN)
    lane.sleep(120)
    lane.write()

    lane.run(until=lane.now - BEGIN)

    assert [(call.seqs, call.final) for call in lane.calls] == [
        ([1], False),
        ([2], False),
        ([3], False),
        ([4], False),
        ([], True),
        ([5], False),
    ]
    states = [call.window.state for call in lane.calls if call.window]
    assert states == ["{}", "[[1]]", "[[2]]", "[[3]]", "[[4]]", "{}"]


def test_a_batch_never_spans_two_windows() -> None:
    lane = drive(counting, count=2, tumbling=60)
    lane.sleep(60)
    lane.write(2)

    lane.run(until=61)

    assert lane.batches() == [[1, 2], [], [3, 4]]


def test_windows_lie_on_multiples_of_their_length() -> None:
    lane = drive(counting, tumbling=300)
    lane.sleep(100)
    lane.write(1)

    lane.run(until=100)

    assert lane.lane.window == Window(int(BEGIN // 300) * 300, "[[1]]")


def test_an_idle_window_ends_by_itself_soon_after_its_time() -> None:
    lane = drive(counting, count=1, tumbling=60)

    lane.run()

    assert [(call.seqs, call.final) for call in lane.calls] == [([1], False), ([], True)]
    end = (int(BEGIN // 60) + 1) * 60
    assert lane.calls[1].at == end + 2 - BEGIN
    assert lane.lane.window is None


def test_the_end_of_the_shard_ends_its_window() -> None:
    lane = drive(counting, count=1, tumbling=60)
    lane.closed = True

    lane.run()

    assert [call.final for call in lane.calls] == [False, True]
    assert lane.lane.done


def test_a_state_that_is_too_long_ends_its_window_early() -> None:
    state = json.dumps("x" * (1_048_576 - 1))  # with its quotation marks one byte too long
    answers = iter([Succeeded(state), Succeeded(), Succeeded()])
    lane = drive(lambda _: next(answers), count=2, batch_size=1, tumbling=600)

    lane.run(until=0)

    assert [(call.seqs, call.final) for call in lane.calls] == [
        ([1], False),
        ([], True),
        ([2], False),
    ]
    assert lane.calls[1].window is not None
    assert lane.calls[1].window.full
    assert lane.calls[2].window == Window(lane.calls[1].window.start)


def test_a_windows_state_takes_room_from_its_records() -> None:
    state = json.dumps("x" * 1_000)
    lane = drive(
        lambda _: Succeeded(state), count=1, tumbling=600, payload_limit=14 + 1_024 + 1_200
    )
    lane.run(until=0)
    lane.write(3)

    lane.run(until=0)

    assert lane.batches() == [[1], [2], [3], [4]]


@pytest.mark.parametrize(
    ("room", "rest"), [(1_002, [[2, 3]]), (1_001, [[2], [3]])], ids=["fits", "one byte too long"]
)
def test_a_state_that_grew_takes_room_from_the_rest_of_a_batch(
    room: int, rest: list[list[int]]
) -> None:
    state = json.dumps("x" * 1_000)
    answers = iter([Partial(2, state), Succeeded(), Succeeded()])
    limit = 14 + 1_024 + 2 * 101 + room
    lane = drive(lambda _: next(answers), count=3, tumbling=600, payload_limit=limit)

    lane.run(until=1)

    assert lane.batches() == [[1, 2, 3], *rest]


def test_what_a_half_leaves_over_for_its_windows_state_is_a_batch_of_its_own() -> None:
    state = json.dumps("x" * 498)
    lane = drive(
        lambda seqs: Failed() if len(seqs) == 8 else Succeeded(state),
        count=8,
        tumbling=600,
        bisect=True,
        payload_limit=14 + 1_024 + 8 * 101 + 2,
    )

    lane.run(until=1)

    assert lane.batches() == [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [5, 6, 7], [8]]
    assert len({call.request for call in lane.calls}) == 4


def test_a_state_is_measured_as_the_event_spells_it() -> None:
    """Its text in the lane's row escapes what is not ASCII, which makes it three times as long."""
    fits = json.dumps("é" * ((1_048_576 - 2) // 2))
    lane = drive(lambda _: Succeeded(fits), count=2, batch_size=1, tumbling=600)

    lane.run(until=0)

    assert len(fits) > 3_000_000
    assert lane.batches() == [[1], [2]]


def test_a_final_invocation_that_fails_is_retried_and_given_up_like_a_batch() -> None:
    def function(seqs: list[int]) -> Outcome:
        return Succeeded() if seqs else Failed()

    lane = drive(function, count=1, tumbling=60, max_retries=1)

    lane.run()

    assert [call.final for call in lane.calls] == [False, True, True]
    assert lane.discarded == [Discard(Batch(1, 1, ()), Condition.RETRIES, 2, final=True)]
    assert lane.lane.window is None


def test_a_state_that_grows_too_long_between_the_halves_of_a_batch_is_handed_over_at_once() -> None:
    huge = json.dumps("x" * 1_048_576)
    lane = drive(
        lambda seqs: Failed() if len(seqs) == 2 else Succeeded(huge if seqs else "{}"),
        count=2,
        tumbling=600,
        bisect=True,
        max_retries=1,
    )

    lane.run(until=0)

    told = [(call.seqs, call.final, len(call.window.state)) for call in lane.calls if call.window]
    long = len(huge)
    assert told == [
        ([1, 2], False, 2),
        ([1], False, 2),
        ([], True, long),
        ([2], False, 2),
        ([], True, long),
    ]
    assert lane.lane.window == Window(int(BEGIN // 600) * 600)


def test_an_early_final_invocation_that_is_given_up_leaves_the_rest_in_its_window() -> None:
    huge = json.dumps("x" * 1_048_576)

    def function(seqs: list[int]) -> Outcome:
        return Failed() if len(seqs) != 1 else Succeeded(huge if seqs == [1] else "{}")

    lane = drive(function, count=2, tumbling=600, bisect=True, max_retries=0)

    lane.run(until=0)

    assert [one.final for one in lane.discarded] == [True]
    assert lane.batches() == [[1, 2], [1], [], [2]]
    assert lane.calls[-1].window == Window(int(BEGIN // 600) * 600)
