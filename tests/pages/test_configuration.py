"""The Configuration tab: each page changes its own settings and no others, by plain forms."""

from __future__ import annotations

from django.http import HttpResponse

from functions.iam import managed, roles
from functions.models import Function
from tests.pages.conftest import Browser, markup, text
from tests.product import RUNTIME

GENERAL = {
    "handler": "lambda_function.lambda_handler",
    "memory": "128",
    "ephemeral": "512",
    "timeout": "3",
    "runtime": RUNTIME,
}
HERE = "/functions/reader/configuration"


def test_general_settings_are_saved_and_others_stay(browser: Browser) -> None:
    browser.function()
    browser.post(f"{HERE}/environment", key="STAGE", value="test")

    browser.post(HERE, **GENERAL | {"memory": "256", "timeout": "9", "description": "reads"})

    saved = Function.objects.get()
    assert (saved.memory_mb, saved.timeout, saved.description) == (256, 9, "reads")
    assert saved.environment == {"STAGE": "test"}


def test_a_timeout_out_of_range_is_refused_beside_it(browser: Browser) -> None:
    browser.function()

    answer = browser.post(HERE, **GENERAL | {"timeout": "901"})

    assert answer.status_code == 422
    assert 'id="id_timeout_error"' in answer.content.decode()


def test_several_refused_settings_are_told_each_beside_its_own(browser: Browser) -> None:
    browser.function()

    answer = browser.post(HERE, **GENERAL | {"memory": "5", "timeout": "9999"})

    assert answer.status_code == 422
    assert "errors detected" not in text(answer)
    timeout, memory = (_refused(answer, field) for field in ("timeout", "memory"))
    assert timeout.startswith("Value '9999' at 'timeout' failed to satisfy constraint: Member")
    assert timeout.endswith("ValidationException Choose 1 to 900 seconds.")
    assert memory.startswith("Value '5' at 'memorySize' failed to satisfy constraint: Member")
    assert memory.endswith("ValidationException Choose 128 to 10,240 MB.")


def _refused(answer: HttpResponse, field: str) -> str:
    """What stands under a field in red."""
    told = markup(answer).partition(f'id="id_{field}_error"')[2].partition("<label")[0]
    return text(HttpResponse(f"<p {told}"))


def test_variables_are_saved_row_by_row(browser: Browser) -> None:
    browser.function()

    browser.client.post(
        f"{HERE}/environment",
        {"key": ["STAGE", "EMPTY", ""], "value": ["one\r\ntwo", "", ""]},
    )

    assert Function.objects.get().environment == {"STAGE": "one\ntwo", "EMPTY": ""}


def test_a_dropped_row_is_gone_only_once_it_is_saved(browser: Browser) -> None:
    browser.function()
    browser.post(f"{HERE}/environment", key="STAGE", value="test")

    answer = browser.post(f"{HERE}/environment", key="STAGE", value="test", drop="0")

    assert 'value="STAGE"' not in answer.content.decode()
    assert Function.objects.get().environment == {"STAGE": "test"}


def test_a_name_that_stands_twice_is_refused_and_kept(browser: Browser) -> None:
    browser.function()

    answer = browser.client.post(
        f"{HERE}/environment", {"key": ["STAGE", "STAGE"], "value": ["a", "b"]}
    )

    assert answer.status_code == 422
    assert "STAGE stands here twice." in text(answer)
    assert answer.content.decode().count('value="STAGE"') == 2


def test_a_reserved_variable_is_refused_in_the_words_of_aws(browser: Browser) -> None:
    browser.function()

    answer = browser.post(f"{HERE}/environment", key="AWS_REGION", value="mars")

    assert answer.status_code == 422
    assert "reserved keys that are currently not supported for modification" in text(answer)


def test_tags_become_those_that_were_typed(browser: Browser) -> None:
    browser.function()
    browser.client.post(f"{HERE}/tags", {"key": ["team", "stage"], "value": ["red", "test"]})

    browser.client.post(f"{HERE}/tags", {"key": ["team"], "value": ["blue"]})

    assert Function.objects.get().tags == {"team": "blue"}


def test_a_missing_permission_is_shown_and_granted_by_its_button(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.trigger()
    role = Function.objects.get().role_arn.rpartition("/")[2]
    browser.post(
        f"/roles/{role}/detach",
        policy="arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole",
    )
    assert "may not read this stream" in browser.read(f"{HERE}/permissions")

    browser.post(f"{HERE}/permissions", attach_policy="1")

    assert "may read this stream" in browser.read(f"{HERE}/permissions")


def test_a_trigger_is_listed_with_its_state(browser: Browser) -> None:
    browser.function()
    assert "No triggers yet" in browser.read(f"{HERE}/triggers")

    browser.table()
    browser.trigger()

    assert "DynamoDB: Orders" in browser.read(f"{HERE}/triggers")
    assert "Enabled" in browser.read(f"{HERE}/triggers")


def test_the_policy_in_force_is_shown_and_logs_are_allowed(browser: Browser) -> None:
    browser.function()
    roles.detach(browser.scope, "reader-role", managed.DYNAMODB_EXECUTION.arn)

    assert "may not write logs: logs:CreateLogGroup" in browser.read(f"{HERE}/permissions")
    browser.post(f"{HERE}/permissions", attach_logs="1")

    page = browser.read(f"{HERE}/permissions")
    assert "reader-role may write logs." in page
    assert "AWSLambdaBasicExecutionRole" in page.partition("Policy in force")[2]


def test_a_name_and_a_size_that_are_refused_are_told_how_to_be_mended(browser: Browser) -> None:
    browser.function()
    path = "/functions/reader/configuration/environment"

    named = browser.post(path, key="1A", value="x")
    large = browser.post(path, key="BIG", value="x" * 5000)

    assert "A name begins with a letter" in text(named)
    assert "exceeded the 4KB limit." in text(large)
    assert "Shorten values" in text(large)
    assert "x" * 1000 not in text(large).replace(f"{'x' * 5000} ", "")


def test_the_log_is_written_as_json_from_a_level_on(browser: Browser) -> None:
    browser.function()
    path = "/functions/reader/configuration/logging"

    browser.post(path, log_format="JSON", application="WARN", system="INFO")
    kept = Function.objects.get().logging
    shown = browser.get(path).content.decode()
    browser.post(path, log_format="Text", application="WARN", system="INFO")

    assert kept == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "WARN",
        "SystemLogLevel": "INFO",
    }
    assert '<option value="WARN" selected>' in shown
    assert Function.objects.get().logging == {"LogFormat": "Text"}
