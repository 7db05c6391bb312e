"""Primary keys: which attributes they are, whether a key fits, and where its item is stored.

A partition key becomes a 16-byte digest (its order is the order of Scan), a sort key becomes bytes
that order as DynamoDB orders the values. Knows nothing of rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.aws.errors import AwsError
from triggers.dynamodb import numbers
from triggers.dynamodb.values import Item, Value, kind_of, raw

MAX_HASH_BYTES: Final = 2048
MAX_RANGE_BYTES: Final = 1024
"""Source: developer guide, "Quotas", Partition keys and sort keys."""

_INVALID = "One or more parameter values were invalid: "


@dataclass(frozen=True, slots=True)
class KeySchema:
    """Names and types (S, N or B) of a table's key; `range_name` is empty when there is none."""

    hash_name: str
    hash_type: str
    range_name: str = ""
    range_type: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The key's attributes, partition key first."""
        return (self.hash_name, self.range_name) if self.range_name else (self.hash_name,)

    def type_of(self, name: str) -> str:
        """Say which type the key attribute `name` has."""
        return self.hash_type if name == self.hash_name else self.range_type


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item is: the digest of its partition key and the bytes of its sort key."""

    digest: bytes
    range: bytes

    @property
    def fingerprint(self) -> bytes:
        """Sixteen bytes that stand for the whole key, for ordering changes of one item."""
        if not self.range:
            return self.digest
        return hashlib.blake2b(self.digest + self.range, digest_size=16).digest()


def place(schema: KeySchema, item: Mapping[str, Value]) -> Place:
    """Find where the item with these (checked, fitting) key attributes is stored.

    Raises AwsError("ValidationException") when a key attribute is too long.
    """
    content = encode(item[schema.hash_name])
    if len(content) > MAX_HASH_BYTES:
        raise _invalid(
            f"{_INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"
        )
    found = Place(digest(schema.hash_type, content), range_bytes(schema, item))
    if len(found.range) > MAX_RANGE_BYTES:
        raise _invalid(
            f"{_INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
        )
    return found


def digest(kind: str, content: bytes) -> bytes:
    """Hash the encoded value of a partition key."""
    return hashlib.blake2b(kind.encode() + content, digest_size=16).digest()


def range_bytes(schema: KeySchema, item: Mapping[str, Value]) -> bytes:
    """Encode the sort key; empty when the table has none."""
    return encode(item[schema.range_name]) if schema.range_name else b""


def encode(value: Value) -> bytes:
    """Turn a checked S, N or B into bytes that order as the values of its type do."""
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return str(content).encode()
        case "N":
            return numbers.sortable(content)
        case _:
            return raw(content)


def check_stored(schema: KeySchema, item: Item) -> None:
    """Refuse a whole item whose key attributes are missing, empty or of another type."""
    for name in schema.names:
        value = item.get(name)
        if value is None:
            raise _invalid(f"{_INVALID}Missing the key {name} in the item")
        expected, actual = schema.type_of(name), kind_of(value)
        if actual != expected:
            raise _invalid(
                f"{_INVALID}Type mismatch for key {name} expected: {expected} actual: {actual}"
            )
    refuse_empty(schema, item)


def check_given(schema: KeySchema, key: Item) -> None:
    """Refuse a `Key` that does not consist of exactly the key attributes, rightly typed."""
    if len(key) != len(schema.names) or any(
        name not in key or kind_of(key[name]) != schema.type_of(name) for name in schema.names
    ):
        raise _invalid("The provided key element does not match the schema")
    refuse_empty(schema, key)


def refuse_empty(schema: KeySchema, item: Item) -> None:
    """Refuse an item or a key in which a key attribute that is there is an empty value."""
    for name in schema.names:
        value = item.get(name, {})
        if value.get("S") == "" or value.get("B") in ("", b""):
            what = "string" if "S" in value else "binary"
            raise _invalid(
                "One or more parameter values are not valid. The AttributeValue for a key "
                f"attribute cannot contain an empty {what} value. Key: {name}"
            )


def of_item(schema: KeySchema, item: Mapping[str, Value]) -> Item:
    """Take the key attributes out of an item, partition key first."""
    return {name: item[name] for name in schema.names}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
