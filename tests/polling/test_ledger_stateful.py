"""The ledger against a model that keeps a fate for every record: both must answer alike."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from console.accounts.tenancy import scope_for
from tests.polling.conftest import FrozenClock, make_mapping, make_shard
from triggers.models import Lane, Record
from triggers.polling import ledger
from triggers.polling.ledger import PENDING, Fate, Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
RECORDS = 20
FATES = st.sampled_from([Fate.DELIVERED, Fate.DISCARDED, Fate.FILTERED])


class LedgerMachine(RuleBasedStateMachine):
    """A shard of twenty records, read by lanes that share it; record n is lane n's, modulo."""

    @initialize(begin=st.integers(0, 3), factor=st.integers(1, 3))
    def open(self, begin: int, factor: int) -> None:
        self.clock = FrozenClock()
        self.shard = make_shard(scope_for("123456789012", "us-east-1"), RECORDS)
        records = list(Record.objects.filter(shard=self.shard))
        for record in records:
            record.key_hash = record.seq.to_bytes(8, "big") * 2
        Record.objects.filter(shard=self.shard).delete()
        Record.objects.bulk_create(records)
        self.mapping = make_mapping(scope_for("123456789012", "us-east-1"), self.shard)
        self.mapping.lanes.all().delete()
        self.begin, self.shared, self.trimmed = begin, False, 0
        self.told: dict[int, str | None] = {}  # by record; None: forgotten
        self.lanes: list[Lane] = []
        self.divide(factor, begin)

    def divide(self, factor: int, place: int) -> None:
        self.factor = factor
        self.shared = self.shared or factor > 1
        self.lanes = [
            self.mapping.lanes.create(
                shard=self.shard, number=number, factor=factor, checkpoint=place
            )
            for number in range(factor)
        ]

    @rule(
        which=st.integers(0, 2), length=st.integers(1, 7), fate=FATES, unmatched=st.integers(0, 6)
    )
    def settle(self, which: int, length: int, fate: Fate, unmatched: int) -> None:
        lane = self.lanes[which % self.factor]
        self.pass_over_what_expired(lane)
        low, high = lane.checkpoint, min(RECORDS, lane.checkpoint + length)
        mine = [seq for seq in range(low + 1, high + 1) if seq % self.factor == lane.number]
        whole = fate is Fate.FILTERED  # such a run has no list
        taken = mine if whole else [seq for seq in mine if seq % 7 != unmatched]
        if high == low or not (taken or whole):
            return
        run = Run(low, high, fate, None if whole else taken)
        ledger.enter(lane.pk, run, self.clock.now())
        lane.checkpoint = high
        Lane.objects.filter(pk=lane.pk).update(checkpoint=high)
        for seq in mine:
            self.told[seq] = str(fate) if seq in taken else str(Fate.FILTERED)

    def pass_over_what_expired(self, lane: Lane) -> None:
        """Go on behind what is gone, whosever it was."""
        if lane.checkpoint >= self.trimmed:
            return
        run = Run(lane.checkpoint, self.trimmed, Fate.EXPIRED)
        ledger.enter(lane.pk, run, self.clock.now())
        for seq in range(run.low + 1, run.high + 1):
            if seq % self.factor == lane.number:
                self.told[seq] = str(Fate.EXPIRED)
        lane.checkpoint = run.high
        Lane.objects.filter(pk=lane.pk).update(checkpoint=run.high)

    @rule(count=st.integers(1, 5))
    def expire(self, count: int) -> None:
        """The oldest records are gone; the lanes see it when they come there."""
        self.trimmed = min(RECORDS, self.trimmed + count)
        Record.objects.filter(shard=self.shard, seq__lte=self.trimmed).delete()

    @rule(factor=st.integers(1, 3))
    def change_the_factor(self, factor: int) -> None:
        """All lanes come to the barrier, the furthest of their places; others go on behind it."""
        for lane in self.lanes:
            self.pass_over_what_expired(lane)
        barrier = max(lane.checkpoint for lane in self.lanes)
        for lane in self.lanes:
            for seq in range(lane.checkpoint + 1, barrier + 1):
                if seq % self.factor == lane.number:
                    self.told[seq] = str(Fate.FILTERED)
            ledger.enter(lane.pk, Run(lane.checkpoint, barrier, Fate.FILTERED), self.clock.now())
            Lane.objects.filter(pk=lane.pk).update(checkpoint=barrier, upto=barrier, done=True)
        self.divide(factor, barrier)

    @precondition(lambda self: self.told)
    @rule()
    def forget(self) -> None:
        """Everything that was written down until now grows too old."""
        self.clock.sleep(40 * 86400)
        ledger.trim(clock=self.clock)
        self.told = dict.fromkeys(self.told)

    @rule(seq=st.integers(1, RECORDS))
    def ask(self, seq: int) -> None:
        found = ledger.where(self.mapping.uuid, self.shard.pk, seq)
        assert (found.fate if found else None) in self.expected(seq), seq

    def expected(self, seq: int) -> set[str | None]:
        """While a record is there its fate is what its own lane told, at once.

        Of what has expired nobody knows whose it was: it is filtered when all lanes have passed over
        it, and what one had in hand counts before that others came too late.
        """
        if seq <= self.begin:
            return {None}
        fate = self.told.get(seq, PENDING)
        if seq > self.trimmed or not self.shared or fate in (Fate.DELIVERED, Fate.DISCARDED):
            return {fate}
        if fate is None:
            return {None, Fate.FILTERED, Fate.EXPIRED, PENDING}
        if fate == Fate.EXPIRED:
            return {fate}
        behind = any(lane.checkpoint < seq for lane in self.lanes)
        return {Fate.EXPIRED, PENDING if behind else Fate.FILTERED}

    def teardown(self) -> None:
        for seq in range(1, RECORDS + 1):
            self.ask(seq)


@pytest.fixture(autouse=True)
def _accounts(db: None) -> None:
    scope_for("123456789012", "us-east-1")


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_ledger_answers_as_one_who_wrote_down_every_record() -> None:
    run(15, 12)


@pytest.mark.proof
def test_so_it_does_in_hundreds_of_histories() -> None:
    run(200, 40)
