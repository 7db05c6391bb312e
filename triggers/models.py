"""All rows of this half, gathered from the rooms for Django."""

from __future__ import annotations

from triggers.dynamodb.models import (
    Index,
    IndexEntry,
    Item,
    Load,
    RequestToken,
    ResourcePolicy,
    Table,
)
from triggers.mappings.models import EventSourceMapping, TriggerDraft
from triggers.polling.models import Lane, Settled
from triggers.sources.remote.models import RemotePlace, RemoteShard
from triggers.streams.models import Record, Shard, Stream

__all__ = [
    "EventSourceMapping",
    "Index",
    "IndexEntry",
    "Item",
    "Lane",
    "Load",
    "Record",
    "RemotePlace",
    "RemoteShard",
    "RequestToken",
    "ResourcePolicy",
    "Settled",
    "Shard",
    "Stream",
    "Table",
    "TriggerDraft",
]
