"""Live parts: the same rendering on the page, by polling and by events."""

from __future__ import annotations

import pytest

from console.pages import live
from tests.loops import on_a_loop_of_its_own
from tests.pages.conftest import Browser, text


def test_a_part_is_what_the_page_shows(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.trigger()

    page = browser.get("/functions/reader/").content.decode()
    part = browser.get("/live?topic=designer:reader/").content.decode()

    assert part.strip() in page


def test_the_state_of_a_trigger_moves_on_by_itself(browser: Browser, settings: object) -> None:
    browser.table()
    browser.function()
    settings.MAPPING_DELAY_SECONDS = 60
    uuid = browser.trigger()
    assert "Creating" in text(browser.get(f"/live?topic=trigger:{uuid}"))

    from triggers.models import EventSourceMapping

    mapping = EventSourceMapping.objects.get()
    mapping.settles_at = mapping.modified_at
    mapping.save()

    assert "Enabled" in text(browser.get(f"/live?topic=trigger:{uuid}"))


def test_a_deleted_trigger_says_that_it_is_gone(browser: Browser) -> None:
    part = browser.get("/live?topic=trigger:00000000-0000-4000-8000-000000000000")

    assert "This trigger was deleted." in text(part)


def test_an_event_carries_every_line_as_data() -> None:
    assert live.event("a", "<p>\n</p>") == b"event: a\ndata: <p>\ndata: </p>\n\n"


@pytest.mark.django_db(transaction=True)
def test_events_send_a_part_once_until_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PERIOD_SECONDS", 0)
    said = iter(["one", "one", "two"])
    monkeypatch.setitem(live._renderers, "said", lambda scope, argument: next(said))

    async def read() -> list[bytes]:
        found = []
        async for chunk in live._follow(None, ["said:x"]):
            found.append(chunk)
            if len(found) == 3:
                return found
        return found

    assert on_a_loop_of_its_own(read())[1:] == [
        b"event: said:x\ndata: one\n\n",
        b"event: said:x\ndata: two\n\n",
    ]
