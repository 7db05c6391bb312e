"""When conditions of statements hold, and what policy variables become."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.iam.conditions import Condition, holds
from functions.iam.context import Context
from functions.iam.documents import read
from functions.iam.evaluation import evaluate

CONTEXT = Context(
    {
        "aws:username": ("ann",),
        "aws:PrincipalArn": ("arn:aws:iam::111111111111:role/team/reader",),
        "aws:CurrentTime": ("2026-03-01T12:00:00Z",),
        "aws:EpochTime": ("1772366400",),
        "aws:SourceIp": ("10.1.2.3",),
        "aws:SecureTransport": ("false",),
        "aws:TagKeys": ("team", "cost"),
        "dynamodb:LeadingKeys": ("ann", "bob"),
        "s3:max-keys": ("10",),
    }
)

HOLDING = [
    ("StringEquals", "aws:username", "ann", True),
    ("StringEquals", "AWS:UserName", "ann", True),
    ("StringEquals", "aws:username", "Ann", False),
    ("StringEquals", "aws:username", ["bob", "ann"], True),
    ("StringEquals", "aws:username", "a*", False),
    ("StringNotEquals", "aws:username", "bob", True),
    ("StringNotEquals", "aws:username", ["bob", "ann"], False),
    ("StringEqualsIgnoreCase", "aws:username", "ANN", True),
    ("StringNotEqualsIgnoreCase", "aws:username", "ANN", False),
    ("StringLike", "aws:username", "a?n", True),
    ("StringLike", "aws:username", "b*", False),
    ("StringNotLike", "aws:username", "b*", True),
    ("StringLike", "aws:username", "${aws:username}", True),
    ("StringEquals", "aws:username", "${aws:userid}", False),
    ("StringEquals", "aws:username", "${aws:userid, 'ann'}", True),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", True),
    ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/*", True),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*", True),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam:*:role/team/*", False),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*", True),
    ("NumericLessThanEquals", "s3:max-keys", "10", True),
    ("NumericLessThan", "s3:max-keys", 10, False),
    ("NumericGreaterThan", "s3:max-keys", "9.5", True),
    ("NumericNotEquals", "s3:max-keys", "10", False),
    ("NumericEquals", "aws:username", "10", False),
    ("DateLessThan", "aws:CurrentTime", "2026-03-01T12:00:01Z", True),
    ("DateGreaterThan", "aws:CurrentTime", "2026-03-01T12:00:00Z", False),
    ("DateGreaterThanEquals", "aws:CurrentTime", "2026-03-01", True),
    ("DateGreaterThan", "aws:CurrentTime", "01T", True),
    ("DateGreaterThan", "aws:CurrentTime", "-292275054", True),
    ("DateLessThan", "aws:CurrentTime", "292278993-08", True),
    ("DateLessThan", "aws:CurrentTime", "2026-03-01t14:00:01.000000001+02", True),
    ("DateLessThan", "aws:CurrentTime", "2026-03-01T9:59:59-02:00", False),
    ("DateEquals", "aws:CurrentTime", "1772366400", True),
    ("DateLessThan", "aws:EpochTime", "2027-01-01T00:00:00Z", True),
    ("Bool", "aws:SecureTransport", "false", True),
    ("Bool", "aws:SecureTransport", False, True),
    ("Bool", "aws:SecureTransport", "true", False),
    ("IpAddress", "aws:SourceIp", "10.1.0.0/16", True),
    ("IpAddress", "aws:SourceIp", ["192.168.0.0/16", "10.1.2.3"], True),
    ("NotIpAddress", "aws:SourceIp", "10.1.0.0/16", False),
    ("IpAddress", "aws:SourceIp", "2001:db8::/32", False),
    ("Null", "aws:username", "false", True),
    ("Null", "aws:username", "true", False),
    ("Null", "aws:TokenIssueTime", "true", True),
    ("StringEquals", "aws:userid", "x", False),
    ("StringNotEquals", "aws:userid", "x", True),
    ("StringEqualsIfExists", "aws:userid", "x", True),
    ("StringEqualsIfExists", "aws:username", "x", False),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "cost", "more"], True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["team"], False),
    ("ForAllValues:StringEquals", "aws:userid", "x", True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["team"], True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["x"], False),
    ("ForAnyValue:StringEquals", "aws:userid", "x", False),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["x"], True),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["team"], False),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["team"], True),
    ("ForAllValues:StringEquals", "dynamodb:LeadingKeys", "${aws:username}", False),
]


@pytest.mark.parametrize(("operator", "key", "values", "expected"), HOLDING)
def test_a_condition_holds_as_its_operator_says(operator, key, values, expected) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {operator: {key: values}},
    }
    document = read("p", json.dumps({"Version": "2012-10-17", "Statement": statement}))

    assert evaluate([document], "s3:GetObject", "arn:aws:s3:::b/k", CONTEXT).allowed is expected


def test_all_conditions_must_hold() -> None:
    good = Condition("StringEquals", "aws:username", ("ann",))
    bad = Condition("Bool", "aws:SecureTransport", ("true",))

    assert holds([good], CONTEXT)
    assert not holds([good, bad], CONTEXT)


def test_a_condition_limits_a_deny_too() -> None:
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringNotLike": {"aws:username": "a*"}},
        },
    ]
    document = read("p", json.dumps({"Version": "2012-10-17", "Statement": statements}))

    assert evaluate([document], "s3:GetObject", "*", CONTEXT).allowed
    other = CONTEXT.joined({"aws:username": ("bob",)})
    assert evaluate([document], "s3:GetObject", "*", other).denied


def on(resource: str, version: str = "2012-10-17"):
    statement = {"Effect": "Allow", "Action": "*", "Resource": resource}
    return read("p", json.dumps({"Version": version, "Statement": statement}))


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/ann/x", True),
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/bob/x", False),
        ("arn:aws:s3:::home/${aws:userid}/*", "arn:aws:s3:::home//x", False),
        ("arn:aws:s3:::home/${aws:userid, 'all'}/*", "arn:aws:s3:::home/all/x", True),
        ("arn:aws:s3:::home/${*}", "arn:aws:s3:::home/ann", False),
        ("arn:aws:s3:::home/${*}", "arn:aws:s3:::home/*", True),
        ("arn:aws:s3:::home/${$}{x}", "arn:aws:s3:::home/${x}", True),
    ],
)
def test_variables_in_resources_become_the_values_of_the_request(pattern, resource, expected):
    assert evaluate([on(pattern)], "s3:GetObject", resource, CONTEXT).allowed is expected


def test_variables_mean_nothing_in_the_old_version() -> None:
    document = on("arn:aws:s3:::home/${aws:username}", "2008-10-17")

    assert not evaluate([document], "s3:GetObject", "arn:aws:s3:::home/ann", CONTEXT).allowed


@pytest.mark.parametrize(("version", "expected"), [("2012-10-17", True), ("2008-10-17", False)])
def test_conditions_have_variables_in_the_new_version_only(version: str, expected: bool) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:username": "${aws:username}"}},
    }
    document = read("p", json.dumps({"Version": version, "Statement": statement}))

    assert evaluate([document], "s3:GetObject", "*", CONTEXT).allowed is expected


@given(st.text(alphabet="ab*?", max_size=6), st.text(alphabet="ab*?", max_size=6))
def test_what_comes_out_of_a_variable_is_literal(value: str, found: str) -> None:
    context = Context({"aws:username": (value,)})
    document = on("arn:aws:s3:::home/${aws:username}")

    allowed = evaluate([document], "s3:GetObject", f"arn:aws:s3:::home/{found}", context).allowed

    assert allowed is (value == found)


def test_a_value_is_looked_up_only_when_a_policy_asks() -> None:
    asked: list[str] = []

    def look() -> tuple[str, ...]:
        asked.append("x")
        return ("ann",)

    context = Context({"dynamodb:LeadingKeys": look})
    evaluate([on("*")], "dynamodb:GetItem", "*", context)
    assert asked == []

    condition = Condition("StringEquals", "dynamodb:LeadingKeys", ("ann",))
    assert holds([condition, condition], context)
    assert asked == ["x"]
