"""One owner at a time, and none that has lost its lane may write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection

from tests.polling.conftest import EPOCH, at
from triggers.models import Lane
from triggers.polling import errand, leases
from triggers.polling.holding import Holding
from triggers.polling.leases import Held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TTL = 30.0


def test_a_lane_in_hand_cannot_be_claimed_again(lane_of: Callable[[int], Lane]) -> None:
    row = lane_of(3)

    first = leases.claim(row.pk, "a", EPOCH, TTL)
    second = leases.claim(row.pk, "b", EPOCH + TTL - 1, TTL)

    assert first is not None
    assert second is None


def test_an_expired_lease_is_taken_over_and_its_old_owner_is_fenced(
    lane_of: Callable[[int], Lane],
) -> None:
    row = lane_of(3)
    old = leases.claim(row.pk, "a", EPOCH, TTL)
    new = leases.claim(row.pk, "b", EPOCH + TTL + 1, TTL)
    assert old is not None
    assert new is not None

    stale = leases.store(old, replace(old.lane, checkpoint=3), "", EPOCH + TTL + 2)
    leases.release(old, EPOCH + TTL + 2, None)

    row.refresh_from_db()
    assert not stale
    assert not leases.pin(old, replace(old.lane, cuts=(3,), request_id="r"))
    assert (row.checkpoint, row.owner, row.token) == (0, "b", new.token)


def test_a_lease_written_by_a_clock_that_was_set_back_counts_as_expired(
    lane_of: Callable[[int], Lane],
) -> None:
    row = lane_of(1)
    assert leases.claim(row.pk, "a", EPOCH + 7200, TTL) is not None

    assert leases.claim(row.pk, "b", EPOCH, TTL) is not None


@pytest.mark.parametrize("change", [{"enabled": False}, {"done": True}, {"due_at": None}])
def test_a_lane_that_is_off_done_or_not_due_is_not_claimed(
    lane_of: Callable[[int], Lane], change: dict[str, object]
) -> None:
    row = lane_of(1)
    Lane.objects.filter(pk=row.pk).update(**change)

    assert leases.claim(row.pk, "a", EPOCH, TTL) is None


def test_a_lane_switched_off_in_hand_may_finish_but_not_start(
    lane_of: Callable[[int], Lane],
) -> None:
    row = lane_of(3)
    held = leases.claim(row.pk, "a", EPOCH, TTL)
    assert held is not None
    assert leases.pin(held, replace(held.lane, cuts=(3,), request_id="r"))
    Lane.objects.filter(pk=row.pk).update(enabled=False, due_at=None)

    assert leases.store(held, replace(held.lane, checkpoint=3), "", EPOCH)
    assert not leases.pin(held, replace(held.lane, cuts=(4,), request_id="s"))
    assert errand.read(held, 60.0, EPOCH) is None
    row.refresh_from_db()
    assert (row.checkpoint, row.due_at) == (3, None)


def test_letting_go_of_an_idle_lane_makes_it_wait_for_records(
    lane_of: Callable[[int], Lane],
) -> None:
    row = lane_of(0)
    held = leases.claim(row.pk, "a", EPOCH, TTL)
    assert held is not None

    leases.release(held, EPOCH, None)

    row.refresh_from_db()
    assert (row.owner, row.due_at) == ("", None)


def test_a_record_noticed_while_a_lane_is_let_go_makes_it_due_at_once(
    lane_of: Callable[[int], Lane],
) -> None:
    row = lane_of(0)
    held = leases.claim(row.pk, "a", EPOCH, TTL)
    assert held is not None
    Lane.objects.filter(pk=row.pk).update(head=1)

    leases.release(held, EPOCH + 5, None)

    row.refresh_from_db()
    assert row.due_at == at(EPOCH + 5)


def claimed(row: Lane, owner: str, now: float = EPOCH) -> Held:
    held = leases.claim(row.pk, owner, now, TTL)
    assert held is not None
    return held


def test_renewing_returns_only_what_is_still_ours(lane_of: Callable[[int], Lane]) -> None:
    kept, lost, regained = lane_of(1), lane_of(1), lane_of(1)
    first = [claimed(row, "a").grip for row in (kept, lost, regained)]
    claimed(lost, "b", EPOCH + TTL + 1)
    second = claimed(regained, "a", EPOCH + TTL + 1).grip

    renewed = leases.renew("a", [*first, second], EPOCH + TTL, TTL)

    assert renewed == {first[0], second}
    kept.refresh_from_db()
    assert kept.expires_at == at(EPOCH + 2 * TTL)
    lost.refresh_from_db()
    assert lost.expires_at == at(EPOCH + 2 * TTL + 1)


def test_a_lane_taken_again_stays_in_hand_when_the_old_turn_with_it_ends(
    lane_of: Callable[[int], Lane],
) -> None:
    row, holding = lane_of(1), Holding()
    old, new = claimed(row, "a"), claimed(row, "a", EPOCH + TTL + 1)

    with holding.of(new):
        with holding.of(old):
            grips = holding.grips()
            holding.keep_only(grips, leases.renew("a", grips, EPOCH + TTL + 2, TTL))
            assert holding.has_lost(old)

        assert holding.grips() == [new.grip]
        assert not holding.has_lost(new)


def test_the_leases_of_a_dead_worker_end_at_once(lane_of: Callable[[int], Lane]) -> None:
    row = lane_of(1)
    assert leases.claim(row.pk, "dead", EPOCH, TTL) is not None
    assert leases.owners() == ["dead"]

    leases.expire("dead", EPOCH)

    assert leases.claim(row.pk, "b", EPOCH, TTL) is not None


def test_of_many_claims_at_once_exactly_one_wins(lane_of: Callable[[int], Lane]) -> None:
    row = lane_of(1)
    barrier = threading.Barrier(8)
    won: list[str] = []

    def claim(name: str) -> None:
        barrier.wait()
        if leases.claim(row.pk, name, EPOCH, TTL) is not None:
            won.append(name)
        connection.close()

    threads = [threading.Thread(target=claim, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
