"""The checks are to be trusted: each notices damage done to a sound story, in its own words."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.simulation.checks import CHECKS, Reading, violations
from tests.simulation.simulator import simulate
from tests.simulation.story import Event, Story

SEED = 3


@pytest.fixture(scope="module")
def sound() -> Story:
    """A story with deliveries, retries, discards, messages, splits and two factors."""
    for seed in range(SEED, 400):
        story = simulate(seed, 3_000)
        fates = {event.fate for event in story.of("stored")}
        told = {event.mapping for event in story.of("message")} & story.mappings.keys()
        children = any(story.parents[event.shard] for event in story.of("began"))
        final = any(event.final for event in story.of("stored"))
        if "discarded RetryAttemptsExhausted" in fates and told and children and final:
            assert violations(story) == {}
            return story
    raise AssertionError("no seed tells enough")


def _first(story: Story, kind: str, fits: Callable[[Event], bool] = lambda _: True) -> int:
    """The place of the first event of a mapping that lives to the end."""
    return next(
        place
        for place, event in enumerate(story.events)
        if event.kind == kind and event.mapping in story.mappings and fits(event)
    )


def _delivery(event: Event) -> bool:
    return event.fate == "delivered" and bool(event.seqs) and not event.final


def lose_a_delivery(story: Story) -> None:
    del story.events[_first(story, "stored", _delivery)]


def deliver_twice(story: Story) -> None:
    place = _first(story, "stored", _delivery)
    story.events.append(replace(story.events[place], total=10**6))


def hand_over_the_last_first(story: Story) -> None:
    """An invocation of a lane's last batch moves to the beginning."""
    by_lane: dict[int, list[Event]] = {}
    for event in story.of("began"):
        if event.seqs and event.mapping in story.mappings:
            by_lane.setdefault(event.lane, []).append(event)
    busiest = max(by_lane.values(), key=len)
    first = story.events.index(busiest[0])
    story.events.insert(first, replace(busiest[-1], token=busiest[0].token))


def turn_a_checkpoint_back(story: Story) -> None:
    place = _first(story, "stored", lambda event: event.total > 3)
    story.events.insert(place + 1, replace(story.events[place], total=1, low=0, high=0))


def discard_what_is_sound(story: Story) -> None:
    poison = {(s, r.seq) for s, records in story.records.items() for r in records if r.poison}
    clean = {
        request
        for request in {event.request for event in story.of("began")}
        if not any(
            (event.shard, seq) in poison
            for event in story.of("began")
            if event.request == request
            for seq in event.seqs
        )
    }
    began = story.events[_first(story, "began", lambda e: e.request in clean and bool(e.seqs))]
    story.events.append(
        replace(
            began, kind="stored", fate="discarded RetryAttemptsExhausted", total=10**6, token=10**6
        )
    )


def try_again_without_end(story: Story) -> None:
    place = _first(
        story,
        "stored",
        lambda e: e.fate == "failed" and story.mappings[e.mapping].mapping.rules.max_retries >= 0,
    )
    story.events[place:place] = [story.events[place]] * 5


def reuse_a_request(story: Story) -> None:
    place = _first(story, "began", lambda event: bool(event.seqs))
    other = _first(story, "began", lambda event: event.lane != story.events[place].lane)
    story.events[other].request = story.events[place].request


def claim_what_is_held(story: Story) -> None:
    place = _first(story, "claimed")
    story.events.insert(place + 1, replace(story.events[place], worker="thief"))


def let_a_lease_run_out(story: Story) -> None:
    story.events = [event for event in story.events if event.kind != "frozen"]
    place = _first(story, "claimed")
    lease = story.events[place]
    story.events.insert(place + 1, replace(lease, at=lease.at + 31, worker="heir"))


def never_rest(story: Story) -> None:
    story.rested_at = story.calm_at + 3600


def write_with_an_old_token(story: Story) -> None:
    place = _first(story, "stored", lambda event: event.token > 1)
    story.events[place].token = 0


def begin_while_off(story: Story) -> None:
    story.events[_first(story, "began")].enabled = False


def read_a_child_early(story: Story) -> None:
    owed = {(mapping, shard) for mapping, shard, _ in Reading(story).owed}
    place = _first(
        story, "began", lambda event: (event.mapping, story.parents[event.shard]) in owed
    )
    story.events.insert(0, replace(story.events[place], seqs=()))
    story.events.insert(0, Event(0.0, "claimed", lane=story.events[place + 1].lane))


def invent_a_record(story: Story) -> None:
    place = _first(story, "began")
    story.events[place].seqs = (*story.events[place].seqs, 10**6)


