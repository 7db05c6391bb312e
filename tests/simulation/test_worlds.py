"""Worlds of workers that are killed, frozen and misled keep every promise; damaged ones do not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.checks import CHECKS, violations
from tests.simulation.coverage import SITUATIONS, situations, table
from tests.simulation.mutants import MUTANTS
from tests.simulation.simulator import simulate
from tests.simulation.trace import digest, explain

QUICK, PROOF = 12, 300
LONG = 4_000
RARELY = 25
"""Each situation comes up in at least so many of the long worlds."""

CATCHES, MOST = 5, 300
"""A mutant is caught in so many of at most so many short worlds."""

CAUGHT_BY: dict[str, tuple[str, ...]] = {
    "NoFenceOnAnyWrite": ("nobody_writes_without_the_lane", "one_fate_each"),
    "NoFenceOnStore": ("nobody_writes_without_the_lane", "checkpoints_only_rise"),
    "NoFenceOnStart": ("nothing_begins_while_off",),
    "LeasesBindNobody": ("nobody_takes_what_is_held", "nobody_runs_beside_another"),
    "TheDeadHoldForEver": ("the_fallen_are_followed",),
    "LeasesOfClocksAheadBind": ("the_fallen_are_followed",),
    "TokensStandStill": ("tokens_only_rise",),
    "StoredAfterDeletion": ("nothing_happens_after_deletion",),
    "OffDropsTheResult": ("repeats_have_a_reason",),
    "RequestForgotten": ("a_request_names_one_batch",),
    "WindowInMemoryOnly": ("windows_add_up",),
    "CheckpointBeforeSuccess": ("nothing_is_lost",),
    "BatchNotPinned": ("a_request_names_one_batch",),
    "ChildBeforeParent": ("parents_come_first",),
    "FirstOfManyOpensTheChildren": ("parents_come_first",),
    "NoBarrier": ("nothing_is_lost",),
    "BarrierBindsNobody": ("one_fate_each",),
    "LanesShareAllItems": ("only_real_records_are_handed_over",),
    "FiltersForgotten": ("only_real_records_are_handed_over",),
    "SkipsToTheHead": ("nothing_is_lost",),
    "ExpiresTheWholeBatch": ("only_what_was_trimmed_expires",),
    "OldBeforeTheirTime": ("only_the_old_is_discarded_for_its_age",),
    "ArrivalsFollowTheClock": ("arrivals_never_go_back",),
    "AnsweredBeforeTheCommit": ("what_is_answered_is_there",),
    "IdleLanesForget": ("nothing_is_lost",),
    "OnlyMessagesWake": ("nothing_is_lost",),
    "ToldOfWhatWasSeen": ("nothing_is_lost",),
    "NoSweep": ("nothing_is_lost",),
    "SwitchedOnUntold": ("nothing_is_lost",),
    "SequenceOutsideTheTransaction": ("keys_stay_in_order",),
    "NoFenceOnClosing": ("keys_stay_in_order",),
    "PutOffForEver": ("calm_comes_soon",),
    "HeldByLaneAlone": ("living_workers_keep_their_lanes",),
    "NoHeartbeat": ("living_workers_keep_their_lanes",),
    "HeldAfterAFall": ("the_fallen_are_followed",),
    "StopsAtOnce": ("nobody_takes_what_is_held",),
    "StoresEverySecondBatch": ("an_interruption_costs_one_batch",),
    "UnreachableCostsAnAttempt": ("only_poison_is_discarded",),
    "MessageBeforeTheTransaction": ("losses_are_told_once",),
    "MessageAfterTheTransaction": ("losses_are_told_once",),
    "AttemptsAreForgotten": ("budgets_are_kept",),
}


@pytest.mark.parametrize("seed", range(QUICK))
def test_no_misfortune_breaks_a_promise(seed: int) -> None:
    assert explain(seed) == ""


@pytest.fixture(scope="module")
def worlds() -> list[Counter[str]]:
    """What came up in hundreds of long worlds, none of which breaks a promise."""
    seen = []
    for seed in range(PROOF):
        story = simulate(seed, LONG)
        assert violations(story) == {}, explain(seed, LONG)
        seen.append(situations(story))
    return seen


@pytest.mark.proof
def test_nor_does_it_in_hundreds_of_long_worlds(
    worlds: list[Counter[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("", *table(worlds), sep="\n")

    assert len(worlds) == PROOF


@pytest.mark.proof
@pytest.mark.parametrize("promise", SITUATIONS)
def test_what_could_break_it_really_happens(worlds: list[Counter[str]], promise: str) -> None:
    """The counts are the seeds' own: they are the same in every run and on every machine."""
    there = {name: sum(bool(one[name]) for one in worlds) for name in SITUATIONS[promise]}

    assert min(there.values()) >= RARELY, there


def test_every_promise_has_a_situation_that_tries_it_and_a_mutant_that_breaks_it() -> None:
    promises = {check.__name__ for check in CHECKS}

    assert SITUATIONS.keys() == promises
    assert {name for names in CAUGHT_BY.values() for name in names} == promises


def test_every_mutant_has_its_check() -> None:
    assert CAUGHT_BY.keys() == MUTANTS.keys()


@pytest.mark.proof
@pytest.mark.parametrize("name", MUTANTS)
def test_a_missing_safeguard_is_noticed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    caught = Counter[str]()
    for seed in range(MOST):
        caught.update(violations(simulate(seed, parts=MUTANTS[name])).keys())
        if min(caught[check] for check in CAUGHT_BY[name]) >= CATCHES:
            break
    with capsys.disabled():
        told = ", ".join(f"{check} in {caught[check]}" for check in CAUGHT_BY[name])
        print(f"\n{name}: of {seed + 1} worlds {told}", end="")

    assert min(caught[check] for check in CAUGHT_BY[name]) >= CATCHES


def test_the_same_seed_tells_the_same_story() -> None:
    assert simulate(7).events == simulate(7).events


@pytest.mark.proof
@pytest.mark.parametrize("hashes", ["0", "1", "4294967295"])
def test_so_it_does_in_every_process(hashes: str) -> None:
    """Nothing of a story hangs on the order that a process's sets have."""
    command = [sys.executable, "-m", "tests.simulation", "--digest", "20"]
    told = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hashes},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == [digest(seed) for seed in range(20)]
