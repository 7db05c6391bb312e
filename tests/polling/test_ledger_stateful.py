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
from triggers.models import Lane
from triggers.polling import ledger
from triggers.polling.ledger import PENDING, Fate, Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
RECORDS = 20
FATES = st.sampled_from([Fate.DELIVERED, Fate.DISCARDED, Fate.FILTERED, Fate.EXPIRED])


class LedgerMachine(RuleBasedStateMachine):
    """A shard of twenty records, read by lanes that share it; record n is lane n's, modulo."""

    @initialize(begin=st.integers(0, 3), factor=st.integers(1, 3))
    def open(self, begin: int, factor: int) -> None:
        self.clock = FrozenClock()
        self.shard = make_shard(scope_for("123456789012", "us-east-1"), RECORDS)
        self.mapping = make_mapping(scope_for("123456789012", "us-east-1"), self.shard)
        self.mapping.lanes.all().delete()
        self.begin, self.shared = begin, False
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
        low, high = lane.checkpoint, min(RECORDS, lane.checkpoint + length)
        mine = [seq for seq in range(low + 1, high + 1) if seq % self.factor == lane.number]
        whole = fate in (Fate.FILTERED, Fate.EXPIRED)  # such a run has no list
        if whole and self.factor > 1 and fate is Fate.EXPIRED:
            fate = Fate.FILTERED
        taken = mine if whole else [seq for seq in mine if seq % 7 != unmatched]
        if high == low or not (taken or whole):
            return
        run = Run(low, high, fate, None if whole else taken)
        ledger.enter(lane.pk, run, self.clock.now())
        lane.checkpoint = high
        Lane.objects.filter(pk=lane.pk).update(checkpoint=high)
        for seq in mine:
            self.told[seq] = str(fate) if seq in taken else str(Fate.FILTERED)

    @rule(factor=st.integers(1, 3))
    def change_the_factor(self, factor: int) -> None:
        """All lanes come to the barrier, the furthest of their places; others go on behind it."""
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
        """What a lane passes over may be another's: it is filtered when all have passed over it.

        Of what its own lane has forgotten, others that came by later still say that they did.
        """
        if seq <= self.begin:
            return {None}
        fate = self.told.get(seq, PENDING)
        if fate is None:
            return {None, Fate.FILTERED, PENDING} if self.shared else {None}
        if fate == Fate.FILTERED and any(lane.checkpoint < seq for lane in self.lanes):
            return {PENDING}
        return {fate}

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
