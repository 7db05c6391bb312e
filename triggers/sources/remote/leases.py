"""Who copies an outside shard: one worker at a time, fenced by a token as lanes are."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from console.aws.clock import as_datetime
from triggers.models import RemoteShard

LONGEST_WAIT_SECONDS = 30.0
"""How long a shard that cannot be read is left alone at most."""


@dataclass(frozen=True, slots=True)
class Held:
    """A shard in this worker's hands."""

    shard_id: int
    token: int


def due(now: float) -> list[int]:
    """List shards that some mapping reads, that have not ended and that nobody copies."""
    wanted = RemoteShard.objects.filter(
        _free(now), _waited(now), shard__readers__gt=0, shard__closed_at=None
    )
    return list(wanted.order_by("due_at").values_list("pk", flat=True))


def claim(shard_id: int, owner: str, now: float) -> tuple[Held, RemoteShard] | None:
    """Take a shard; None when it is not there to be taken."""
    with transaction.atomic():
        free = RemoteShard.objects.filter(_free(now), _waited(now), pk=shard_id)
        taken = free.update(owner=owner, token=F("token") + 1, expires_at=_term(now))
        if not taken:
            return None
        row = RemoteShard.objects.select_related("shard__stream").get(pk=shard_id)
    return Held(shard_id, row.token), row


def keep(held: Held, now: float, *, number: str = "") -> bool:
    """Extend the lease (and remember `number`); False when somebody took over."""
    copied = {"number": number, "iterator": ""} if number else {}
    return bool(_mine(held).update(expires_at=_term(now), failures=0, note="", **copied))


def release(held: Held, now: float, *, wait: float = 0.0, note: str = "") -> None:
    """Let go of a shard for `wait` seconds; a `note` says what went wrong."""
    with transaction.atomic():
        failed = {"failures": F("failures") + 1, "note": note[:255]} if note else {}
        _mine(held).update(owner="", expires_at=None, due_at=as_datetime(now + wait), **failed)


def _mine(held: Held) -> QuerySet[RemoteShard]:
    return RemoteShard.objects.filter(pk=held.shard_id, token=held.token)


def _free(now: float) -> Q:
    set_back = as_datetime(now + 2 * settings.LEASE_SECONDS)
    return Q(owner="") | Q(expires_at__lt=as_datetime(now)) | Q(expires_at__gt=set_back)


def _waited(now: float) -> Q:
    """The wait is over; one that ends beyond the longest there is was written by a clock ahead."""
    ahead = as_datetime(now + 2 * LONGEST_WAIT_SECONDS)
    return Q(due_at__lte=as_datetime(now)) | Q(due_at__gt=ahead)


def _term(now: float) -> object:
    return as_datetime(now + settings.LEASE_SECONDS)
