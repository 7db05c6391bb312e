"""An account with queues, topics and buckets, and a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from functions.messaging import finding, queues, receiving
from functions.messaging.models import Queue
from functions.messaging.receiving import Wish


@dataclass
class FrozenClock:
    """A clock that moves when a test says so, or when somebody waits."""

    at: float = 1_790_000_000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


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


@dataclass(frozen=True)
class Room:
    """Short ways to the verbs, on the frozen clock."""

    scope: Scope
    clock: FrozenClock

    def queue(self, name: str = "q", **attributes: str) -> Queue:
        return queues.create(self.scope, name, attributes, clock=self.clock)

    def send(self, queue: Queue, body: str) -> str:
        arn = finding.arn_of(self.scope, queue)
        return queues.send(self.scope, arn, body, sender="me", clock=self.clock)

    def take(self, queue: Queue, **wish: int) -> list[str]:
        wanted = Wish(**({"count": 10} | wish))
        url = finding.url_of(self.scope, queue)
        taken = receiving.receive(self.scope, url, wanted, clock=self.clock)
        return [one.message.body for one in taken]


@pytest.fixture
def room(scope: Scope, clock: FrozenClock) -> Room:
    return Room(scope, clock)
