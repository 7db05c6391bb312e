"""An account with logs, and a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope

NOW = 1_790_000_000


@dataclass
class FrozenClock:
    """A clock that moves when a test says so."""

    at: float = NOW

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here may wait")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_for("111111111111", "us-east-1")


@pytest.fixture
def other(db: None) -> Scope:
    """Another account."""
    return scope_for("222222222222", "us-east-1")
