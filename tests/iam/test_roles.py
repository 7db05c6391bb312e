"""Roles from their making to their end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import attachments, inline, roles
from functions.iam.managed import BASIC_EXECUTION, DYNAMODB_EXECUTION, INVOCATION_DYNAMODB

pytestmark = pytest.mark.postgres
TRUST = roles.LAMBDA_TRUST
POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(AwsError) as refused:
        call()
    return refused.value.code, refused.value.message


def test_a_role_has_an_id_and_an_arn(scope: Scope) -> None:
    role = roles.create(scope, "reader", TRUST, path="/teams/")

    assert re.fullmatch(r"AROA[A-Z2-7]{17}", role.role_id)
    assert roles.arn_of(scope, role) == "arn:aws:iam::111111111111:role/teams/reader"
    assert roles.find_by_arn(scope, roles.arn_of(scope, role)) == role


def test_a_name_is_given_once_whatever_its_case(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST)

    assert refusal(lambda: roles.create(scope, "Reader", TRUST)) == (
        "EntityAlreadyExists",
        "Role with name Reader already exists.",
    )


def test_a_role_belongs_to_the_account_not_to_a_region(scope: Scope, other: Scope) -> None:
    roles.create(scope, "reader", TRUST)
    elsewhere = Scope(scope.account, "eu-west-1", scope.tenancy)

    assert roles.find(elsewhere, "reader")
    assert refusal(lambda: roles.find(other, "reader")) == (
        "NoSuchEntity",
        "The role with name reader cannot be found.",
    )


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::222222222222:role/reader",
        "arn:aws:iam:us-east-1:111111111111:role/reader",
        "arn:aws:iam::111111111111:role/teams/reader",
        "arn:aws:iam::111111111111:user/reader",
        "arn:aws:iam::111111111111:role",
        "arn:aws:sts::111111111111:role/reader",
        "reader",
    ],
)
def test_any_other_arn_is_not_the_role(scope: Scope, arn: str) -> None:
    roles.create(scope, "reader", TRUST)

    assert roles.find_by_arn(scope, arn) is None


def test_a_role_with_policies_is_not_deleted(scope: Scope) -> None:
    roles.create_lambda_role(scope, "reader", [BASIC_EXECUTION.arn])
    inline.put(roles.find(scope, "reader"), "queues", POLICY)

    assert refusal(lambda: roles.delete(scope, "reader")) == (
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    )
    roles.detach(scope, "reader", BASIC_EXECUTION.arn)
    assert refusal(lambda: roles.delete(scope, "reader")) == (
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
    )
    inline.delete(roles.find(scope, "reader"), "queues")
    roles.delete(scope, "reader")
    assert refusal(lambda: roles.delete(scope, "reader"))[0] == "NoSuchEntity"


def test_pages_go_on_after_a_name(scope: Scope, other: Scope) -> None:
    for name in ("c", "a", "b"):
        roles.create(scope, name, TRUST, path="/team/")
    roles.create(scope, "d", TRUST)
    roles.create(other, "aa", TRUST, path="/team/")

    first = roles.page(scope, prefix="/team/", count=2)
    rest = roles.page(scope, prefix="/team/", after="b", count=2)

    assert [role.name for role in [*first, *rest]] == ["a", "b", "c"]


def test_attaching_twice_is_attaching_once(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST)
    roles.attach(scope, "reader", DYNAMODB_EXECUTION.arn)
    roles.attach(scope, "reader", DYNAMODB_EXECUTION.arn)

    assert roles.attached(scope, "reader") == [DYNAMODB_EXECUTION]


@pytest.mark.parametrize(
    ("arn", "wanted"),
    [
        ("longpolicynamebutnoarn", ("ValidationError", "ARN longpolicynamebutnoarn is not valid.")),
        (
            "arn:aws:iam::111111111111:policy/mine",
            (
                "NoSuchEntity",
                "Policy arn:aws:iam::111111111111:policy/mine does not exist or is not attachable.",
            ),
        ),
    ],
)
def test_only_policies_that_exist_are_attached(
    scope: Scope, arn: str, wanted: tuple[str, str]
) -> None:
    roles.create(scope, "reader", TRUST)

    assert refusal(lambda: roles.attach(scope, "reader", arn)) == wanted


def test_detaching_what_is_not_attached_is_refused(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST)

    assert refusal(lambda: roles.detach(scope, "reader", BASIC_EXECUTION.arn)) == (
        "NoSuchEntity",
        f"Policy {BASIC_EXECUTION.arn} was not found.",
    )


def test_inline_policies_are_replaced_by_name(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST)
    inline.put(roles.find(scope, "reader"), "queues", POLICY)
    inline.put(roles.find(scope, "reader"), "queues", POLICY.replace("sqs", "sns"))

    assert inline.names(roles.find(scope, "reader")) == ["queues"]
    assert "sns:*" in inline.find(roles.find(scope, "reader"), "queues").document


def test_the_sum_of_inline_policies_has_a_limit(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST)
    long = json.loads(POLICY)
    long["Statement"]["Resource"] = [f"arn:aws:sqs:us-east-1:1:{'q' * 100}"] * 70
    inline.put(roles.find(scope, "reader"), "long", json.dumps(long, indent=8))

    assert refusal(lambda: inline.put(roles.find(scope, "reader"), "more", json.dumps(long))) == (
        "LimitExceeded",
        "Maximum policy size of 10240 bytes exceeded for role reader",
    )


def test_a_trust_policy_has_a_limit(scope: Scope) -> None:
    trust = json.loads(TRUST)
    trust["Statement"] *= 30

    assert refusal(lambda: roles.create(scope, "reader", json.dumps(trust))) == (
        "LimitExceeded",
        "Cannot exceed quota for ACLSizePerRole: 2048",
    )


def test_tags_are_joined_and_taken_away_without_regard_to_case(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST, tags=[("team", "blue")])
    roles.tag(scope, "reader", [("Team", "red"), ("cost", "")])
    roles.untag(scope, "reader", ["COST", "unknown"])

    assert roles.find(scope, "reader").tags == {"Team": "red"}
    assert refusal(lambda: roles.tag(scope, "reader", [("a", "1"), ("A", "2")])) == (
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )


@pytest.mark.parametrize("key", ["aws:cloudformation:stack-name", "AWS:x"])
def test_the_tags_of_aws_are_not_ours_to_give(scope: Scope, key: str) -> None:
    assert refusal(lambda: roles.create(scope, "reader", TRUST, tags=[(key, "1")])) == (
        "InvalidInput",
        "Tag keys beginning with aws: are reserved for system use.",
    )


def test_a_role_has_at_most_fifty_tags(scope: Scope) -> None:
    roles.create(scope, "reader", TRUST, tags=[(f"k{number}", "") for number in range(50)])

    assert refusal(lambda: roles.tag(scope, "reader", [("one more", "")])) == (
        "LimitExceeded",
        "The number of tags has reached the maximum limit.",
    )


def test_invocation_policy_lies_at_the_root(scope: Scope) -> None:
    roles.create_lambda_role(scope, "reader", [INVOCATION_DYNAMODB.arn, BASIC_EXECUTION.arn])

    assert attachments.attached(scope, roles.find(scope, "reader"), prefix="/service-role/") == [
        BASIC_EXECUTION
    ]
