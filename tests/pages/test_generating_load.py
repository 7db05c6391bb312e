"""Generate load: started and stopped with plain forms; a worker does the writing."""

from __future__ import annotations

from tests.pages.conftest import Browser, markup, text
from triggers.dynamodb import loads
from triggers.models import Item, Load

SHAPE = '{"id": {"S": "{{key}}"}}'
PLAN = {"rate": 10, "seconds": 60, "keys": 5, "shape": SHAPE}


def test_the_form_suggests_a_shape_with_the_tables_keys(browser: Browser) -> None:
    browser.table(sort="at")

    page = browser.read("/tables/Orders/load")

    assert '"S": "item-{{key}}"' in page
    assert '"at": { "S": "{{iso}}" }' in page


def test_load_is_started_shown_and_stopped(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/load", **PLAN)
    running = browser.read("/tables/Orders/load")
    assert not Item.objects.exists()  # the page writes nothing
    browser.post("/tables/Orders/load", do="stop")
    stopped = browser.read("/tables/Orders/load")

    assert "Running" in running
    assert "of 600" in running
    assert "Stopped by hand." in stopped
    assert loads.running() == []


def test_what_is_refused_stands_beside_its_field(browser: Browser) -> None:
    browser.table()

    fast = browser.post("/tables/Orders/load", **(PLAN | {"rate": 500}))
    odd = browser.post("/tables/Orders/load", **(PLAN | {"shape": "{"}))

    assert 'id="id_rate_error"' in markup(fast)
    assert "Choose 1 to 200 items a second." in text(fast)
    assert 'id="id_shape_error"' in markup(odd)
    assert not Load.objects.exists()


def test_a_second_load_is_refused(browser: Browser) -> None:
    browser.table()
    browser.post("/tables/Orders/load", **PLAN)

    answer = browser.post("/tables/Orders/load", **PLAN)

    assert answer.status_code == 422
    assert "Stop it first." in text(answer)
