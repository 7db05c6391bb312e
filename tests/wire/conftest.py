"""A live gateway with a database of its own, for all tests of a run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.wire.gateways import Gateway, running

_accounts = itertools.count(100_000_000_001)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The real server in a child process, with an empty migrated SQLite database."""
    with running(tmp_path_factory.mktemp("gateway")) as (started, _):
        yield started


@pytest.fixture
def account() -> str:
    """An account that no other test uses."""
    return str(next(_accounts))
