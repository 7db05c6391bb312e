"""Versions and aliases have triggers of their own: the designer draws those of one at a time."""

from __future__ import annotations

import pytest

from console.pages.aws import call
from functions.iam import roles
from tests.pages.conftest import Browser, markup, text
from triggers.models import EventSourceMapping, TriggerDraft

ADD = "/functions/reader/triggers/add"
CHOSEN = {"table": "Orders", "batch_size": "10", "starting_position": "LATEST", "enabled": "on"}


@pytest.fixture(autouse=True)
def _a_function_with_an_alias(browser: Browser) -> None:
    browser.table()
    browser.table("Payments")
    browser.function()
    call(browser.scope, "lambda", "PublishVersion", FunctionName="reader")
    call(
        browser.scope,
        "lambda",
        "CreateAlias",
        FunctionName="reader",
        Name="live",
        FunctionVersion="1",
    )


def test_the_designer_draws_the_triggers_of_the_chosen_qualifier(browser: Browser) -> None:
    browser.trigger(table="Orders")
    browser.trigger("reader:live", table="Payments")

    plain = browser.read("/functions/reader/")
    alias = browser.read("/functions/reader/?qualifier=live")

    assert "DynamoDB: Orders Enabled" in plain
    assert "DynamoDB: Payments" not in plain
    assert "DynamoDB: Payments Enabled" in alias
    assert "DynamoDB: Orders" not in alias
    assert "reader:live version 1" in alias


def test_the_designer_offers_every_qualifier_with_its_triggers(browser: Browser) -> None:
    browser.trigger("reader:live")
    browser.trigger("reader:1", Enabled=False)

    assert "Triggers of $LATEST 0 live 1 1 1" in browser.read("/functions/reader/")


def test_a_function_without_versions_is_not_asked_which(browser: Browser) -> None:
    browser.function("plain")

    assert "Triggers of" not in browser.read("/functions/plain/")


def test_the_panel_of_an_alias_trigger_opens_among_those_of_its_alias(browser: Browser) -> None:
    uuid = browser.trigger("reader:live")

    page = markup(browser.get(f"/functions/reader/?trigger={uuid}"))

    assert f'id="node-{uuid}"' in page
    assert "--function-name reader:live" in page or "reader:live" in page


def test_a_trigger_is_staged_and_saved_for_an_alias(browser: Browser) -> None:
    assert "for live" in browser.read(f"{ADD}?qualifier=live&table=Orders")

    staged = browser.post(ADD, **CHOSEN, qualifier="live")
    browser.post("/functions/reader/triggers/save")

    assert staged["Location"] == "/functions/reader/?qualifier=live"
    made = EventSourceMapping.objects.get()
    assert (made.function_name, made.qualifier) == ("reader", "live")


def test_one_stream_can_be_staged_for_several_qualifiers(browser: Browser) -> None:
    assert browser.post(ADD, **CHOSEN).status_code == 303
    assert browser.post(ADD, **CHOSEN, qualifier="live").status_code == 303
    assert browser.post(ADD, **CHOSEN, qualifier="live").status_code == 422

    assert TriggerDraft.objects.count() == 2
    assert "TRIGGERS · 1" in browser.read("/functions/reader/?qualifier=live").upper()


def test_an_alias_that_is_gone_is_refused_in_the_words_of_aws(browser: Browser) -> None:
    answer = browser.post(ADD, **CHOSEN, qualifier="nobody")

    assert answer.status_code == 422
    assert "Function does not exist InvalidParameterValueException" in text(answer)


def test_deleting_leads_back_to_the_qualifier(browser: Browser) -> None:
    uuid = browser.trigger("reader:live")

    answer = browser.post(f"/functions/reader/triggers/{uuid}/delete")

    assert answer["Location"] == "/functions/reader/?qualifier=live"


def test_pages_of_versions_and_aliases_show_their_triggers(browser: Browser) -> None:
    browser.trigger("reader:live", BatchSize=7)

    alias = browser.read("/functions/reader/aliases/live/")
    every = browser.read("/functions/reader/configuration/triggers")
    table = browser.read("/tables/Orders/streams")

    assert "DynamoDB: Orders" in alias
    assert "Enabled No records processed 7" in alias
    assert "live Enabled" in every
    assert "reader live" in table
    assert "1 triggers of live" in browser.read("/functions/reader/aliases")
    assert "0 triggers of 1" in browser.read("/functions/reader/versions")


def test_a_trigger_whose_alias_is_gone_says_so(browser: Browser) -> None:
    uuid = browser.trigger("reader:live")
    call(browser.scope, "lambda", "DeleteAlias", FunctionName="reader", Name="live")

    page = browser.read(f"/functions/reader/triggers/{uuid}/")

    assert "reader has no version or alias live any more." in page


def test_the_role_of_the_version_is_checked_and_mended(browser: Browser) -> None:
    uuid = browser.trigger("reader:live")
    other = roles.create_lambda_role(browser.scope, "later", [])
    call(
        browser.scope,
        "lambda",
        "UpdateFunctionConfiguration",
        FunctionName="reader",
        Role=roles.arn_of(browser.scope, other),
    )

    page = browser.read("/functions/reader/configuration/permissions")

    assert "later may not write logs" in page
    assert "reader-role may read this stream." in page
    assert "reader-role may read this stream." in browser.read(f"/functions/reader/?trigger={uuid}")
