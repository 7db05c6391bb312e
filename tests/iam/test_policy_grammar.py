"""Which texts IAM stores as policies, and in which words it refuses the others."""

from __future__ import annotations

import json

import pytest

from console.aws.errors import AwsError
from functions.iam import grammar, managed

GOOD = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::example_bucket"}


def policy(*statements: object, **top: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **top})


def but(**changes: object) -> str:
    """The good statement with changes; None takes a field out."""
    merged = {**GOOD, **changes}
    return policy({key: value for key, value in merged.items() if value is not None})


SYNTAX = "Syntax errors in policy."
OLD = "Policy document must be version 2012-10-17 or greater."
VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
COLON = "Actions/Condition can contain only one colon."
ACTIONS = "Policy statement must contain actions."
RESOURCES = "Policy statement must contain resources."
PRINCIPAL = "Policy document should not specify a principal."
NOBODY = (
    "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in "
    "policy has a statement with no principals!"
)
LEGACY = "The policy failed legacy parsing"

# Recorded answers of AWS (18 February 2026).
REFUSED = [
    ("This is not a json document", SYNTAX),
    (json.dumps({"Statement": GOOD}), OLD),
    (json.dumps({"Version": "2008-10-17", "Statement": GOOD}), OLD),
    (json.dumps({"Version": "2013-10-17", "Statement": GOOD}), SYNTAX),
    (json.dumps({"Version": "2012-10-17"}), SYNTAX),
    (policy("afd"), SYNTAX),
    (policy(GOOD, Extra="value"), SYNTAX),
    (but(Extra="value"), SYNTAX),
    (policy(GOOD, Id=["a"]), SYNTAX),
    (policy(GOOD, Id={}), SYNTAX),
    (but(Effect="invalid"), SYNTAX),
    (but(Action="invalid"), VENDOR),
    (but(Action=None, NotAction=""), VENDOR),
    (but(Action="a a:ListBucket"), "Vendor a a is not valid"),
    (but(Action="s3:List:Bucket"), COLON),
    (but(Resource="invalid resource"), 'Resource invalid resource must be in ARN format or "*".'),
    (but(Action="s:3:ListBucket", Resource="x"), 'Resource x must be in ARN format or "*".'),
    (but(Resource=["adf"]), 'Resource adf must be in ARN format or "*".'),
    (but(Resource=""), 'Resource  must be in ARN format or "*".'),
    (but(Resource="a:b"), 'Partition "b" is not valid for resource "arn:b:*:*:*:*".'),
    (but(Resource="a:b:c"), 'Partition "b" is not valid for resource "arn:b:c:*:*:*".'),
    (
        but(Resource="a:b:c:d:e:f:g:h"),
        'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
    ),
    (
        but(Resource="aws:s3:::bucket"),
        'Partition "s3" is not valid for resource "arn:s3:::bucket:*".',
    ),
    (policy(), SYNTAX),
    (but(Resource=None), RESOURCES),
    (but(Resource=[]), RESOURCES),
    (but(Action="invalid", Resource=None), RESOURCES),
    (but(Action=None), ACTIONS),
    (but(Effect=None), SYNTAX),
    (but(Action=None, Resource=None), ACTIONS),
    (but(Action=[]), ACTIONS),
    (policy({"Effect": "Deny"}, GOOD), ACTIONS),
    (but(Resource="arn:aws:s3::example_bucket"), LEGACY),
    (but(Resource="arn:aws:s3::example_bucket", Action=None), LEGACY),
    (but(NotResource="arn:aws:s3::example_bucket", Resource=None), LEGACY),
    (but(Resource="arn:aws::::example_bucket"), LEGACY),
    (but(Resource="arn:aws::fdsasf"), LEGACY),
    (but(Effect="denY"), LEGACY),
    (but(Effect="allow", Action=None, Resource="arn:aws:s3:us-east-1::example_bucket"), LEGACY),
    (policy({**GOOD, "Effect": "aLLow", "Sid": "a"}, {"Effect": "Allow", "Sid": "a"}), LEGACY),
    (json.dumps({"Statement": {**GOOD, "Effect": "denY"}}), OLD),
    (
        but(Resource=["arn:error:s3:::example_bucket", "arn:error:s3::example_bucket"]),
        'Partition "error" is not valid for resource "arn:error:s3:::example_bucket".',
    ),
    (
        but(Resource="arn:aws:iam:::example_bucket"),
        'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, '
        "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
        "oidc-provider/, report/, access-report/.",
    ),
    (
        but(Resource="arn:aws:iam:us-east-1::example_bucket"),
        "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information.",
    ),
    (
        but(Resource="arn:aws:s3:us-east-1::example_bucket"),
        "Resource arn:aws:s3:us-east-1::example_bucket can not contain region information.",
    ),
    (
        but(Resource="arn:aws"),
        "Resource vendor must be fully qualified and cannot contain regexes.",
    ),
    (but(Resource={"a": "b"}), SYNTAX),
    (but(NotResource=["*"]), SYNTAX),
    (but(NotAction="s3:x"), SYNTAX),
    (but(Action=[[]]), SYNTAX),
    (but(Condition=[]), SYNTAX),
    (but(Condition="a"), SYNTAX),
    (but(Condition={"DateGreaterThan": "b"}), SYNTAX),
    (but(Condition={"DateGreaterThan": []}), SYNTAX),
    (but(Condition={"DateGreaterThan": {"aws:CurrentTime": {}}}), SYNTAX),
    (but(Condition={"x": {"aws:CurrentTime": "1"}}), SYNTAX),
    (but(Condition={"ForEachValue:StringEquals": {"aws:username": "1"}}), SYNTAX),
    (but(Condition={"DateGreaterThan": {"aws:CurrentTime": "sdfdsf"}}), LEGACY),
    (but(Condition={"DateLessThan": {"aws:CurrentTime": "234-13"}}), LEGACY),
    (but(Condition={"DateLessThan": {"aws:CurrentTime": "2016-12-13t2:00:00.593194+1"}}), LEGACY),
    (
        but(Condition={"DateLessThan": {"aws:CurrentTime": "2016-12-13t2:00:00.1999999999+10:59"}}),
        LEGACY,
    ),
    (but(Condition={"DateLessThan": {"aws:CurrentTime": "9223372036854775808"}}), LEGACY),
    (but(Condition={"DateLessThan": {"aws:CurrentTime": "9" * 5000}}), LEGACY),
    (but(Sid={}), SYNTAX),
    (
        policy({**GOOD, "Sid": "a"}, {**GOOD, "Sid": "a"}),
        "Statement IDs (SID) in a single policy must be unique.",
    ),
]


