"""Every page answers, empty and full, under the policy that keeps foreign code out."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from functions.messaging import buckets, objects
from functions.models import Message
from tests.pages.conftest import Browser, text
from triggers.models import Shard

EMPTY = [
    "/functions/",
    "/functions/create",
    "/layers/",
    "/tables/",
    "/tables/create",
    "/items/",
    "/partiql/",
    "/queues/",
    "/topics/",
    "/buckets/",
    "/logs/",
    "/roles/",
    "/roles/create",
    "/policies/",
    "/policies/create",
    "/policies/policy?arn=arn:aws:iam::aws:policy/AdministratorAccess",
    "/users/",
    "/users/create",
    "/health/",
    "/search",
    "/search?q=nothing",
]
FULL = [
    "/functions/",
    "/functions/reader/",
    "/functions/reader/triggers/add",
    "/functions/reader/triggers/add?table=Orders",
    "/functions/reader/triggers/preview",
    "/functions/reader/test",
    "/functions/reader/monitor",
    "/functions/reader/logs",
    "/functions/reader/configuration",
    "/functions/reader/configuration/triggers",
    "/functions/reader/configuration/permissions",
    "/functions/reader/configuration/environment",
    "/functions/reader/configuration/tags",
    "/functions/reader/configuration/concurrency",
    "/functions/reader/configuration/destinations",
    "/functions/reader/configuration/logging",
    "/functions/reader/configuration/asynchronous",
    "/functions/reader/aliases",
    "/functions/reader/versions",
    "/functions/reader/versions/compare",
    "/functions/reader/versions/1/delete",
    "/functions/reader/delete",
    "/functions/reader/triggers/{uuid}/",
    "/functions/reader/triggers/{uuid}/?view=table",
    "/functions/reader/triggers/{uuid}/preview",
    "/functions/reader/triggers/{uuid}/records/?q=B",
    "/functions/reader/triggers/{uuid}/records/{shard}/1/",
    "/functions/reader/triggers/{uuid}/delete",
    "/functions/reader/triggers/{uuid}/disable",
    "/functions/reader/?trigger={uuid}",
    "/tables/",
    "/tables/Orders/",
    "/tables/Orders/streams",
    "/tables/Orders/indexes",
    "/tables/Orders/indexes/create",
    "/tables/Orders/indexes/by-note/delete",
    "/tables/Orders/monitor",
    "/tables/Orders/monitor?range=24h",
    "/tables/Orders/settings",
    "/tables/Orders/records",
    "/tables/Orders/records?q=A-1",
    "/tables/Orders/delete",
    "/tables/Orders/items/",
    "/tables/Orders/items/?mode=query&h=A-1",
    "/tables/Orders/items/?mode=query",
    "/tables/Orders/items/?add=filter&f_name=note&f_type=S&f_op=between&f_value=a&f_high=z",
    "/tables/Orders/items/import",
    "/tables/Orders/load",
    "/tables/Orders/items/edit",
    "/tables/Orders/items/edit?view=json",
    "/tables/Orders/items/edit?view=dynamodb",
    '/tables/Orders/items/edit?key={{"id":{{"S":"A-1"}}}}',
    "/items/",
    "/partiql/",
    "/queues/",
    "/queues/failures/",
    "/queues/failures/settings",
    "/queues/failures/purge",
    "/queues/failures/delete",
    "/queues/failures/messages/{message}/",
    "/topics/",
    "/topics/alarms/",
    "/topics/alarms/delete",
    "/buckets/",
    "/buckets/batches/",
    "/buckets/batches/?prefix=a/",
    "/buckets/batches/object?key=a/b.json",
    "/buckets/batches/delete",
    "/roles/reader-role/",
    "/roles/reader-role/delete",
    "/roles/reader-role/inline",
    "/roles/reader-role/trust",
    "/roles/reader-role/?actions=dynamodb:GetRecords&resource=*",
    "/search?q=r",
]
GONE = [
    "/functions/nobody/",
    "/functions/nobody/test",
    "/functions/nobody/monitor",
    "/functions/nobody/logs",
    "/functions/nobody/configuration",
    "/functions/nobody/configuration/triggers",
    "/functions/nobody/configuration/permissions",
    "/functions/nobody/configuration/environment",
    "/functions/nobody/configuration/tags",
    "/functions/nobody/triggers/add",
    "/functions/reader/triggers/00000000-0000-4000-8000-000000000000/",
    "/functions/reader/triggers/00000000-0000-4000-8000-000000000000/records/1/1/",
    "/functions/reader/triggers/00000000-0000-4000-8000-000000000000/preview",
    "/tables/nobody/",
    "/tables/nobody/streams",
    "/tables/nobody/records",
    "/tables/nobody/load",
    "/tables/nobody/items/import",
    "/tables/nobody/indexes",
    "/tables/nobody/indexes/create",
    "/tables/nobody/monitor",
    "/tables/nobody/settings",
    "/tables/nobody/items/",
    "/tables/nobody/items/edit",
    "/queues/nobody/",
    "/queues/nobody/settings",
    "/queues/nobody/messages/none/",
    "/topics/nobody/",
    "/buckets/nobody/",
    "/buckets/nobody/object?key=a",
    "/buckets/nobody/download?key=a",
    "/roles/nobody/",
    "/roles/nobody/trust",
    "/roles/nobody/inline",
    "/users/nobody/",
    "/policies/policy?arn=arn:aws:iam::aws:policy/Nothing",
    "/logs/group?name=nobody",
    "/logs/group/delete?name=nobody",
    "/events?topics=unknown:topic",
    "/live?topic=unknown:topic",
]


def _shard() -> int:
    found = Shard.objects.first()
    return found.pk if found else 0


def _furnish(browser: Browser) -> dict[str, object]:
    """Put something of everything into the account; what addresses are made of."""
    browser.table()
    browser.function()
    browser.item(id="A-1", note="hello")
    browser.post("/queues/", name="failures")
    browser.client.post("/queues/failures/send", {"send-body": "hello", "send-delay": "0"})
    browser.post("/topics/", name="alarms")
    browser.post("/buckets/", name="batches")
    bucket = buckets.find(browser.scope, "batches")
    objects.store(bucket, "a/b.json", objects.Content(b'{"a": 1}'))
    message = Message.objects.get().message_id
    return {"uuid": browser.trigger(), "shard": _shard(), "message": message}


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_of_an_empty_account_answers(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("path", FULL)
def test_a_page_of_a_full_account_answers(browser: Browser, path: str) -> None:
    answer = browser.get(path.format(**_furnish(browser)))

    assert answer.status_code == 200


@pytest.mark.parametrize("path", GONE)
def test_what_is_not_there_is_said_to_be_missing(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_the_root_leads_to_the_functions(browser: Browser) -> None:
    assert browser.get("/")["Location"] == "/functions/"


def test_a_page_allows_only_its_own_scripts_and_styles(browser: Browser) -> None:
    answer = browser.get("/functions/")
    policy = answer["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in answer.content.decode()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_no_page_carries_inline_scripts_or_styles(browser: Browser) -> None:
    names = _furnish(browser)

    for path in FULL:
        page = browser.get(path.format(**names)).content.decode()
        assert not re.search(r"<[^>]+\sstyle=", page), path
        assert not re.search(r"<[^>]+\son[a-z]+=", page), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), path
        assert not re.search(r'(src|href)="(https?:)?//', page), path


def test_a_post_without_the_token_is_refused(browser: Browser) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/tables/create", {"name": "Orders"}).status_code == 403
    assert strict.post("/functions/create", {"name": "reader"}).status_code == 403
    assert strict.post("/place", {"account": "000000000001"}).status_code == 403


def test_a_form_that_is_too_old_says_what_to_do(browser: Browser) -> None:
    answer = Client(enforce_csrf_checks=True).post("/tables/create", {"name": "Orders"})

    assert "reload the page, and send it again" in text(answer)


def test_an_unknown_address_is_said_to_be_no_page(browser: Browser) -> None:
    answer = browser.get("/nowhere")

    assert answer.status_code == 404
    assert "The console has nothing at this address." in text(answer)


def test_a_host_name_that_is_not_the_consoles_is_said_to_be_none(browser: Browser) -> None:
    answer = browser.get("/", HTTP_HOST="console.example")

    assert answer.status_code == 400
    assert "further ones are named in SHARDLIGHT_HOSTS" in text(answer)


def test_a_fault_of_ours_is_said_to_be_ours(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("console.pages.functions.listing.rows", broken)
    browser.client.raise_request_exception = False

    answer = browser.get("/functions/")

    assert answer.status_code == 500
    assert "a fault of Shardlight" in text(answer)


def test_only_posts_change_anything(browser: Browser) -> None:
    browser.function()

    for path in ("deploy", "run", "triggers/save", "test/delete"):
        assert browser.get(f"/functions/reader/{path}").status_code == 405
