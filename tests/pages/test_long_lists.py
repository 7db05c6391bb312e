"""Long lists of the console: found by name, cut into pages."""

from __future__ import annotations

import pytest

from console.pages import lists
from console.pages.aws import call
from functions.iam import roles
from tests.pages.conftest import Browser


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 10)


def _fill(browser: Browser, path: str, count: int) -> str:
    for number in range(count):
        name = f"thing-{number:02}"
        match path:
            case "/functions/":
                browser.function(name)
            case "/tables/" | "/items/":
                browser.table(name)
            case "/roles/":
                roles.create_lambda_role(browser.scope, name, [])
            case "/users/":
                call(browser.scope, "iam", "CreateUser", UserName=name)
            case "/logs/":
                call(browser.scope, "logs", "CreateLogGroup", logGroupName=name)
            case _:
                browser.post(path, name=name)
    return path


@pytest.mark.usefixtures("short_pages")
@pytest.mark.parametrize(
    "path",
    [
        "/functions/",
        "/tables/",
        "/items/",
        "/queues/",
        "/topics/",
        "/buckets/",
        "/roles/",
        "/users/",
        "/logs/",
    ],
)
def test_a_list_is_cut_into_pages_and_found_by_name(browser: Browser, path: str) -> None:
    _fill(browser, path, 12)

    first, second = browser.read(path), browser.read(f"{path}?page=2")
    found, nothing = browser.read(f"{path}?name=ING-07"), browser.read(f"{path}?name=nobody")

    assert "thing-03" in first
    assert "1–10 of 12 Next page" in first
    assert "thing-11" in second
    assert "thing-03" not in second
    assert "11–12 of 12 Previous page" in second
    assert "thing-07" in found
    assert "thing-03" not in found
    assert "Nothing here has that in its name." in nothing


def test_managed_policies_are_found_by_name(browser: Browser) -> None:
    page = browser.read("/policies/?name=dynamodbexec")

    assert "AWSLambdaDynamoDBExecutionRole" in page
    assert "AdministratorAccess" not in page


def test_a_short_list_asks_for_no_name(browser: Browser) -> None:
    browser.function()

    assert "Find by name" not in browser.read("/functions/")