# Texts pasted in public issues.
REFUSED += [
    (but(Principal="*"), PRINCIPAL),
    (policy(GOOD, {**GOOD, "NotPrincipal": {"AWS": "*"}}), PRINCIPAL),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_malformed_policy_is_refused_in_the_words_of_iam(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        grammar.check_permissions(text)

    assert (refused.value.code, refused.value.message) == ("MalformedPolicyDocument", message)


@pytest.mark.parametrize(
    "text",
    [
        but(),
        json.dumps({"Version": "2012-10-17", "Statement": GOOD}),
        but(Resource=["*"], Action=["dynamodb:*", "*"]),
        but(Condition={}),
        but(Sid=""),
        but(Action="iam: asdf safdsf af "),
        but(Resource="arn:aws:fdsasf"),
        but(Resource="arn:aws:iam:::user/example_bucket"),
        but(Resource="arn:aws:cloudwatch:us-east-1::example_bucket"),
        but(Resource="arn:aws:invalid-service:::example_bucket"),
        but(Action=None, NotAction="s3:ListBucket", Resource=None, NotResource="*"),
        but(Action="s3-s.x:ListBucket"),
        policy(GOOD, Id="sdfsdfsdf"),
        policy({**GOOD, "Sid": ""}, {**GOOD, "Sid": ""}),
        *(one.text for one in managed.POLICIES.values()),
    ],
)
def test_a_sound_policy_is_let_through(text: str) -> None:
    grammar.check_permissions(text)


@pytest.mark.parametrize(
    "text",
    [
        but(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        but(
            Condition={
                "Bool": {"aws:SecureTransport": True},
                "Null": {"aws:TokenIssueTime": ["false"]},
            }
        ),
        but(Condition={"ForAllValues:StringLikeIfExists": {"dynamodb:LeadingKeys": ["a*"]}}),
        but(Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}),
        but(Condition={"DateLessThan": {"aws:CurrentTime": 1772366400}}),
        but(Condition={"DateGreaterThan": {"aws:CurrentTime": "01T"}}),
        but(Condition={"DateLessThan": {"aws:CurrentTime": "2016-12-13T21:20:37.593194+00:00"}}),
        but(Condition={"DateLessThan": {"aws:CurrentTime": "2016-12-13t2:00:00.593194+23"}}),
        but(Condition={"DateLessThan": {"aws:CurrentTime": "-292275054"}}),
        but(Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}),
        but(Condition={"StringEquals": {"ec2:InstanceType": "t3.micro"}}),
        but(Condition={"Anything": {}}),
        but(Resource="arn:aws:dynamodb:us-east-1:123456789012:table/${aws:username}"),
        but(Resource="arn:aws:s3:::home/${aws:username, 'all'}/${*}"),
        but(Resource="arn:aws:s3:us-west-2:123456789012:accesspoint/mine/object/*"),
    ],
)
def test_what_iam_takes_is_let_through(text: str) -> None:
    grammar.check_permissions(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (but(Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}), "aws:ResourceTag/team"),
        (but(Condition={"StringEquals": {"dynamodb:Attributes": "a"}}), "dynamodb:Attributes"),
        (but(Resource="arn:aws:s3:::home/${aws:FutureKey}"), "aws:FutureKey"),
        (
            but(Condition={"StringEquals": {"aws:username": "${dynamodb:Attributes}"}}),
            "dynamodb:Attributes",
        ),
    ],
)
def test_a_key_that_would_be_ignored_is_refused_and_says_so(text: str, key: str) -> None:
    with pytest.raises(AwsError) as refused:
        grammar.check_permissions(text)

    assert refused.value.message == f"Shardlight does not evaluate the condition key {key}."


