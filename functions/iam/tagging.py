"""Which tags a role, user or policy may carry. Storing them is theirs; nothing is decided by tags here.

Keys of roles and users are compared without case, those of policies as they are (`exact`).
Source: recorded answers, February 2026.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.aws.errors import AwsError
from functions.iam import limits

Pair = tuple[str, str]


def checked(pairs: Iterable[Pair], *, exact: bool = False) -> dict[str, str]:
    """Turn (key, value) pairs into tags.

    Raises AwsError InvalidInput when a key comes twice or is AWS's.
    """
    listed = list(pairs)
    if any(key.lower().startswith("aws:") for key, _ in listed):
        raise AwsError("InvalidInput", "Tag keys beginning with aws: are reserved for system use.")
    if len(_compared((key for key, _ in listed), exact)) != len(listed):
        why = "" if exact else " Please note that Tag keys are case insensitive."
        raise AwsError("InvalidInput", f"Duplicate tag keys found.{why}")
    return dict(listed)


def joined(
    present: dict[str, str], added: dict[str, str], *, exact: bool = False
) -> dict[str, str]:
    """Add tags to those present; a key that is there already is replaced.

    Raises AwsError LimitExceeded beyond fifty tags.
    """
    together = without(present, added, exact=exact) | added
    if len(together) > limits.TAGS:
        raise AwsError("LimitExceeded", "The number of tags has reached the maximum limit.")
    return together


def without(present: dict[str, str], keys: Iterable[str], *, exact: bool = False) -> dict[str, str]:
    """Take tags away; keys that are not there do not matter."""
    gone = _compared(keys, exact)
    return {key: one for key, one in present.items() if not _compared([key], exact) <= gone}


def _compared(keys: Iterable[str], exact: bool) -> set[str]:
    return {key if exact else key.lower() for key in keys}
