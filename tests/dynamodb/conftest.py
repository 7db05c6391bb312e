"""An account with a clock that stands still, and tables in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from console.accounts import secrets
from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from triggers.dynamodb import tables
from triggers.dynamodb.definitions import Billing, TableDefinition
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.models import Table


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
def scope(db: None, settings: Any) -> Iterator[Scope]:
    settings.TABLE_DELAY_SECONDS = 0
    secrets.signing_secret.cache_clear()
    yield scope_for("111111111111", "us-east-1")
    secrets.signing_secret.cache_clear()


@pytest.fixture
def other(db: None) -> Scope:
    """Another account."""
    return scope_for("222222222222", "us-east-1")


@pytest.fixture
def make_table(scope: Scope, clock: FrozenClock) -> Callable[..., Table]:
    """Make a table: partition key `p` (S), sort key `r` of `range_type` when that is given."""

    def make(
        name: str = "Orders", range_type: str = "", view_type: str | None = "NEW_AND_OLD_IMAGES"
    ) -> Table:
        schema = KeySchema("p", "S", "r" if range_type else "", range_type)
        definition = TableDefinition(name, schema, Billing("PAY_PER_REQUEST"), view_type)
        return tables.create_table(scope, definition, clock=clock)

    return make
