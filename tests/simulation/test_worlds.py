"""Worlds of workers that are killed, frozen and misled keep every promise; damaged ones do not."""

from __future__ import annotations

import pytest

from tests.simulation.checks import violations
from tests.simulation.mutants import MUTANTS
from tests.simulation.simulator import simulate
from tests.simulation.trace import explain

QUICK, PROOF = 12, 300
CAUGHT_BY = {
    "NoFenceOnAnyWrite": "nobody_writes_without_the_lane",
    "NoFenceOnStore": "nobody_writes_without_the_lane",
    "NoFenceOnStart": "nothing_begins_while_off",
    "LeasesBindNobody": "nobody_takes_what_is_held",
    "CheckpointBeforeSuccess": "nothing_is_lost",
    "BatchNotPinned": "a_request_names_one_batch",
    "ChildBeforeParent": "parents_come_first",
    "FirstOfManyOpensTheChildren": "parents_come_first",
    "NoBarrier": "nothing_is_lost",
    "BarrierBindsNobody": "one_fate_each",
    "LanesShareAllItems": "only_real_records_are_handed_over",
    "IdleLanesForget": "nothing_is_lost",
    "OnlyMessagesWake": "nothing_is_lost",
    "SwitchedOnUntold": "nothing_is_lost",
    "SequenceOutsideTheTransaction": "keys_stay_in_order",
    "NoFenceOnClosing": "keys_stay_in_order",
    "PutOffForEver": "calm_comes_soon",
    "HeldByLaneAlone": "living_workers_keep_their_lanes",
    "MessageBeforeTheTransaction": "losses_are_told_once",
    "MessageAfterTheTransaction": "losses_are_told_once",
    "AttemptsAreForgotten": "budgets_are_kept",
}


@pytest.mark.parametrize("seed", range(QUICK))
def test_no_misfortune_breaks_a_promise(seed: int) -> None:
    assert explain(seed) == ""


@pytest.mark.proof
@pytest.mark.parametrize("first", range(QUICK, PROOF, 24))
def test_nor_does_it_in_hundreds_of_long_worlds(first: int) -> None:
    for seed in range(first, min(first + 24, PROOF)):
        assert explain(seed, 4_000) == ""


def test_every_mutant_has_its_check() -> None:
    assert CAUGHT_BY.keys() == MUTANTS.keys()


@pytest.mark.proof
@pytest.mark.parametrize("name", MUTANTS)
def test_a_missing_safeguard_is_noticed(name: str) -> None:
    for seed in range(600):
        if CAUGHT_BY[name] in violations(simulate(seed, 1_200, MUTANTS[name])):
            return
    raise AssertionError(f"{name} keeps every promise of 600 worlds")


def test_the_same_seed_tells_the_same_story() -> None:
    assert simulate(7).events == simulate(7).events
