"""Every named page is looked at by axe-core in the browser tests, or listed here with the reason."""

from __future__ import annotations

import pytest
from django.urls import resolve, reverse

from console.pages.urls import urlpatterns
from tests.browser.test_accessibility import PAGES
from tests.pages.conftest import Browser, text

FORMS = {
    "place",
    "theme",
    "function-deploy",
    "function-run",
    "file-add",
    "file-rename",
    "file-delete",
    "package-upload",
    "function-event-delete",
    "function-policy",
    "function-provision",
    "triggers-save",
    "draft",
    "trigger-change",
    "items-bookmark",
    "partiql-clear",
    "item-preview",
    "item-delete",
    "queue-send",
    "queue-receive",
    "queue-settle",
    "queue-redrive",
    "message-delete",
    "topic-subscribe",
    "topic-unsubscribe",
    "topic-publish",
    "log-group-retain",
    "object-delete",
    "role-detach",
    "role-inline-delete",
    "policy-version",
    "user-detach",
    "user-inline-delete",
    "user-key-create",
    "user-key",
    "user-enforcement",
}
"""They take a form and lead on, or show the page that the form stands on again."""
QUESTIONS = {
    "function-alias-delete",
    "function-version-delete",
    "layer-delete",
    "trigger-disable",
    "trigger-delete",
    "table-delete",
    "table-index-delete",
    "queue-delete",
    "topic-delete",
    "bucket-delete",
    "log-group-delete",
    "role-delete",
    "policy-delete",
    "user-delete",
}
"""They ask with components/confirm.html, as function-delete and queue-purge do."""
NO_PAGES = {
    "events": "a stream of live parts",
    "live": "one live part, which its page has too",
    "trigger-preview": "a part of trigger-add",
    "edit-preview": "a part of the function's page",
    "package-download": "a file",
    "items-export": "a file",
    "object-download": "a file",
    "table-trigger": "leads on to trigger-add",
}


def _named() -> dict[str, str]:
    """Every named address, with something in the place of each part."""
    found = {}
    for one in urlpatterns:
        if one.name:
            parts = one.pattern.converters
            found[one.name] = {
                name: 1 if "Int" in type(of).__name__ else "x" for name, of in parts.items()
            }
    return found


def test_every_page_is_looked_at_or_listed_with_a_reason() -> None:
    seen = {resolve(path.partition("?")[0].replace("SHARD", "1")).url_name for path in PAGES}
    listed = FORMS | QUESTIONS | NO_PAGES.keys()

    assert not _named().keys() - seen - listed, "neither looked at nor listed"
    assert not listed & seen, "listed, and looked at all the same"
    assert not listed - _named().keys(), "listed, but no page"


@pytest.mark.parametrize("name", sorted(FORMS))
def test_what_is_listed_as_a_form_shows_no_page_of_its_own(browser: Browser, name: str) -> None:
    answer = browser.get(reverse(name, kwargs=_named()[name]))

    assert answer.status_code == 405
    assert "This address only takes a form." in text(answer)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_what_is_listed_as_a_question_is_one(browser: Browser, name: str) -> None:
    answer = browser.get(reverse(name, kwargs=_named()[name]))

    assert "components/confirm.html" in [one.name for one in answer.templates] or (
        answer.status_code == 404
    )
