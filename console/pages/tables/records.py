"""Stream records as pages show them: what changed, and finding one by number, event ID or key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from triggers.models import Record, RemotePlace, Shard, Stream
from triggers.streams.sequence import parse_sequence_number

SEARCHED = 5_000
"""Newest records that are searched for a key or an event ID."""
_MOST_FOUND = 50
_SHARDS = 20
_PLAIN = re.compile(r"[A-Za-z0-9_.:@ -]+")
"""What JSON writes in one way only."""


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute before and after."""

    name: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Say whether the change touched it."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Told:
    """A record as a list shows it."""

    record: Record
    body: dict[str, Any]

    @property
    def changes(self) -> list[Change]:
        """What it says has changed."""
        return list(changes(self.body))

    @property
    def event(self) -> str:
        """INSERT, MODIFY or REMOVE."""
        return str(self.body["eventName"])

    @property
    def number(self) -> str:
        """The sequence number that it carries."""
        return str(self.body["dynamodb"]["SequenceNumber"])

    @property
    def keys(self) -> str:
        """The key of its item, attribute by attribute."""
        typed = self.body["dynamodb"]["Keys"].items()
        return ", ".join(f"{name} = {next(iter(value.values()))}" for name, value in typed)

    @property
    def by_service(self) -> bool:
        """Say whether DynamoDB itself made the change: the item expired."""
        return "userIdentity" in self.body


def tell(rows: Iterable[Record]) -> list[Told]:
    """Read the bodies of records."""
    return [Told(one, json.loads(bytes(one.body))) for one in rows]


def changes(body: dict[str, Any]) -> Iterable[Change]:
    """Compare the images of a record, attribute by attribute, keys first."""
    change = body["dynamodb"]
    before, after = change.get("OldImage", {}), change.get("NewImage", {})
    made, ended = body["eventName"] == "INSERT", body["eventName"] == "REMOVE"
    for name in dict.fromkeys([*change["Keys"], *sorted({*before, *after})]):
        key = change["Keys"].get(name)
        was, now = None if made else key, None if ended else key
        yield Change(name, _shown(before.get(name, was)), _shown(after.get(name, now)))


def newest(stream: Stream | None, count: int) -> list[Record]:
    """Read the newest records of a stream: the ends of the shards that were written to last.

    No more shards can hold them than there are records wanted, so that the cost does not grow with
    what the stream keeps.
    """
    if stream is None:
        return []
    shards = Shard.objects.filter(stream=stream, head__gt=F("trimmed")).order_by("-last_ms")[:count]
    found: list[Record] = []
    for shard in shards:
        ends = Record.objects.filter(shard=shard).select_related("shard").order_by("-seq")
        found += ends[:count]
    return sorted(found, key=lambda one: (one.created_ms, one.seq), reverse=True)[:count]


def of_key(stream: Stream | None, fingerprint: bytes, count: int) -> list[Record]:
    """Find the newest records of one item among the newest 5,000 of each of the newest shards."""
    if stream is None:
        return []
    found: list[Record] = []
    for shard in Shard.objects.filter(stream=stream).order_by("-ordinal")[:_SHARDS]:
        rows = Record.objects.filter(
            shard=shard, seq__gt=shard.head - SEARCHED, key_hash=fingerprint
        )
        found += rows.select_related("shard").order_by("-seq")[:count]
        if len(found) >= count:
            break
    return sorted(found, key=lambda one: (one.created_ms, one.seq), reverse=True)[:count]


def find(shards: QuerySet[Shard], query: str) -> list[Record]:
    """Find records by sequence number, or among the newest by event ID or a key's value.

    A record that was copied from outside is found by the number that it has there.
    """
    if query.isdecimal() and (numbered := _numbered(shards, query)):
        return numbered
    found: list[Record] = []
    newest = list(shards.filter(head__gt=F("trimmed")).order_by("-last_ms")[:_SHARDS])
    for shard in newest:
        rows = Record.objects.filter(shard=shard, seq__gt=shard.head - SEARCHED // len(newest))
        bodies = rows.values_list("seq", "body")
        wanted = [seq for seq, body in bodies if _has(bytes(body), query)][-_MOST_FOUND:]
        found += rows.filter(seq__in=wanted).select_related("shard__stream")
    return sorted(found, key=lambda one: (one.created_ms, one.seq), reverse=True)[:_MOST_FOUND]


def _numbered(shards: QuerySet[Shard], number: str) -> list[Record]:
    outside = RemotePlace.objects.filter(shard__in=shards, number=number)
    places = list(outside.values_list("shard_id", "seq")[:_MOST_FOUND])
    if (placed := parse_sequence_number(number)) is not None:
        ordinal, seq = placed
        ours = shards.filter(ordinal=ordinal, stream__connection="")
        places += [(pk, seq) for pk in ours.values_list("pk", flat=True)[:_MOST_FOUND]]
    rows = Record.objects.select_related("shard__stream")
    return [one for pk, seq in places for one in rows.filter(shard_id=pk, seq=seq)]


def _shown(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _has(text: bytes, query: str) -> bool:
    if _PLAIN.fullmatch(query) and query.encode() not in text:
        return False
    body = json.loads(text)
    keys = body["dynamodb"]["Keys"].values()
    return query == body["eventID"] or any(query in typed.values() for typed in keys)
