"""A worker that starts while Redis is away works, only slower, and ends when it is asked to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import App
from tests.launch.test_team import Team, answers_page
from tests.product import END_SECONDS, Product, eventually, free_port

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]


def test_a_worker_starts_works_and_ends_without_redis(tmp_path: Path) -> None:
    product = Product(tmp_path / "data", free_port(), free_port())
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'team.sqlite3'}",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "GATEWAY_URL": product.gateway,
        "SHARDLIGHT_DATA": str(product.data),
        "SHARDLIGHT_MAPPING_DELAY": "0",
    }
    team = Team(tmp_path, environment, product)
    assert team.manage("migrate").wait(END_SECONDS) == 0
    gateway = team.manage("gateway", "--port", str(product.gateway_port))
    team.start_worker()
    try:
        eventually(lambda: answers_page(product.gateway))
        app = App(product, "777777777703")
        app.function()
        app.trigger(app.table())
        app.put("a", "b")

        assert app.wait_for("a", "b") == ["a", "b"]
        team.worker.terminate()
        assert team.worker.wait(END_SECONDS) == 0
    finally:
        for one in (gateway, team.worker):
            one.kill()
            one.wait(END_SECONDS)
