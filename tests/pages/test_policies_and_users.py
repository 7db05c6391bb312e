"""Policies with their line of blame, simulations, users and their keys, by plain forms."""

from __future__ import annotations

import html
import json

import pytest

from console.accounts import enforcement
from functions.iam import accesskeys, attachments, customer, keyring, managed, roles, users
from tests.pages.conftest import Browser, text

GOOD = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
    }
)
BAD = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "nothing", "Resource": "*"}
  ]
}"""


def role(browser: Browser, name: str = "r") -> str:
    return roles.arn_of(browser.scope, roles.create(browser.scope, name, roles.LAMBDA_TRUST))


def test_an_inline_policy_is_written_and_changed(browser: Browser) -> None:
    role(browser)

    browser.post("/roles/r/inline", name="queues", document=GOOD)
    browser.post("/roles/r/inline?policy=queues", document=GOOD.replace("sqs", "sns"))

    assert roles.find(browser.scope, "r").policies.get().document == GOOD.replace("sqs", "sns")
    browser.post("/roles/r/inline/delete", policy="queues")
    assert "There are no policies" in browser.read("/roles/r/")


def test_a_refused_policy_is_marked_at_its_line(browser: Browser) -> None:
    role(browser)

    answer = browser.post("/roles/r/inline", name="queues", document=BAD)

    assert answer.status_code == 422
    assert "Actions/Conditions must be prefaced by a vendor" in text(answer)
    assert "statement 2, which begins on line 5" in text(answer)
    assert 'data-error-line="5"' in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ('"Effect": "Allw"', ": its Effect is Allow or Deny, not Allw"),
        ('"Sid": "a"', ": its Effect is Allow or Deny"),
        ('"Effect": "Allow", "Actions": "s3:*"', ": a statement has no Actions"),
        ('"Effect": "Allow", "NotAction": "s3:*"', ": it has Action or NotAction, never both"),
    ],
)
def test_a_refused_statement_says_what_is_wrong_with_it(
    browser: Browser, wrong: str, why: str
) -> None:
    role(browser)
    statement = f'{{{wrong}, "Action": "s3:*", "Resource": "*"}}'
    document = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'

    answer = browser.post("/roles/r/inline", name="queues", document=document)

    assert "Syntax errors in policy." in text(answer)
    assert f"statement 1, which begins on line 1{why} " in text(answer)


def test_broken_json_is_marked_where_it_breaks(browser: Browser) -> None:
    role(browser)

    answer = browser.post("/roles/r/inline", name="queues", document='{\n  "Version": ,\n}')

    assert "line 2, column 14" in text(answer)


def test_a_document_of_one_line_is_edited_over_several(browser: Browser) -> None:
    role = roles.create_lambda_role(browser.scope, "r", [])
    assert "\n" not in role.trust

    shown = html.unescape(browser.get("/roles/r/trust").content.decode())

    assert json.dumps(json.loads(role.trust), indent=2) in shown


def test_a_trust_policy_is_edited(browser: Browser) -> None:
    role(browser)
    other = roles.LAMBDA_TRUST.replace("lambda", "ec2")

    browser.post("/roles/r/trust", document=other)

    assert roles.find(browser.scope, "r").trust == other
    assert "Has prohibited field Resource" in text(
        browser.post("/roles/r/trust", document=GOOD.replace("sqs:*", "sts:*"))
    )


def test_a_simulation_names_the_policy_and_its_line(browser: Browser) -> None:
    role(browser)
    browser.post("/roles/r/", policy=managed.DYNAMODB_EXECUTION.arn)

    page = browser.read("/roles/r/?actions=dynamodb:GetRecords,+sqs:SendMessage&resource=*")

    assert "AWSLambdaDynamoDBExecutionRole, line 1" in page
    assert "Allowed" in page
    assert "Not allowed by any statement" in page


def test_a_role_says_which_functions_use_it(browser: Browser) -> None:
    browser.function()

    assert "reader" in browser.read("/roles/reader-role/").partition("Used by")[2]


def test_a_policy_is_made_gets_a_version_and_is_deleted(browser: Browser) -> None:
    browser.post("/policies/create", name="mine", document=GOOD)
    policy = customer.of(browser.scope).get()
    arn = customer.arn_of(browser.scope, policy)
    where = f"/policies/policy?arn={arn}"

    browser.post(where, document=GOOD.replace("sqs", "sns"))
    assert [one.number for one in policy.versions.order_by("number")] == [1, 2]
    browser.post("/policies/version", arn=arn, default="v1")
    browser.post("/policies/version", arn=arn, version="v2")
    assert "v1" in browser.read(where)
    role(browser)
    browser.post("/roles/r/", policy=arn)
    assert "Cannot delete a policy attached to entities." in text(
        browser.client.post("/policies/delete", {"arn": arn}, follow=True)
    )
    browser.post("/roles/r/detach", policy=arn)
    browser.post("/policies/delete", arn=arn)
    assert not customer.of(browser.scope).exists()


def test_a_user_gets_a_key_whose_secret_is_shown_once(browser: Browser) -> None:
    browser.post("/users/create", name="ann")

    shown = browser.client.post("/users/ann/keys/create")

    key = accesskeys.of(users.find(browser.scope, "ann"))[0]
    assert keyring.secret_of(key.id) in text(shown)
    assert shown["Cache-Control"] == "no-store"
    assert keyring.secret_of(key.id) not in browser.read("/users/ann/")
    browser.post("/users/ann/keys", key=key.id, do="off")
    assert not accesskeys.of(users.find(browser.scope, "ann"))[0].active
    browser.post("/users/ann/keys", key=key.id, do="delete")
    assert "No access keys" in browser.read("/users/ann/")


def test_a_user_has_policies_and_goes_with_them(browser: Browser) -> None:
    browser.post("/users/create", name="ann")
    browser.post("/users/ann/", policy=managed.ADMINISTRATOR.arn)
    browser.post("/users/ann/inline", name="p", document=GOOD)
    browser.client.post("/users/ann/keys/create")

    user = users.find(browser.scope, "ann")
    assert attachments.attached(browser.scope, user) == [managed.ADMINISTRATOR]
    browser.post("/users/ann/delete")
    assert not users.of(browser.scope).exists()


def test_enforcement_is_switched_for_the_account(browser: Browser) -> None:
    assert "Users may do everything" in browser.read("/users/")

    browser.post("/users/enforcement", on="1")

    assert enforcement.is_enforced(browser.scope.account)
    assert "Users may do what their policies say." in browser.read("/users/")