def forget_to_store(story: Story) -> None:
    """A success of a worker that lived, on a lane nobody took, is not stored."""
    killed = {event.worker for event in story.of("killed")}
    newest = {event.lane: event.token for event in story.of("claimed")}
    place = _first(
        story,
        "stored",
        lambda e: (
            e.call > 0
            and e.worker not in killed
            and newest[e.lane] == e.token
            and e.fate == "delivered"
        ),
    )
    del story.events[place]


def tell_a_loss_twice(story: Story) -> None:
    story.events.append(replace(story.events[_first(story, "message")], token=10**6))


def miscount_a_window(story: Story) -> None:
    stored = story.events[_first(story, "stored", lambda e: e.final and e.fate == "delivered")]
    place = _first(story, "began", lambda event: event.call == stored.call)
    story.events[place].total += 1


def answer_what_is_not_there(story: Story) -> None:
    story.acknowledged.add((1, 10**6))


def arrive_before_the_one_before(story: Story) -> None:
    records = next(records for records in story.records.values() if len(records) > 1)
    records[-1] = replace(records[-1], arrived=records[0].arrived - 1)


def give_up_the_young(story: Story) -> None:
    story.events[_first(story, "stored", _delivery)].fate = "discarded RecordAgeExceeded"


def call_expired_what_is_there(story: Story) -> None:
    trimmed = {event.shard for event in story.of("trimmed")}
    place = _first(story, "stored", lambda e: _delivery(e) and e.shard not in trimmed)
    story.events[place].fate = "expired"


def claim_with_an_old_token(story: Story) -> None:
    story.events.append(story.events[_first(story, "claimed")])


def run_beside_another(story: Story) -> None:
    place = _first(story, "began")
    story.events.insert(place + 1, replace(story.events[place], call=10**6))


def go_on_after_deletion(story: Story) -> None:
    mapping = story.events[_first(story, "stored")].mapping
    story.events.insert(0, Event(0.0, "deleted", mapping=mapping))


def leave_two_batches(story: Story) -> None:
    """Two successes of one stay of a lane in a worker's hands are not stored."""
    stored = [event for event in story.of("stored") if event.call]
    grips = Counter((event.lane, event.token) for event in stored)
    grip = grips.most_common(1)[0][0]
    ours = [event for event in stored if (event.lane, event.token) == grip][:2]
    story.events = [event for event in story.events if event not in ours]


def leave_the_fallen(story: Story) -> None:
    claim = story.events[_first(story, "claimed")]
    fallen = replace(claim, lane=10**6, worker="dead")
    story.events += [fallen, Event(claim.at, "killed", worker="dead")]
    story.rested_at = story.calm_at + 3600


DAMAGES = {
    lose_a_delivery: "nothing_is_lost",
    deliver_twice: "one_fate_each",
    hand_over_the_last_first: "keys_stay_in_order",
    turn_a_checkpoint_back: "checkpoints_only_rise",
    discard_what_is_sound: "only_poison_is_discarded",
    try_again_without_end: "budgets_are_kept",
    reuse_a_request: "a_request_names_one_batch",
    claim_what_is_held: "nobody_takes_what_is_held",
    let_a_lease_run_out: "living_workers_keep_their_lanes",
    never_rest: "calm_comes_soon",
    write_with_an_old_token: "nobody_writes_without_the_lane",
    begin_while_off: "nothing_begins_while_off",
    read_a_child_early: "parents_come_first",
    invent_a_record: "only_real_records_are_handed_over",
    forget_to_store: "repeats_have_a_reason",
    tell_a_loss_twice: "losses_are_told_once",
    miscount_a_window: "windows_add_up",
    answer_what_is_not_there: "what_is_answered_is_there",
    arrive_before_the_one_before: "arrivals_never_go_back",
    give_up_the_young: "only_the_old_is_discarded_for_its_age",
    call_expired_what_is_there: "only_what_was_trimmed_expires",
    claim_with_an_old_token: "tokens_only_rise",
    run_beside_another: "nobody_runs_beside_another",
    go_on_after_deletion: "nothing_happens_after_deletion",
    leave_two_batches: "an_interruption_costs_one_batch",
    leave_the_fallen: "the_fallen_are_followed",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_story_is_noticed_by_its_own_check(
    sound: Story, damage: Callable[[Story], None]
) -> None:
    story = copy.deepcopy(sound)

    damage(story)

    assert DAMAGES[damage] in violations(story)


def test_every_check_has_a_damage_that_it_notices() -> None:
    assert set(DAMAGES.values()) == {check.__name__ for check in CHECKS}
