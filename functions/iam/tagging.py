"""Which tags a role may carry. Storing them is `roles`' business; nothing is decided by tags here."""

from __future__ import annotations

from collections.abc import Iterable

from console.aws.errors import AwsError
from functions.iam import limits

Pair = tuple[str, str]


def checked(pairs: Iterable[Pair]) -> dict[str, str]:
    """Turn (key, value) pairs into a role's tags.

    Raises AwsError InvalidInput when a key comes twice (keys are compared without case) or is AWS's.
    """
    listed = list(pairs)
    if any(key.lower().startswith("aws:") for key, _ in listed):
        raise AwsError(
            "InvalidInput", "aws: prefixed tag key names are not allowed for external use."
        )
    if len({key.lower() for key, _ in listed}) != len(listed):
        raise AwsError(
            "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    return dict(listed)


def joined(present: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    """Add tags to those present; a key that is there in another case is replaced.

    Raises AwsError LimitExceeded beyond fifty tags.
    """
    replaced = {key.lower() for key in added}
    together = {key: one for key, one in present.items() if key.lower() not in replaced} | added
    if len(together) > limits.TAGS:
        raise AwsError(
            "LimitExceeded", f"The number of tags has reached the maximum limit of {limits.TAGS}"
        )
    return together


def without(present: dict[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Take tags away; keys that are not there do not matter."""
    gone = {key.lower() for key in keys}
    return {key: one for key, one in present.items() if key.lower() not in gone}
