"""A lane driven by a machine that knows nothing of how it works, only what it promises.

The model is naive: a fate for each record, a count of failures for each request, the state that a
window ought to have. After every step what the lane did must fit it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import assert_never

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.polling.drive import Drive, succeed
from triggers.polling.lane import (
    Discard,
    Failed,
    Finish,
    Invoke,
    Outcome,
    Partial,
    Rules,
    Skip,
    Succeeded,
    Take,
    Unreachable,
    Wait,
    decide,
    settle,
)
from triggers.polling.limits import WINDOW_MEMBERS_BYTES, WINDOW_STATE_BYTES

ENVELOPE = len('{"Records":[]}')
HUGE = json.dumps("x" * WINDOW_STATE_BYTES)
FAT = json.dumps("x" * 300)
"""A state that leaves room for less of a batch than an empty one."""
any_rules = st.builds(
    Rules,
    batch_size=st.sampled_from([1, 2, 4, 6]),
    payload_limit=st.sampled_from([150, 350, 1_500, 10_000]),
    backoff_cap=st.sampled_from([0.2, 5.0]),
    window=st.sampled_from([0.0, 0.0, 5.0, 300.0]),
    max_retries=st.sampled_from([-1, 0, 1, 3]),
    max_age=st.sampled_from([-1, -1, 600]),
    bisect=st.booleans(),
    reports=st.booleans(),
    tumbling=st.sampled_from([0, 900]),
)
answers = st.sampled_from(["succeed", "fail", "partial", "unreachable", "grow", "fatten"])
SIZES = st.sampled_from([30, 67, 68, 200])
"""Two of 67 and their commas are the least payload limit exactly; one of 68 is beyond it."""


class LaneMachine(RuleBasedStateMachine):
    """One lane, its shard, and the model of what became of the records."""

    def __init__(self) -> None:
        super().__init__()
        self.drive = Drive(Rules(), succeed)
        self.fates: dict[int, str] = {}
        self.failures: dict[str, int] = {}
        self.state = "{}"  # that the next invocation of the window must get
        self.grown = False  # it has outgrown its limit
        self.halves: list[list[int]] = []  # batches that splits owe, in order
        self.rests: dict[str, float] = {}  # until when a request may not be tried again
        self.calls = 0
        self.newest_checkpoint = 0

    # --- what happens around the lane --------------------------------------------------------

    @initialize(chosen=any_rules)
    def begin(self, chosen: Rules) -> None:
        self.drive.rules = replace(chosen, reports=chosen.reports or chosen.tumbling > 0)

    @precondition(lambda self: not self.drive.closed)
    @rule(
        sizes=st.lists(SIZES, min_size=1, max_size=8),
        holes=st.sampled_from([0, 0, 6, 90]),
        answer=answers,
        place=st.integers(0, 7),
    )
    def write(self, sizes: list[int], holes: int, answer: str, place: int) -> None:
        for at, size in enumerate(sizes):
            self.drive.write(1, size=size, matches=not (holes >> at) & 1)
        self.go_on(answer, place, 2)

    @rule(seconds=st.sampled_from([0.1, 1.0, 30.0, 400.0, 1000.0]), answer=answers)
    def sleep(self, seconds: float, answer: str) -> None:
        self.drive.sleep(seconds)
        self.go_on(answer, 1, 2)

    @rule()
    def crash(self) -> None:
        """Nothing is left but the row; its wait is `due_at`, which keeps others from claiming."""
        if self.drive.now >= self.drive.lane.not_before:
            self.drive.crash()

    @rule(count=st.integers(1, 4))
    def expire(self, count: int) -> None:
        self.drive.trimmed = min(len(self.drive.records), self.drive.trimmed + count)

    @precondition(lambda self: len(self.drive.records) > 6)
    @rule()
    def close(self) -> None:
        self.drive.closed = True

    @rule(answer=answers, place=st.integers(0, 7))
    def try_again(self, answer: str, place: int) -> None:
        self.go_on(answer, place, 3)

    def go_on(self, answer: str, place: int, steps: int) -> None:
        for _ in range(steps):
            if not self.step(answer, place):
                return

    # --- one step ----------------------------------------------------------------------------

    def step(self, answer: str, place: int) -> bool:
        """Take one decision and hold it against the model; False when the lane rests."""
        drive = self.drive
        lane, now, given = drive.lane, drive.now, drive.rules
        action = decide(lane, drive.seen(), given, now)
        outcome: Outcome | None = None
        match action:
            case Wait(until):
                assert until is None or until > now, "it waits for what is past"
                drive.now = now if until is None else until
                return until is not None
            case Finish():
                assert drive.closed
                assert len(self.fates) == len(drive.records)
            case Take(batch):
                assert batch.low == lane.checkpoint
                if lane.cuts:
                    self.cut_again(list(batch.seqs))
            case Skip(upto, expired):
                self.settle_run(lane.checkpoint, upto, "expired" if expired else "filtered")
                self.drop_halves(upto)
            case Discard(batch):
                self.judge_discard(action)
            case Invoke():
                drive.lane = lane = replace(lane, request_id=lane.request_id or self.next_request())
                outcome = self.call(action, answer, place)
            case _:
                assert_never(action)
        drive.lane = settle(lane, action, outcome, given, drive.now)
        if isinstance(action, Invoke):
            assert outcome is not None
            self.account(action, outcome, lane.request_id)
        if isinstance(action, Discard) and action.final:
            self.state, self.grown = "{}", False
        return not isinstance(action, Finish)

    def next_request(self) -> str:
        self.calls += 1
        return f"r{self.calls}"

    def call(self, action: Invoke, answer: str, place: int) -> Outcome:
        """Judge what the function is given, and answer."""
        drive, batch = self.drive, action.batch
        window, tumbling = drive.lane.window, drive.rules.tumbling
        assert drive.now >= self.rests.get(drive.lane.request_id, 0.0), "the backoff is not over"
        assert (window is not None) == (tumbling > 0)
        if window is not None:
            assert window.state == self.state, "the chain of states is broken"
            assert window.full == self.grown
            assert not self.grown or action.final, "it goes on with a state that is too long"
        if action.final:
            assert window is not None
            assert not batch.seqs
            later = [one for one in drive.records if one.arrived >= window.start + tumbling]
            over = drive.now >= window.start + tumbling
            assert self.grown or drive.closed or over or later, "the window is not over"
        else:
            self.judge_batch(batch.low, batch.high, list(batch.seqs))
        match answer:
            case "fail":
                return Failed()
            case "unreachable":
                return Unreachable()
            case "partial" if drive.rules.reports and batch.seqs:
                first = batch.seqs[place % len(batch.seqs)]
                return Partial(first, FAT if place > 3 else json.dumps(self.calls))
            case "grow" if tumbling and not action.final:
                return Succeeded(HUGE)
            case "fatten":
                return Succeeded(FAT)
            case _:
                return Succeeded(json.dumps(self.calls))

    def cut_again(self, seqs: list[int]) -> None:
        """Less of the batch in hand fits since the window's state has grown; the rest is owed next."""
        owed = self.halves[0]
        assert seqs == owed[: len(seqs)]
        assert self.size(seqs) <= self.drive.rules.payload_limit or len(seqs) == 1
        assert self.size(owed[: len(seqs) + 1]) > self.drive.rules.payload_limit
        self.halves = [seqs, owed[len(seqs) :], *self.halves[1:]]

    def size(self, seqs: list[int]) -> int:
        """The bytes of an event, with what a tumbling window adds."""
        window = WINDOW_MEMBERS_BYTES + len(self.state) if self.drive.rules.tumbling else 0
        return ENVELOPE + window + sum(self.drive.records[seq - 1].size + 1 for seq in seqs)

    def judge_batch(self, low: int, high: int, seqs: list[int]) -> None:
        """The batch is all that matches of its range, in order, and within every limit."""
        drive, given = self.drive, self.drive.rules
        there = [one for one in drive.records[low:high] if one.matches]
        assert seqs == [one.seq for one in there], "not all that match, or not in order"
        assert low == drive.lane.checkpoint
        assert set(range(1, low + 1)) == self.fates.keys(), "something before it is not settled"
        assert 1 <= len(seqs) <= given.batch_size
        assert self.size(seqs) <= given.payload_limit or len(seqs) == 1
        if given.tumbling:
            starts = {one.arrived // given.tumbling for one in there}
            assert len(starts) == 1
            assert drive.lane.window is not None
            assert drive.lane.window.start == starts.pop() * given.tumbling
        if self.halves:
            assert seqs == self.halves[0], "the halves do not add up"

    def judge_discard(self, action: Discard) -> None:
        given, lane = self.drive.rules, self.drive.lane
        batch, condition = action.batch, str(action.condition)
        if condition == "RetryAttemptsExhausted":
            assert given.max_retries >= 0
            assert action.invocations == given.max_retries + 1
            assert self.failures.get(lane.request_id) == given.max_retries + 1
            if given.bisect:
                assert len(batch.seqs) <= 1, "it is to be split first"
        else:
            ages = [self.drive.now - self.drive.records[seq - 1].arrived for seq in batch.seqs]
            assert all(age > given.max_age >= 0 for age in ages)
        if not action.final:
            self.settle_run(batch.low, batch.high, "discarded", list(batch.seqs))
            self.drop_halves(batch.high)

    def account(self, action: Invoke, outcome: Outcome, request: str) -> None:
        """Enter into the model what an answer means."""
        batch, lane, given = action.batch, self.drive.lane, self.drive.rules
        if isinstance(outcome, Partial) and outcome.first <= batch.seqs[0]:
            outcome = Failed(reported=True)
        match outcome:
            case Succeeded(state):
                self.settle_run(batch.low, batch.high, "delivered", list(batch.seqs))
                self.drop_halves(batch.high)
                self.state, self.grown = ("{}", False) if action.final else (state, state == HUGE)
                if not given.tumbling:
                    self.state, self.grown = "{}", False
            case Partial(first, state):
                done = [seq for seq in batch.seqs if seq < first]
                self.settle_run(batch.low, first - 1, "delivered", done)
                rest = [seq for seq in batch.seqs if seq >= first]
                self.halves = [rest, *self.halves[1:]] if self.halves else [rest]
                self.state = state if given.tumbling else "{}"
                assert lane.request_id == "", "the rest is another batch"
            case Failed():
                self.fail(list(batch.seqs), request)
            case Unreachable():
                assert lane.attempt == self.failures.get(request, 0)
            case _:
                assert_never(outcome)
        self.rests[request] = lane.not_before if lane.request_id == request else 0.0

    def fail(self, seqs: list[int], request: str) -> None:
        given, lane = self.drive.rules, self.drive.lane
        if given.bisect and len(seqs) > 1:
            left, right = seqs[: len(seqs) // 2], seqs[len(seqs) // 2 :]
            self.halves = [left, right, *self.halves[1:]]
            assert lane.attempt == 0
            assert lane.request_id == ""
            return
        self.failures[request] = self.failures.get(request, 0) + 1
        assert given.max_retries < 0 or self.failures[request] <= given.max_retries + 1
        assert lane.attempt == self.failures[request]
        assert self.drive.now < lane.not_before <= self.drive.now + given.backoff_cap

    def settle_run(self, low: int, high: int, fate: str, seqs: list[int] | None = None) -> None:
        """Give each record of (low, high] its fate: of a batch those that matched, else all."""
        for record in self.drive.records[low:high]:
            given = fate if seqs is None or record.seq in seqs else "filtered"
            assert record.seq not in self.fates, f"{record.seq}: {self.fates[record.seq]}, {given}"
            assert given != "filtered" or not record.matches, f"{record.seq} matches"
            self.fates[record.seq] = given

    def drop_halves(self, high: int) -> None:
        """Take away of what is owed all that is settled; expired records leave a half shorter."""
        left = [[seq for seq in half if seq > high] for half in self.halves]
        self.halves = [half for half in left if half]

    # --- what holds at all times -------------------------------------------------------------

    @invariant()
    def everything_up_to_the_checkpoint_has_one_fate(self) -> None:
        checkpoint = self.drive.lane.checkpoint
        assert checkpoint >= self.newest_checkpoint, "the checkpoint goes back"
        self.newest_checkpoint = checkpoint
        assert set(self.fates) == set(range(1, checkpoint + 1))

    @invariant()
    def the_batches_owed_follow_each_other(self) -> None:
        lane = self.drive.lane
        assert list(lane.cuts) == sorted(set(lane.cuts))
        assert all(cut > lane.checkpoint for cut in lane.cuts)

    @invariant()
    def a_row_holds_all_of_it(self) -> None:
        lane = self.drive.lane
        self.drive.crash()
        assert self.drive.lane == lane, asdict(lane)

    def teardown(self) -> None:
        """Let everything succeed: the shard is read to its end, and nothing is owed."""
        self.drive.closed = True
        for _ in range(10_000):
            if not self.step("succeed", 0):
                break
        assert self.drive.lane.done
        assert len(self.fates) == len(self.drive.records)
        assert not self.halves


def test_a_lane_keeps_its_promises_whatever_happens() -> None:
    run_state_machine_as_test(
        LaneMachine, settings=settings(max_examples=300, stateful_step_count=40, deadline=None)
    )


@pytest.mark.proof
def test_so_it_does_in_thousands_of_lives() -> None:
    run_state_machine_as_test(
        LaneMachine, settings=settings(max_examples=3_000, stateful_step_count=80, deadline=None)
    )
