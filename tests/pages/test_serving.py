"""Environments kept ready and addresses of functions, on their Configuration pages."""

from __future__ import annotations

import json

import pytest

from console.pages.aws import call
from tests.pages.conftest import Browser, markup, text

CONCURRENCY = "/functions/reader/configuration/concurrency"
PROVISION = "/functions/reader/configuration/provisioned"
ADDRESS = "/functions/reader/configuration/url"


@pytest.fixture(autouse=True)
def _a_function(browser: Browser) -> None:
    browser.function()


def _publish(browser: Browser) -> None:
    call(browser.scope, "lambda", "PublishVersion", FunctionName="reader")
    named = {"FunctionName": "reader", "Name": "live", "FunctionVersion": "1"}
    call(browser.scope, "lambda", "CreateAlias", **named)


def test_what_is_not_published_cannot_be_provisioned(browser: Browser) -> None:
    assert "Publish a version first" in browser.read(CONCURRENCY)


def test_environments_are_kept_ready_and_given_back(browser: Browser) -> None:
    _publish(browser)

    browser.post(PROVISION, qualifier="live", many="2")
    assert "live In progress 0 2" in browser.read(CONCURRENCY)

    browser.post(PROVISION, remove="live")
    assert "None is provisioned." in browser.read(CONCURRENCY)


def test_what_cannot_be_provisioned_is_refused_beside_its_field(browser: Browser) -> None:
    _publish(browser)

    none = browser.post(PROVISION, qualifier="live", many="0")
    crowd = browser.post(PROVISION, qualifier="live", many="100000")

    for answer in (none, crowd):
        assert answer.status_code == 422
        assert 'id="id_many_error"' in markup(answer)


def test_an_address_is_made_changed_and_taken_away(browser: Browser) -> None:
    assert "The function has no address" in browser.read(ADDRESS)

    browser.post(ADDRESS, qualifier="", auth="AWS_IAM")
    made = call(browser.scope, "lambda", "GetFunctionUrlConfig", FunctionName="reader")
    assert f"$LATEST {made['FunctionUrl']} AWS_IAM" in browser.read(ADDRESS)

    cors = {"origins": "https://a.example, https://b.example", "age": "60", "credentials": "on"}
    browser.post(ADDRESS, qualifier="", auth="AWS_IAM", **cors)
    changed = call(browser.scope, "lambda", "GetFunctionUrlConfig", FunctionName="reader")
    assert changed["Cors"] == {
        "AllowOrigins": ["https://a.example", "https://b.example"],
        "MaxAge": 60,
        "AllowCredentials": True,
    }
    assert "https://a.example, https://b.example" in markup(browser.get(ADDRESS))

    browser.post(ADDRESS, qualifier="", auth="AWS_IAM")
    bare = call(browser.scope, "lambda", "GetFunctionUrlConfig", FunctionName="reader")
    assert not bare.get("Cors")

    browser.post(ADDRESS, remove="$LATEST")
    assert "The function has no address" in browser.read(ADDRESS)


def test_an_address_of_an_alias_for_everybody_is_allowed_by_a_statement(browser: Browser) -> None:
    _publish(browser)

    for _ in range(2):
        answer = browser.client.post(ADDRESS, {"qualifier": "live", "auth": "NONE"}, follow=True)

    assert "live http" in text(answer)
    said = call(browser.scope, "lambda", "GetPolicy", FunctionName="reader", Qualifier="live")
    statements = json.loads(said["Policy"])["Statement"]
    assert [(one["Principal"], one["Action"]) for one in statements] == [
        ("*", "lambda:InvokeFunctionUrl"),
        ("*", "lambda:InvokeFunction"),
    ]


def test_what_an_address_cannot_have_is_refused_beside_its_field(browser: Browser) -> None:
    method = browser.post(ADDRESS, qualifier="", auth="AWS_IAM", methods="BREWING")
    age = browser.post(ADDRESS, qualifier="", auth="AWS_IAM", age="86401")

    assert (method.status_code, age.status_code) == (422, 422)
    assert 'id="id_methods_error"' in markup(method)
    assert 'id="id_age_error"' in markup(age)
