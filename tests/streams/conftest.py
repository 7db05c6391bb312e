"""A table with a stream, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from console.accounts import secrets
from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from triggers.dynamodb import tables
from triggers.dynamodb.definitions import Billing, TableDefinition
from triggers.dynamodb.keys import KeySchema
from triggers.streams.models import Shard


@dataclass
class FrozenClock:
    """A clock that moves only when told to."""

    seconds: float = 1_732_550_865.25

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def scope(db: None, settings: Any) -> Scope:
    settings.TABLE_DELAY_SECONDS = 0
    secrets.signing_secret.cache_clear()
    return scope_for("111111111111", "us-east-1")


@pytest.fixture
def other(db: None) -> Scope:
    """Another account."""
    return scope_for("222222222222", "us-east-1")


@pytest.fixture
def make_stream(scope: Scope, clock: FrozenClock) -> Callable[..., Shard]:
    """Make a table (partition key `p`) with a stream; gives the stream's first shard."""

    def make(name: str = "Orders", view_type: str = "NEW_AND_OLD_IMAGES") -> Shard:
        definition = TableDefinition(
            name, KeySchema("p", "S"), Billing("PAY_PER_REQUEST"), view_type
        )
        stream = tables.create_table(scope, definition, clock=clock).stream
        return Shard.objects.select_related("stream").filter(stream=stream).order_by("ordinal")[0]

    return make
