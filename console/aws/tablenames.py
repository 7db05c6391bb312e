"""How control plane operations of DynamoDB judge a table's name: its length before all else.

Source: public tests of dynalite, which run against AWS.
"""

from __future__ import annotations

import re
from typing import Final

from console.aws.errors import AwsError

PATTERN: Final = "[a-zA-Z0-9_.-]+"
_NAME: Final = re.compile(PATTERN)


def check_length(name: str | None) -> str:
    """Refuse a missing TableName and one that is too short or too long; ARNs pass."""
    if name is None:
        raise _invalid("The parameter 'TableName' is required but was not present in the request")
    if not 3 <= len(name) <= 255 and not name.startswith("arn:"):
        raise _invalid(
            "TableName must be at least 3 characters long and at most 255 characters long"
        )
    return name


def problem(name: str) -> str | None:
    """Word what is wrong with a name's characters, as one of a request's validation errors."""
    if name.startswith("arn:") or _NAME.fullmatch(name):
        return None
    return (
        f"Value '{name}' at 'tableName' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {PATTERN}"
    )


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
