"""Whether a parsed request keeps the model's constraints, and which error says that it does not.

Checks only what the model holds; the rules of a service lie in its own room.
"""

from __future__ import annotations

import re
from functools import cache

from console.aws import tablenames
from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.wire.constraints import Checker, Dialect, Exceptions, compile_checker
from console.aws.wire.models import operation_model

MOST_PROBLEMS = 10
"""AWS lists at most ten violations. Source: public tests of dynalite."""

_CODES = {
    "iam": "ValidationError",
    "sts": "ValidationError",
    "cloudwatch": "ValidationError",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
    "logs": "InvalidParameterException",
    "s3": "InvalidArgument",
}
_OF_TABLES = frozenset(
    ("dynamodb", name)
    for name in (
        "CreateTable",
        "DeleteTable",
        "DescribeTable",
        "UpdateTable",
        "DescribeTimeToLive",
        "UpdateTimeToLive",
    )
)
_OWN_WORDS = {operation: frozenset({"TableName"}) for operation in _OF_TABLES} | {
    ("dynamodb", "CreateTable"): frozenset({"TableName", "Tags"}),
    ("dynamodb", "TagResource"): frozenset({"Tags"}),
    ("dynamodb", "UntagResource"): frozenset({"TagKeys"}),
    ("lambda", "CreateFunction"): frozenset({"Runtime"}),
    ("lambda", "UpdateFunctionConfiguration"): frozenset({"Runtime"}),
    ("sqs", "CreateQueue"): frozenset({"Attributes"}),
    ("sqs", "SetQueueAttributes"): frozenset({"Attributes"}),
    ("sqs", "GetQueueAttributes"): frozenset({"AttributeNames"}),
    ("sqs", "ReceiveMessage"): frozenset({"AttributeNames", "MessageSystemAttributeNames"}),
}
"""Members that the operation checks itself, because AWS words it differently there: a table's name
in control plane operations (public tests of dynalite), tags (a catalogue of AWS's answers), a function's runtime
(recordings of Lambda), attributes of queues (recordings of SQS)."""

_REQUIRED = {
    ("dynamodb", "CreateTable"): frozenset({"AttributeDefinitions", "KeySchema"}),
    ("dynamodb", "TagResource"): frozenset({"Tags"}),
    ("dynamodb", "UntagResource"): frozenset({"TagKeys"}),
    ("lambda", "CreateFunction"): frozenset({"FunctionName"}),
    ("sqs", "SetQueueAttributes"): frozenset({"Attributes"}),
}
"""Members that must be there: the model leaves some open for ways to call that are not offered
here, and some are otherwise left to the operation."""

_TERSE = {("dynamodb", "TransactWriteItems"), ("dynamodb", "TransactGetItems")}
_TOO_MANY_ACTIONS = "Value at 'transactItems' failed to satisfy constraint: Member must have length"
"""Transactions of too many actions are refused in a sentence of its own form. Source: moto's tests."""


_LONG_NAME = re.compile(
    r"Value.* at 'log(Group|Stream)Name' .* length less than or equal to 512", re.DOTALL
).match
_LONG_NAME_TEXT = "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
"""Logs has words of its own for names that are too long. Source: recorded, February 2026."""

_IAM_WORDS = (
    (
        re.compile(r"Value at '(\w*[nN]ame)' .* pattern: \[\\w\+=,\.@-\]\+"),
        "contain only alphanumeric characters and/or the following: +=,.@_-",
    ),
    (
        re.compile(r"Value at '(path|newPath)' .* pattern: \(\\u002F\)"),
        "begin and end with / and contain only alphanumeric characters and/or / characters.",
    ),
    (
        re.compile(r"Value at '(pathPrefix)' .* pattern: "),
        "begin with the / character and contain only alphanumeric characters and/or / characters.",
    ),
)
"""IAM has words of its own for characters of names and paths. Source: recorded, February 2026
(paths), public tests of versitygw and spinifex, which quote AWS."""


def validate(service: str, operation: str, params: Params) -> None:
    """Refuse a request that breaks the model's constraints.

    Raises AwsError ValidationException (or the service's own code for the same) with
    `N validation errors detected: …; …`.
    """
    check = _checker(service, operation)
    if check is None:
        return
    problems: list[str] = []
    if (service, operation) in _OF_TABLES:
        problem = tablenames.problem(tablenames.check_length(params.get("TableName")))
        problems += [problem] if problem else []
    check(params, "", problems)
    if problems:
        if service == "logs" and any(map(_LONG_NAME, problems)):
            raise AwsError("InvalidParameterException", _LONG_NAME_TEXT)
        if service == "iam":
            _refuse_in_words(problems)
        if (service, operation) in _TERSE and problems[0].startswith(_TOO_MANY_ACTIONS):
            raise AwsError("ValidationException", f"1 validation error detected{problems[0][5:]}.")
        count = min(len(problems), MOST_PROBLEMS)
        errors = "error" if count == 1 else "errors"
        raise AwsError(
            _CODES.get(service, "ValidationException"),
            f"{count} validation {errors} detected: {'; '.join(problems[:count])}",
        )


def _refuse_in_words(problems: list[str]) -> None:
    """Refuse names and paths of IAM. Raises AwsError ValidationError."""
    for problem in problems:
        for pattern, words in _IAM_WORDS:
            found = pattern.match(problem)
            if found:
                raise AwsError(
                    "ValidationError",
                    f"The specified value for {found[1]} is invalid. It must {words}",
                )


@cache
def _checker(service: str, operation: str) -> Checker | None:
    model = operation_model(service, operation)
    if model is None or model.input_shape is None:
        return None
    key = (service, operation)
    exceptions = Exceptions(_OWN_WORDS.get(key, frozenset()), _REQUIRED.get(key, frozenset()))
    dialect = Dialect(names_null=not service.startswith("dynamodb"), hides_values=service == "iam")
    return compile_checker(model.input_shape, dialect, exceptions)
