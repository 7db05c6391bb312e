"""Functions are made, configured, deployed and deleted by plain forms."""

from __future__ import annotations

from functions.iam import roles
from functions.models import Function
from tests.pages.conftest import Browser, text
from tests.product import RUNTIME

NEW = {"name": "reader", "runtime": RUNTIME, "role_kind": "new", "blueprint": "log-changes"}


def test_a_function_gets_a_role_that_may_read_streams(browser: Browser) -> None:
    answer = browser.post("/functions/create", **NEW)

    made = Function.objects.get(name="reader")
    allowed = roles.permits(
        browser.scope, made.role_arn, "dynamodb:GetRecords", "arn:aws:dynamodb:us-east-1:0:table/x"
    )
    assert answer["Location"] == "/functions/reader/"
    assert allowed.allowed


def test_a_function_starts_from_its_blueprint(browser: Browser) -> None:
    browser.post("/functions/create", **NEW | {"blueprint": "poison-record"})

    assert "cannot digest" in browser.read("/functions/reader/")


def test_typed_code_wins_over_the_blueprint(browser: Browser) -> None:
    browser.post(
        "/functions/create", **NEW, source="def lambda_handler(e, c):\n    return 'mine'\n"
    )

    assert "return 'mine'" in browser.read("/functions/reader/")


def test_a_taken_name_is_refused_beside_the_name_and_leaves_no_role(browser: Browser) -> None:
    browser.post("/functions/create", **NEW)
    before = len(roles.page(browser.scope, count=100))

    answer = browser.post("/functions/create", **NEW)

    assert answer.status_code == 422
    assert "Function already exist: reader" in text(answer)
    assert 'id="id_name_error"' in answer.content.decode()
    assert 'aria-describedby="id_name_helptext id_name_error"' in answer.content.decode()
    assert len(roles.page(browser.scope, count=100)) == before


def test_a_bad_name_is_refused_in_the_words_of_aws(browser: Browser) -> None:
    answer = browser.post("/functions/create", **NEW | {"name": "not a name"})

    assert answer.status_code == 422
    assert "1 validation error detected: Value 'not a name' at 'functionName'" in text(answer)
    assert 'id="id_name_error"' in answer.content.decode()


def test_an_existing_role_must_be_chosen(browser: Browser) -> None:
    answer = browser.post("/functions/create", **NEW | {"role_kind": "existing"})

    assert answer.status_code == 422
    assert not Function.objects.exists()


def test_an_existing_role_is_offered_where_there_is_one(browser: Browser) -> None:
    assert "Existing role" not in browser.read("/functions/create")

    roles.create_lambda_role(browser.scope, "reader-role", [])

    assert "Existing role" in browser.read("/functions/create")


def test_the_help_beside_code_and_handler_holds_for_every_runtime(browser: Browser) -> None:
    browser.function()

    typed = browser.read("/functions/create")
    assert "lambda_function.py with lambda_handler(event, context), or index.mjs" in typed
    assert "or index.handler." in browser.read("/functions/reader/configuration")


def test_a_function_is_deleted_after_the_question(browser: Browser) -> None:
    browser.function()

    asked = browser.read("/functions/reader/delete")
    browser.post("/functions/reader/delete")

    assert "Delete the function reader?" in asked
    assert "its role and its log group stay." in asked
    assert not Function.objects.exists()
    assert [one.name for one in roles.page(browser.scope, count=10)] == ["reader-role"]
