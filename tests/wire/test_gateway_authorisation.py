"""Which callers are bound by policies, what requests must be signed with, and what each call needs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from console import offers
from console.accounts import enforcement
from console.accounts.tenancy import scope_for
from console.aws import registry
from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.wire.messages import Request
from console.aws.wire.models import operation_model
from console.aws.wire.routes import find_route
from console.aws.wire.verification import verify
from console.gateway.needs.table import needs_of
from console.gateway.pipeline import answer
from functions.iam import accesskeys, inline, keyring, roles, sessions, users
from functions.iam.sessions import FUNCTION_SECONDS, MARGIN_SECONDS
from functions.runtime.limits import FUNCTIONS_ADDRESS

offers.load()
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ALLOWS_LISTING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"},
    }
)


def signed(
    body=b"{}",
    target="DynamoDB_20120810.ListTables",
    key="AKIAIOSFODNN7EXAMPLE",
    secret=SECRET,
    token=None,
    service="dynamodb",
    path="/",
    query="",
):
    """Sign a request as botocore does."""
    headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.0"}
    url = f"http://localhost:4566{path}" + (f"?{query}" if query else "")
    made = AWSRequest(method="POST", url=url, headers=headers, data=body)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(Credentials(key, secret, token), service, "us-east-1").add_auth(made)
    found = {name.lower(): str(text) for name, text in made.headers.items()}
    return Request("POST", path, query, found | {"host": "localhost:4566"}, body)


def at(request: Request) -> float:
    stamp = request.headers["x-amz-date"]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"body": b'{"Limit": 1}'},
        {"token": "a+b/c=="},
        {"path": "/2015-03-31/functions/arn%3Aaws%3Alambda/x", "service": "lambda"},
        {"query": "b=2&a=1%20x&c=&Action=%C3%BC", "service": "lambda"},
        {"service": "s3", "path": "/bucket/a%20b/%C3%BC%2B"},
    ],
)
def test_what_botocore_signs_is_right(parts):
    request = signed(**parts)

    verify(request, SECRET, at(request))


@given(st.sampled_from(["body", "path", "query", "x-amz-target", "x-amz-date", "authorization"]))
def test_a_request_that_was_changed_is_refused(part):
    request = signed(query="a=1")
    now = at(request)
    if part == "body":
        changed = replace(request, body=b"{ }")
    elif part in ("path", "query"):
        changed = replace(request, **{part: f"{getattr(request, part)}x"})
    else:
        text = request.headers[part]
        flipped = text[:-1] + ("1" if text[-1] != "1" else "2")
        changed = replace(request, headers={**request.headers, part: flipped})

    with pytest.raises(AwsError) as refused:
        verify(changed, SECRET, now)
    assert refused.value.code == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("seconds", "words"), [(301, "Signature expired"), (-301, "not yet current")]
)
def test_a_signature_is_valid_for_five_minutes(seconds, words):
    request = signed()

    verify(request, SECRET, at(request) + 299 * (1 if seconds > 0 else -1))
    with pytest.raises(AwsError, match=words):
        verify(request, SECRET, at(request) + seconds)


def ask(request):
    response = answer(request, find_route(request))
    return response.status, json.loads(response.body)


@pytest.fixture
def ann(db):
    scope = scope_for("333333333333", "us-east-1")
    return users.create(scope, "ann")


@pytest.fixture
def request_of_ann(ann):
    key = accesskeys.create(ann, "333333333333")
    return signed(key=key.id, secret=keyring.secret_of(key.id))


def test_a_user_is_bound_only_when_the_account_says_so(ann, request_of_ann, settings):
    assert ask(request_of_ann)[0] == 200

    enforcement.enforce("333333333333", True)
    status, refused = ask(request_of_ann)
    assert status == 400
    assert refused["message"] == (
        "User: arn:aws:iam::333333333333:user/ann is not authorized to perform: dynamodb:ListTables "
        "on resource: arn:aws:dynamodb:us-east-1:333333333333:table/* because no identity-based "
        "policy allows the dynamodb:ListTables action"
    )
    inline.put(ann, "p", ALLOWS_LISTING)
    assert ask(request_of_ann)[0] == 200


def test_the_installation_decides_for_accounts_that_do_not(request_of_ann, settings):
    settings.ENFORCE_POLICIES = True
    assert ask(request_of_ann)[0] == 400

    enforcement.enforce("333333333333", False)
    assert ask(request_of_ann)[0] == 200


def test_keys_of_others_are_taken_at_their_word(db):
    for key in ("AKIAIOSFODNN7EXAMPLE", "test", "333333333333", "ASIAIOSFODNN7EXAMPLE"):
        assert ask(signed(key=key, token="whatever"))[0] == 200


def test_a_function_is_not_taken_at_its_word(db):
    status, refused = ask(replace(signed(key="333333333333"), client=FUNCTIONS_ADDRESS))

    assert (status, refused["__type"].rpartition("#")[2]) == (400, "UnrecognizedClientException")


def test_nothing_is_looked_up_for_callers_that_are_not_bound(db, django_assert_num_queries):
    ask(signed(key="333333333333"))

    with django_assert_num_queries(2):  # the account, the tables
        ask(signed(key="333333333333"))


class Hand:
    def __init__(self, now: float) -> None:
        self.at = now

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


def test_a_token_expires(db):
    scope = scope_for("333333333333", "us-east-1")
    role = roles.create(scope, "worker", roles.LAMBDA_TRUST)
    past = Hand(1_600_000_000)
    made = sessions.issue(scope, roles.arn_of(scope, role), role.role_id, 900, clock=past)

    status, refused = ask(
        signed(key=made.access_key_id, secret=made.secret_access_key, token=made.session_token)
    )

    assert (status, refused["__type"].rpartition("#")[2], refused["message"]) == (
        400,
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


def test_a_condition_may_name_the_function_that_calls(db):
    scope = scope_for("333333333333", "us-east-1")
    role = roles.create(scope, "worker", roles.LAMBDA_TRUST)
    only = {"ArnEquals": {"lambda:SourceFunctionArn": scope.arn("lambda", "function:f")}}
    text = json.loads(ALLOWS_LISTING)
    text["Statement"]["Condition"] = only
    inline.put(role, "p", json.dumps(text))

    def call(name):
        arn, now = roles.arn_of(scope, role), SYSTEM_CLOCK.now()
        made = sessions.for_function(scope, arn, role.role_id, name, sessions.term(now))
        keys = {"key": made.access_key_id, "secret": made.secret_access_key}
        return ask(signed(token=made.session_token, **keys))[0]

    assert (call("f"), call("g")) == (200, 400)


def test_a_function_has_the_same_credentials_for_hours_and_then_others(db):
    scope = scope_for("333333333333", "us-east-1")
    role = "arn:aws:iam::333333333333:role/worker"
    begin = 1_000 * FUNCTION_SECONDS

    def at_time(now):
        return sessions.for_function(scope, role, "AROAX", "f", sessions.term(now))

    first, last = at_time(begin), at_time(begin + FUNCTION_SECONDS - 1)
    assert first == last
    assert first.expires_at == begin + FUNCTION_SECONDS + MARGIN_SECONDS
    assert at_time(begin + FUNCTION_SECONDS).access_key_id != first.access_key_id
    other = sessions.for_function(scope, role, "AROAX", "g", sessions.term(begin))
    assert other.access_key_id != first.access_key_id


@given(st.integers(min_value=0, max_value=10**12 - 1), st.binary(min_size=3, max_size=3))
@pytest.mark.django_db
def test_a_keys_id_holds_its_account(number, salt):
    account = f"{number:012d}"

    for prefix in ("AKIA", "ASIA"):
        key = keyring.id_of(prefix, account, salt)
        assert (len(key), keyring.account_of(key), keyring.is_ours(key)) == (20, account, True)
        changed = key[:-1] + ("A" if key[-1] != "A" else "B")
        assert not keyring.is_ours(changed)


SAMPLES = {
    "RequestItems": {"t": {"Keys": [{"pk": {"S": "a"}}]}},
    "TransactItems": [{"Get": {"TableName": "t", "Key": {"pk": {"S": "a"}}}}],
    "Statements": [{"Statement": "SELECT * FROM t"}],
    "TransactStatements": [{"Statement": "SELECT * FROM t"}],
    "Statement": "SELECT * FROM t",
    "Delete": {"Objects": [{"Key": "k"}]},
}
FREE = {"GetCallerIdentity", "GetSessionToken"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation", registry.offered(), ids=lambda one: f"{one.service}:{one.name}"
)
def test_every_operation_says_what_it_needs(operation):
    scope = scope_for("333333333333", "us-east-1")
    model = operation_model(operation.service, operation.name)
    members = model.input_shape.required_members if model.input_shape else []
    params = {member: SAMPLES.get(member, "name") for member in members}

    needs = list(needs_of(scope, operation.service, operation.name, params))

    assert bool(needs) is (operation.name not in FREE)
    for need in needs:
        assert need.action.partition(":")[0] in {
            "dynamodb", "lambda", "iam", "sts", "logs", "sqs", "sns", "s3", "cloudwatch",
        }  # fmt: skip
        assert all(one.startswith(("*", "arn:aws:", "name")) for one in need.resources)