def trust(**changes: object) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **changes,
    }
    return policy({key: value for key, value in statement.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (
            trust(Action="s3:GetObject"),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (trust(NotResource="*"), "AssumeRole policy must not contain resources."),
        (trust().replace("2012", "2013"), "The policy must contain a valid version string"),
        (policy(), "Could not parse the policy: Statement is empty!"),
        (json.dumps({"Version": "2012-10-17"}), "Could not parse the policy: Statement is empty!"),
        (trust(Effect=None), "Missing required field Effect"),
        (trust(Effect="Maybe"), "Invalid effect: Maybe"),
        (trust(Effect=["Allow"]), SYNTAX),
        (trust(NotPrincipal={"AWS": "*"}), "Allow with NotPrincipal is not allowed."),
        (
            trust(Effect="Deny", Principal=None, NotPrincipal={"AWS": "*"}),
            "AssumeRole policy must not contain NotPrincipal field.",
        ),
        (trust(Principal={}), "Missing required field Principal cannot be empty!"),
        (trust(Principal={"AWS": []}), NOBODY),
        (trust(Principal=["a"]), SYNTAX),
        (
            json.dumps({"Statement": [json.loads(trust(Sid="a"))["Statement"][0]] * 2}),
            "The Statement Ids in the policy are not unique",
        ),
        (trust(Principal=None), "Missing required field Principal"),
        (trust(Principal="*"), 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'),
        (trust(Principal={"Robot": "x"}), 'Invalid principal in policy: "Robot"'),
        (trust(Principal={"CanonicalUser": "x"}), 'Invalid principal in policy: "CanonicalUser"'),
        (
            trust(Condition={"StringEquals": {"sts:TransitiveTags": "b"}}),
            "Shardlight does not evaluate the condition key sts:TransitiveTags.",
        ),
        (
            trust(Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            "Shardlight does not evaluate the condition key aws:SourceIp.",
        ),
    ],
)
def test_a_malformed_trust_policy_is_refused(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        grammar.check_trust(text)

    assert (refused.value.code, refused.value.message) == ("MalformedPolicyDocument", message)


def test_a_trust_policy_may_name_the_old_version() -> None:
    grammar.check_trust(trust().replace("2012-10-17", "2008-10-17"))
