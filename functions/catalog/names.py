"""The four ways to name a function, read into one. Does not know whether the function exists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import limits

_NAME = r"([a-zA-Z0-9-_.]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
"""What the model lets through where a function is looked for; none has a dot in its name."""
_REGION = r"((?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d)"
_PARTIAL = re.compile(rf"(?:(\d{{12}}):)?(?:function:)?{_NAME}")
_FULL = re.compile(rf"(?:arn:aws[a-z-]*:lambda:)?{_REGION}:(\d{{12}}):(?:function:)?{_NAME}")


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function of one account and region; `qualifier` is empty when the caller gave none."""

    account: str
    region: str
    name: str
    qualifier: str = ""

    @property
    def arn(self) -> str:
        """The ARN, with the qualifier only when there is one."""
        arn = f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"
        return f"{arn}:{self.qualifier}" if self.qualifier else arn

    def qualified(self, qualifier: str) -> FunctionName:
        """Name a version or alias of the function, or with "" the function itself."""
        return FunctionName(self.account, self.region, self.name, qualifier)


def read_name(scope: Scope, text: str) -> FunctionName:
    """Read a name, `name:qualifier`, partial ARN or ARN, filling in account and region of `scope`.

    Raises ValidationException for text that is none of them, and ResourceNotFoundException for an
    ARN of another region. Source: recordings of real AWS (function name variations).
    """
    if full := _FULL.fullmatch(text):
        region, account, name, qualifier = full.groups()
        if region != scope.region:
            raise AwsError(
                "ResourceNotFoundException",
                f"Functions from '{region}' are not reachable in this region ('{scope.region}')",
            )
        return FunctionName(account, region, name, qualifier or "")
    if partial := _PARTIAL.fullmatch(text):
        account, name, qualifier = partial.groups()
        return FunctionName(account or scope.account, scope.region, name, qualifier or "")
    raise _misfit(text)


def read_new_name(scope: Scope, text: str) -> FunctionName:
    """Read the name of a function that shall be made.

    Raises AwsError as `read_name`, and InvalidParameterValueException for a name that is too long.
    """
    name = read_name(scope, text)
    if len(name.name) > limits.NAME_LENGTH:
        raise AwsError(
            "InvalidParameterValueException",
            f"1 validation error detected: Value '{name.name}' at 'functionName' failed to satisfy "
            f"constraint: Member must have length less than or equal to {limits.NAME_LENGTH}",
        )
    return name


def _misfit(text: str) -> AwsError:
    """Make the error of a text that names no function."""
    return AwsError(
        "ValidationException",
        f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: "
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
        r"(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
    )
