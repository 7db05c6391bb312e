"""Links that lead to a question: with scripts it is asked in a dialog, on every page alike."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import resolve

from console.pages.aws import call
from tests.pages.conftest import Browser, markup
from tests.pages.test_axe_sees_every_page import QUESTIONS

ASKED = QUESTIONS | {"function-delete", "queue-purge"}
PAGES = {
    "/functions/reader/": {"function-delete"},
    "/functions/reader/triggers/{uuid}/": {"trigger-disable", "trigger-delete"},
    "/functions/reader/?trigger={uuid}": {"function-delete", "trigger-disable", "trigger-delete"},
    "/tables/Orders/": {"table-delete"},
    "/queues/failures/": {"queue-purge", "queue-delete"},
    "/topics/alarms/": {"topic-delete"},
    "/buckets/batches/": {"bucket-delete"},
    "/roles/reader-role/": {"role-delete"},
    "/users/ana/": {"user-delete"},
    "/policies/policy?arn=arn:aws:iam::000000000000:policy/own": {"policy-delete"},
    "/logs/group?name=/a%23b": {"log-group-delete"},
}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_question_opens_a_dialog(browser: Browser, page: str) -> None:
    browser.table()
    browser.function()
    uuid = browser.trigger()
    for kind, name in (("queues", "failures"), ("topics", "alarms"), ("buckets", "batches")):
        browser.post(f"/{kind}/", name=name)
    allow = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    call(browser.scope, "iam", "CreateUser", UserName="ana")
    call(browser.scope, "iam", "CreatePolicy", PolicyName="own", PolicyDocument=allow)
    call(browser.scope, "logs", "CreateLogGroup", logGroupName="/a#b")

    links = re.findall(r"<a\b[^>]*>", markup(browser.get(page.format(uuid=uuid))))

    asking = [one for one in links if _route(one) in ASKED]
    assert {_route(one) for one in asking} == PAGES[page]
    assert all(" data-dialog" in one for one in asking)
    assert all('aria-label="Breadcrumbs"' in markup(browser.get(_href(one))) for one in asking)


def _href(link: str) -> str:
    found = re.search(r'href="([^"]*)"', link)
    return html.unescape(found[1]) if found else ""


def _route(link: str) -> str:
    """The name of the page of this console that a link leads to."""
    path = re.split(r"[?#]", _href(link))[0]
    return (resolve(path).url_name or "") if path.startswith("/") else ""
