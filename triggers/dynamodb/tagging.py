"""Tags of tables: key and value for people, without effect on anything.

Source of the refusals: a catalogue of AWS's answers of October 2026.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import transaction

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import resourcearns
from triggers.dynamodb.models import Table

MAX_TAGS: Final = 50
MAX_KEY: Final = 128
MAX_VALUE: Final = 256
"""Source: developer guide, "Quotas", Tags; characters: "Tagging restrictions"."""
_SIGNS: Final = "+-=._:/@"


def read_tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Take tags out of AWS's list of Key and Value. Raises AwsError("ValidationException")."""
    found: dict[str, str] = {}
    for tag in tags:
        key, value = _key(tag.get("Key")), tag.get("Value")
        if value is None or not _is_text(value, MAX_VALUE):
            raise _invalid(f"The Tag Value provided is invalid, Value: {_shown(value)}")
        if key in found:
            raise _invalid(f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}")
        found[key] = value
    _check_number(found)
    return found


def add_tags(scope: Scope, arn: str, tags: Mapping[str, str]) -> None:
    """Add tags to a table, replacing those with the same keys."""
    if not tags:
        raise _invalid("Atleast one Tag needs to be provided as Input.")
    with transaction.atomic():
        table = _table(scope, arn)
        joined = {**table.tags, **tags}
        _check_number(joined)
        table.tags = joined
        table.save(update_fields=["tags"])


def remove_tags(scope: Scope, arn: str, keys: Sequence[str]) -> None:
    """Remove tags from a table; keys it does not have do not matter."""
    if not keys:
        raise _invalid("Atleast one Tag Key needs to be provided as Input.")
    for key in keys:
        _key(key)
    with transaction.atomic():
        table = _table(scope, arn)
        table.tags = {key: value for key, value in table.tags.items() if key not in keys}
        table.save(update_fields=["tags"])


def list_tags(scope: Scope, arn: str) -> dict[str, str]:
    """Give a table's tags."""
    return dict(_table(scope, arn, lock=False).tags)


def _key(key: str | None) -> str:
    if not key or not _is_text(key, MAX_KEY):
        raise _invalid(f"The Tag Key provided is invalid, Key: {_shown(key)}")
    if key.startswith("aws:"):
        raise _invalid(f"Tag Key cannot be prefixed with aws:, Key: {key}")
    return key


def _is_text(text: str, most: int) -> bool:
    return len(text) <= most and all(
        sign in _SIGNS or unicodedata.category(sign)[0] in "LZN" for sign in text
    )


def _shown(text: str | None) -> str:
    return "null" if text is None else text


def _check_number(tags: Mapping[str, str]) -> None:
    if len(tags) > MAX_TAGS:
        raise _invalid("Number of Tags exceed the current limit for the provided ResourceArn")


def _table(scope: Scope, text: str, *, lock: bool = True) -> Table:
    name = _name_in(scope, text)
    rows = Table.objects.select_for_update() if lock else Table.objects.all()
    found = rows.filter(tenancy_id=scope.tenancy, region=scope.region, name=name).first()
    if found is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"Requested resource not found: ResourceArn: {text} not found",
        )
    return found


def _name_in(scope: Scope, text: str) -> str:
    """Take the table's name out of its ARN; "" for another account's."""
    arn = resourcearns.read(text)
    if resourcearns.is_stream(arn):
        raise resourcearns.neither(text)
    if arn.region != scope.region:
        raise _invalid(f"Invalid TableArn: Invalid ResourceArn provided as input {text}")
    return resourcearns.table_in(arn) if scope.owns(arn) else ""


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
