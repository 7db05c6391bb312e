"""The two questions that others ask of a role."""

from __future__ import annotations

import json

import pytest

from console.aws.scope import Scope
from functions.iam import customer, inline, papers, roles
from functions.iam.managed import BASIC_EXECUTION, DYNAMODB_EXECUTION

STREAM = "arn:aws:dynamodb:us-east-1:111111111111:table/T/stream/2026-01-01T00:00:00.000"


def document(effect: str, action: str, resource: str = "*") -> str:
    whole = resource if resource == "*" else f"arn:aws:dynamodb:us-east-1:111111111111:{resource}"
    statement = {"Effect": effect, "Action": action, "Resource": whole}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def may_read(scope: Scope, arn: str) -> bool:
    return roles.permits(scope, arn, "dynamodb:GetRecords", STREAM).allowed


def test_a_stream_role_may_read_streams_and_a_basic_one_may_not(scope: Scope) -> None:
    reader = roles.create_lambda_role(scope, "reader", [DYNAMODB_EXECUTION.arn])
    basic = roles.create_lambda_role(scope, "basic", [BASIC_EXECUTION.arn])

    assert may_read(scope, roles.arn_of(scope, reader))
    assert not may_read(scope, roles.arn_of(scope, basic))


def test_attaching_and_detaching_changes_the_answer_at_once(scope: Scope) -> None:
    arn = roles.arn_of(scope, roles.create(scope, "reader", roles.LAMBDA_TRUST))

    roles.attach(scope, "reader", DYNAMODB_EXECUTION.arn)
    assert may_read(scope, arn)

    roles.detach(scope, "reader", DYNAMODB_EXECUTION.arn)
    assert not may_read(scope, arn)


def test_an_inline_deny_wins_over_an_attached_allow(scope: Scope) -> None:
    arn = roles.arn_of(scope, roles.create_lambda_role(scope, "reader", [DYNAMODB_EXECUTION.arn]))
    statement = {"Sid": "Stop", "Effect": "Deny", "Action": "dynamodb:Get*", "Resource": "*"}
    inline.put(
        roles.find(scope, "reader"),
        "brake",
        json.dumps({"Version": "2012-10-17", "Statement": statement}),
    )

    decision = roles.permits(scope, arn, "dynamodb:GetRecords", STREAM)

    assert not decision.allowed
    assert decision.reason == "dynamodb:GetRecords is denied by Stop of brake"


@pytest.mark.postgres
def test_policies_of_all_kinds_speak_for_a_role_and_its_tags_for_the_principal(
    scope: Scope,
) -> None:
    role = roles.create(scope, "reader", roles.LAMBDA_TRUST, path="/team/", tags=[("of", "T")])
    inline.put(role, "b", document("Allow", "dynamodb:GetItem"))
    inline.put(role, "a", document("Deny", "dynamodb:Delete*"))
    mine = customer.create(
        scope, "mine", document("Allow", "dynamodb:Query", "table/${aws:PrincipalTag/of}")
    )
    roles.attach(scope, "reader", customer.arn_of(scope, mine))
    roles.attach(scope, "reader", DYNAMODB_EXECUTION.arn)
    table = STREAM.partition("/stream")[0]

    read, other, get, delete, stream = roles.decisions(
        scope,
        roles.arn_of(scope, role),
        [
            ("dynamodb:Query", table),
            ("dynamodb:Query", f"{table}2"),
            ("dynamodb:GetItem", table),
            ("dynamodb:DeleteItem", table),
            ("dynamodb:GetRecords", STREAM),
        ],
    )

    assert (read.allowed, other.allowed, get.allowed, stream.allowed) == (True, False, True, True)
    assert (delete.allowed, delete.denied) == (False, True)
    held = papers.of(scope, roles.arn_of(scope, role))
    assert held is not None
    assert held.documents == roles.documents(scope, role)


def test_a_role_of_another_account_permits_nothing(scope: Scope, other: Scope) -> None:
    arn = roles.arn_of(other, roles.create_lambda_role(other, "reader", [DYNAMODB_EXECUTION.arn]))

    assert not may_read(scope, arn)
    assert not roles.assumable_by_lambda(scope, arn)
    assert may_read(other, arn)


def trust(*statements: tuple[str, dict[str, object]]) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}
                for effect, principal in statements
            ],
        }
    )


@pytest.mark.parametrize(
    ("text", "assumable"),
    [
        (roles.LAMBDA_TRUST, True),
        (trust(("Allow", {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]})), True),
        (trust(("Allow", {"Service": "ec2.amazonaws.com"})), False),
        (trust(("Allow", {"AWS": "111111111111"})), False),
        (
            trust(
                ("Allow", {"Service": "lambda.amazonaws.com"}),
                ("Deny", {"Service": "lambda.amazonaws.com"}),
            ),
            False,
        ),
    ],
)
def test_lambda_assumes_only_roles_that_trust_it(scope: Scope, text: str, assumable: bool) -> None:
    arn = roles.arn_of(scope, roles.create(scope, "reader", text))

    assert roles.assumable_by_lambda(scope, arn) is assumable


@pytest.mark.parametrize(
    ("condition", "assumable"),
    [
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}}, True),
        ({"DateLessThan": {"aws:EpochTime": 1}}, False),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, True),
        ({"StringEquals": {"aws:username": "anna"}}, False),
    ],
)
def test_a_service_is_trusted_under_conditions(
    scope: Scope, condition: dict[str, object], assumable: bool
) -> None:
    document = json.loads(roles.LAMBDA_TRUST)
    document["Statement"][0]["Condition"] = condition
    arn = roles.arn_of(scope, roles.create(scope, "reader", json.dumps(document)))

    assert roles.assumable_by_lambda(scope, arn) is assumable
