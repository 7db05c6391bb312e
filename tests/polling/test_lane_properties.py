"""Whatever happens to a lane, no record is lost, reordered or settled twice."""

from __future__ import annotations

import zlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.polling.drive import Drive
from triggers.polling.lane import (
    Condition,
    Failed,
    Finish,
    Invoke,
    Outcome,
    Partial,
    Rules,
    Succeeded,
    Unreachable,
    Wait,
    decide,
    settle,
)

rules = st.builds(
    Rules,
    batch_size=st.integers(1, 6),
    payload_limit=st.integers(150, 2000),
    backoff_cap=st.sampled_from([0.2, 5.0, 60.0]),
    window=st.sampled_from([0.0, 5.0, 300.0]),
    max_retries=st.sampled_from([-1, 0, 1, 3]),
    max_age=st.sampled_from([-1, 60, 600]),
    bisect=st.booleans(),
    reports=st.booleans(),
    tumbling=st.sampled_from([0, 0, 60, 900]),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(1, 8)),
        st.tuples(st.just("run"), st.integers(1, 12)),
        st.tuples(st.just("sleep"), st.integers(1, 400)),
        st.tuples(st.just("crash"), st.just(0)),
        st.tuples(st.just("trim"), st.integers(1, 3)),
    ),
    max_size=40,
)


class Chaos:
    """A function that fails in ways drawn from a seed, and a ledger of what it was given."""

    def __init__(self, seed: int, reports: bool) -> None:
        self.seed = seed
        self.reports = reports
        self.calls = 0
        self.calm = False
        self.delivered: list[int] = []

    def __call__(self, seqs: list[int]) -> Outcome:
        self.calls += 1
        luck = zlib.crc32(f"{self.seed}:{self.calls}".encode()) % 10
        if self.calm or luck < 4:
            self.delivered += seqs
            return Succeeded(f'"{self.calls}"')
        if luck < 6 and self.reports and seqs:
            place = luck * self.calls % len(seqs)
            self.delivered += seqs[:place]
            return Partial(seqs[place])
        return Unreachable() if luck == 9 else Failed()


def play(history: list[tuple[str, int]], given_rules: Rules, seed: int) -> tuple[Drive, Chaos]:
    """Let a lane live through a history, then calm down and read its shard to the end."""
    function = Chaos(seed, given_rules.reports)
    lane = Drive(given_rules, function)
    for kind, amount in history:
        before = lane.lane.checkpoint
        match kind:
            case "write":
                for n in range(amount):
                    lane.write(1, size=40 + n * 17 % 90, matches=bool((seed >> n) & 1) or n == 0)
            case "run":
                for _ in range(amount):
                    rest = lane.step()
                    if isinstance(rest, Wait) and rest.until is not None:
                        lane.now = max(lane.now, rest.until)
            case "sleep":
                lane.sleep(amount)
            case "crash":
                lane.crash()
            case "trim":
                lane.trimmed = min(len(lane.records), lane.trimmed + amount)
        assert lane.lane.checkpoint >= before
    function.calm, lane.closed = True, True
    lane.run()
    return lane, function


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(steps, rules, st.integers(0, 255))
def test_every_record_has_exactly_one_fate_in_order(
    history: list[tuple[str, int]], given_rules: Rules, seed: int
) -> None:
    lane, function = play(history, given_rules, seed)

    discarded = [seq for one in lane.discarded for seq in one.batch.seqs]
    matching = {record.seq for record in lane.records if record.matches}
    settled = sorted(function.delivered + discarded)
    assert lane.lane.done
    assert len(settled) == len(set(settled)), "settled twice"
    assert set(settled) <= matching, "a record that does not match was settled"
    assert function.delivered == sorted(function.delivered), "out of order"
    assert all(seq <= lane.trimmed for seq in matching - set(settled)), "lost"
    assert lane.lane.checkpoint == len(lane.records)


@settings(max_examples=200)
@given(steps, rules, st.integers(0, 255))
def test_every_batch_keeps_the_limits(
    history: list[tuple[str, int]], given_rules: Rules, seed: int
) -> None:
    lane, _ = play(history, given_rules, seed)

    arrived = {record.seq: record.arrived for record in lane.records}
    sizes = {record.seq: record.size for record in lane.records}
    for call in lane.calls:
        assert len(call.seqs) <= given_rules.batch_size
        total = 14 + sum(sizes[seq] + 1 for seq in call.seqs)
        assert total <= given_rules.payload_limit or len(call.seqs) == 1
        if given_rules.tumbling:
            windows = {int(arrived[seq] // given_rules.tumbling) for seq in call.seqs}
            assert len(windows) <= 1


@settings(max_examples=200)
@given(steps, rules, st.integers(0, 255))
def test_a_retry_budget_is_never_exceeded_and_only_poison_is_discarded(
    history: list[tuple[str, int]], given_rules: Rules, seed: int
) -> None:
    lane, _ = play(history, given_rules, seed)

    for one in lane.discarded:
        if one.condition is Condition.RETRIES:
            assert given_rules.max_retries >= 0
            assert one.invocations == given_rules.max_retries + 1
        else:
            assert given_rules.max_age >= 0
            assert one.invocations >= 1
    if given_rules.bisect and not given_rules.max_age >= 0:
        assert all(len(one.batch.seqs) <= 1 for one in lane.discarded)


@settings(max_examples=100)
@given(steps, rules, st.integers(0, 255))
def test_a_crash_between_any_two_steps_changes_nothing(
    history: list[tuple[str, int]], given_rules: Rules, seed: int
) -> None:
    calm = [step for step in history if step[0] != "crash"]
    crashing = [step for one in calm for step in (one, ("crash", 0))]

    first, _ = play(calm, given_rules, seed)
    second, _ = play(crashing, given_rules, seed)

    assert first.calls == second.calls
    assert first.discarded == second.discarded


@given(st.integers(0, 100), rules, st.floats(0, 1e9))
def test_nothing_happens_before_the_backoff_is_over(
    attempt: int, given_rules: Rules, now: float
) -> None:
    lane = Drive(Rules(backoff_cap=given_rules.backoff_cap), lambda _: Failed(), now=now)
    lane.write(1)
    lane.step()
    action = decide(lane.lane, lane.seen(), lane.rules, now)
    assert isinstance(action, Invoke)

    after = settle(lane.lane, action, Failed(), lane.rules, now)

    again = decide(after, lane.seen(), lane.rules, now)
    assert not isinstance(again, Finish | Invoke)
    assert now < after.not_before <= now + given_rules.backoff_cap + 1
