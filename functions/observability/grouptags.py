"""Tags of log groups: added, taken away, shown. Nothing is decided by them here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, limits


def of(scope: Scope, identifier: str) -> dict[str, str]:
    """Give the tags of a group named by name or ARN. Raises AwsError ResourceNotFoundException."""
    return dict(groups.identified_group(scope, identifier).tags)


def check(tags: Mapping[str, str]) -> None:
    """Refuse keys that are AWS's. Raises AwsError InvalidParameterException."""
    if any(key.lower().startswith("aws:") for key in tags):
        raise AwsError(
            "InvalidParameterException",
            "aws: prefixed tag key names are not allowed for external use.",
        )


def tag(scope: Scope, identifier: str, tags: Mapping[str, str]) -> None:
    """Add tags to a group, replacing those with the same keys; fifty at most."""
    check(tags)
    with transaction.atomic():
        group = groups.identified_group(scope, identifier)
        group.tags = group.tags | dict(tags)
        if len(group.tags) > limits.TAGS:
            raise AwsError(
                "TooManyTagsException",
                f"Too many tags: a log group may have {limits.TAGS} at most.",
            )
        group.save(update_fields=["tags"])


def untag(scope: Scope, identifier: str, keys: Iterable[str]) -> None:
    """Take tags away; keys that are not there do not matter."""
    with transaction.atomic():
        group = groups.identified_group(scope, identifier)
        group.tags = {key: group.tags[key] for key in group.tags if key not in set(keys)}
        group.save(update_fields=["tags"])
