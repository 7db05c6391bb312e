"""One request through the pipeline: what is refused before an operation runs, and what a defect shows."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import OperationalError

from console.aws import registry
from console.aws.errors import AwsError
from console.aws.registry import operation
from console.aws.wire.messages import Request
from console.aws.wire.routes import find_route
from console.gateway.pipeline import answer

pytestmark = pytest.mark.django_db

SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/{}/dynamodb/aws4_request, SignedHeaders=host, Signature=0"


@pytest.fixture(autouse=True)
def own_operations(monkeypatch):
    """Offer only what the test offers."""
    monkeypatch.setattr(registry, "_offered", {})


def ask(body: dict, target="DynamoDB_20120810.CreateBackup", key="test", region="us-east-1"):
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": target,
        "authorization": SIGNED.format(key, region),
    }
    request = Request("POST", "/", "", headers, json.dumps(body).encode())
    response = answer(request, find_route(request))
    return response.status, json.loads(response.body)


def offer(run, **options):
    operation("dynamodb", "CreateBackup", **options)(run)


BACKUP = {"TableName": "ttt", "BackupName": "bbb"}


def test_an_operation_gets_the_callers_scope_and_its_members():
    seen = []
    offer(lambda *call: seen.append(call), honours="TableName BackupName")

    assert ask(BACKUP, key="123456789012", region="eu-west-1") == (200, {})

    scope, params = seen[0]
    assert (scope.account, scope.region, params) == ("123456789012", "eu-west-1", BACKUP)


def test_a_key_that_is_no_account_belongs_to_account_zero():
    seen = []
    offer(lambda *call: seen.append(call), honours="TableName BackupName")

    ask(BACKUP, key="AKIAIOSFODNN7EXAMPLE")

    assert seen[0][0].account == "000000000000"


def test_a_member_that_would_be_ignored_is_refused():
    offer(lambda scope, params: {}, honours="TableName")

    assert ask(BACKUP) == (
        400,
        {
            "__type": "com.amazon.coral.validate#ValidationException",
            "message": "Shardlight does not offer the parameter BackupName of CreateBackup yet.",
        },
    )


def test_a_recorded_member_is_accepted():
    offer(lambda scope, params: {}, honours="TableName", records="BackupName")

    assert ask(BACKUP) == (200, {})


def test_an_empty_member_asks_for_nothing_and_passes():
    operation("dynamodb", "ListTables", honours="")(lambda scope, params: {"TableNames": []})

    status, _ = ask({"ExclusiveStartTableName": None}, "DynamoDB_20120810.ListTables")

    assert status == 200


def test_an_operations_refusal_is_told_in_its_own_words():
    def refuse(scope, params):
        raise AwsError("BackupInUseException", "Busy")

    offer(refuse, honours="TableName BackupName")

    assert ask(BACKUP) == (
        400,
        {"__type": "com.amazonaws.dynamodb.v20120810#BackupInUseException", "message": "Busy"},
    )


@pytest.mark.parametrize(
    "error", [RuntimeError("secret"), OperationalError("secret"), KeyError("secret")]
)
def test_a_defect_is_logged_once_and_told_without_a_trace(error, caplog):
    def fail(scope, params):
        raise error

    offer(fail, honours="TableName BackupName")
    with caplog.at_level(logging.ERROR):
        status, body = ask(BACKUP)

    assert (status, body) == (
        500,
        {
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": "Internal server error",
        },
    )
    assert [record.name for record in caplog.records] == ["shardlight.gateway"]


def test_a_finished_body_is_sent_as_it_is():
    offer(lambda scope, params: b'{"BackupDetails":null}', honours="TableName BackupName")

    assert ask(BACKUP) == (200, {"BackupDetails": None})
