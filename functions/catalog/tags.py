"""Tags of whatever Lambda names by ARN. Functions' are here; other rooms register theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.db import transaction

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS
from console.aws.scope import Scope
from functions.catalog import configuration, finding
from functions.catalog.names import FunctionName, read_name


class Tagged(Protocol):
    """One kind of resource with tags.

    `rest` is the ARN's resource after the kind (`function:NAME` has "NAME"); all three raise
    ResourceNotFoundException. `put` gets every tag that the resource shall have from now on.
    """

    def read(self, scope: Scope, rest: str) -> Mapping[str, str]:
        """Give the resource's tags, locking it when a transaction is open."""
        ...

    def put(self, scope: Scope, rest: str, tags: dict[str, str]) -> None:
        """Give the resource these tags and no others."""
        ...


class _FunctionTags:
    def read(self, scope: Scope, rest: str) -> Mapping[str, str]:
        tags: Mapping[str, str] = finding.get_function(scope, _name(scope, rest)).tags
        return tags

    def put(self, scope: Scope, rest: str, tags: dict[str, str]) -> None:
        function = finding.get_function(scope, _name(scope, rest), lock=True)
        function.tags = tags
        function.revision = SYSTEM_IDS.uuid()
        function.save(update_fields=["tags", "revision"])


_kinds: dict[str, Tagged] = {"function": _FunctionTags()}


def register(kind: str, tagged: Tagged) -> None:
    """Let resources of `kind` (the ARN's word before the colon) have tags too."""
    _kinds[kind] = tagged


def list_tags(scope: Scope, arn: str) -> Mapping[str, str]:
    """Give the tags of a resource."""
    tagged, rest = _resource(scope, arn)
    return tagged.read(scope, rest)


def tag(scope: Scope, arn: str, added: Mapping[str, str]) -> None:
    """Add tags to a resource, in place of those with the same keys.

    Raises AwsError, also for no tags. Source of that text: recorded answers.
    """
    if not added:
        raise configuration.invalid("An error occurred and the request cannot be processed.")
    with transaction.atomic():
        tagged, rest = _resource(scope, arn)
        tags = {**tagged.read(scope, rest), **added}
        configuration.check_tags(tags)
        tagged.put(scope, rest, tags)


def untag(scope: Scope, arn: str, keys: Sequence[str]) -> None:
    """Take tags off a resource; keys that it does not have are nothing."""
    with transaction.atomic():
        tagged, rest = _resource(scope, arn)
        left = {k: v for k, v in tagged.read(scope, rest).items() if k not in keys}
        tagged.put(scope, rest, left)


def _resource(scope: Scope, text: str) -> tuple[Tagged, str]:
    arn = Arn.parse(text)
    kind, _, rest = arn.resource.partition(":") if arn is not None else ("", "", "")
    if arn is None or arn.service != "lambda" or kind not in _kinds:
        raise AwsError("ValidationException", f"Invalid resource ARN: {text}")
    if not scope.owns(arn):
        raise AwsError(
            "ResourceNotFoundException", f"Function not found: {text}", fields={"Type": "User"}
        )
    return _kinds[kind], rest


def _name(scope: Scope, rest: str) -> FunctionName:
    """Read a function's name; a tag belongs to the whole function, never to a version."""
    name = read_name(scope, rest)
    if name.qualifier:
        raise configuration.invalid(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."
        )
    return name
