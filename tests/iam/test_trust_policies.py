"""Whom a trust policy may name."""

from __future__ import annotations

import json

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import roles, users

pytestmark = pytest.mark.postgres
OWN = "arn:aws:iam::111111111111"
FEDERATED = "Federated principals must be valid domain names or SAML metadata ARNs"


def trust(principal: dict[str, object]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture
def people(scope: Scope, other: Scope) -> None:
    """A user and a role in two accounts."""
    for home in (scope, other):
        users.create(home, "anna", path="/team/")
        roles.create(home, "reader", roles.LAMBDA_TRUST, path="/team/")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "*"},
        {"AWS": ["111111111111", "333333333333", f"{OWN}:root"]},
        {"AWS": [f"{OWN}:user/team/anna", f"{OWN}:role/team/reader"]},
        {"AWS": "arn:aws:iam::222222222222:role/team/reader"},
        {"AWS": "arn:aws:sts::111111111111:assumed-role/reader/me"},
        {"Service": ["lambda.amazonaws.com", "logs.eu-west-1.amazonaws.com"]},
        {"Federated": ["cognito-identity.amazonaws.com", "accounts.google.com"]},
    ],
)
def test_who_is_there_can_be_trusted(scope: Scope, principal: dict[str, object]) -> None:
    role = roles.create(scope, "worker", trust(principal))

    assert json.loads(role.trust)["Statement"]["Principal"] == principal


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "name",
    [
        "anna",
        "",
        "1234",
        f"{OWN}:user/anna",
        f"{OWN}:user/*",
        f"{OWN}:role/reader",
        f"{OWN}:role/team/nobody",
        f"{OWN}:group/team",
        "arn:aws:iam::222222222222:user/nobody",
        "arn:aws:iam::444444444444:role/team/reader",
        "arn:aws:iam::root:root",
        "arn:aws-cn:iam::111111111111:root",
        "arn:aws:sts::111111111111:assumed-role/reader/*",
        "arn:aws:sqs:us-east-1:111111111111:q",
        "lambda.amazonaws.com",
    ],
)
def test_who_is_not_there_cannot_be_trusted(scope: Scope, name: str) -> None:
    with pytest.raises(AwsError) as refused:
        roles.create(scope, "worker", trust({"AWS": ["111111111111", name]}))

    assert (refused.value.code, refused.value.message) == (
        "MalformedPolicyDocument",
        f'Invalid principal in policy: "AWS":"{name}"',
    )


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ({"Service": "lambda"}, 'Invalid principal in policy: "SERVICE":"lambda"'),
        ({"Service": "*"}, 'Invalid principal in policy: "SERVICE":"*"'),
        ({"Federated": "x"}, FEDERATED),
        (
            {"Federated": f"{OWN}:saml-provider/corp"},
            f'Invalid principal in policy: "FEDERATED":"{OWN}:saml-provider/corp"',
        ),
    ],
)
def test_services_and_identities_have_the_form_of_theirs(
    scope: Scope, principal: dict[str, object], message: str
) -> None:
    role = roles.create(scope, "worker", roles.LAMBDA_TRUST)

    with pytest.raises(AwsError) as refused:
        roles.update_trust(scope, "worker", trust(principal))

    assert refused.value.message == message
    role.refresh_from_db()
    assert role.trust == roles.LAMBDA_TRUST
