"""What a secondary index is, and which place and part of an item it holds. Pure rules.

A place in an index is made as an item's own is: a digest of the partition key and bytes that order
as the sort key does. An index key may have up to four attributes on either side. Knows no rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from console.aws.errors import AwsError
from triggers.dynamodb import keys, values
from triggers.dynamodb.expressions.nodes import Action, Literal
from triggers.dynamodb.expressions.updates import Update
from triggers.dynamodb.keys import MAX_HASH_BYTES, MAX_RANGE_BYTES, Place
from triggers.dynamodb.values import Item, Value, kind_of

_INVALID: Final = "One or more parameter values were invalid: "
_UNFIT: Final = "One or more parameter values are not valid. "
_UPDATE: Final = "The update expression attempted to update "


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """One attribute of an index's key and its type: S, N or B."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class IndexKey:
    """The attributes of an index's key, in the order of its KeySchema."""

    hash: tuple[KeyAttribute, ...]
    range: tuple[KeyAttribute, ...] = ()

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        """All attributes, those of the partition key first."""
        return self.hash + self.range

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all attributes, those of the partition key first."""
        return tuple(attribute.name for attribute in self.attributes)

    def digest(self, item: Mapping[str, Value]) -> bytes:
        """Hash the partition key of an item that has all of it.

        Raises AwsError("ValidationException") when an attribute is too long.
        """
        contents = [keys.encode(item[attribute.name]) for attribute in self.hash]
        if any(len(content) > MAX_HASH_BYTES for content in contents):
            raise _invalid(
                f"{_INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"
            )
        if len(contents) == 1:
            return keys.digest(self.hash[0].kind, contents[0])
        joined = b"".join(len(content).to_bytes(2, "big") + content for content in contents)
        return hashlib.blake2b(joined, digest_size=16).digest()

    def range_bytes(self, item: Mapping[str, Value]) -> bytes:
        """Encode the sort key of an item that has all of it.

        Raises AwsError("ValidationException") when it is too long.
        """
        contents = [keys.encode(item[attribute.name]) for attribute in self.range]
        if sum(map(len, contents)) > MAX_RANGE_BYTES:
            raise _invalid(
                f"{_INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
            )
        return joined(contents)

    def place(self, item: Mapping[str, Value]) -> Place:
        """Find where an item that has the whole key is in the index."""
        return Place(self.digest(item), self.range_bytes(item))


@dataclass(frozen=True, slots=True)
class Index:
    """An index as calls on items see it.

    `projected` names the attributes it holds, all when None; `status` is IndexStatus now.
    """

    id: int
    name: str
    local: bool
    key: IndexKey
    projected: frozenset[str] | None
    status: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An item's place in an index and what the index holds of it.

    `body` is None where all is projected: the item is read from the table.
    """

    place: Place
    body: bytes | None
    size: int


def joined(contents: Sequence[bytes]) -> bytes:
    """Write encoded sort key values as one, in the same order: all but the last are delimited."""
    if not contents:
        return b""
    return b"".join(map(delimited, contents[:-1])) + contents[-1]


def delimited(content: bytes) -> bytes:
    """Write a value so that what follows it cannot disturb the order of values."""
    return escaped(content) + b"\x00\x01"


def escaped(content: bytes) -> bytes:
    """Write a value, or the beginning of one, as `delimited` does, without its end."""
    return content.replace(b"\x00", b"\x00\xff")


def entry_of(index: Index, item: Item, size: int) -> Entry | None:
    """Give what an index holds of an item of `size` bytes.

    None for an item without the whole key, also when an attribute could not be a key: items that
    were there before the index may have such. Source: Alternator's tests of backfilling.
    """
    for attribute in index.key.attributes:
        value = item.get(attribute.name)
        if value is None or kind_of(value) != attribute.kind or not value[attribute.kind]:
            return None
    try:
        place = index.key.place(item)
    except AwsError:
        return None
    if index.projected is None:
        return Entry(place, None, size)
    part = {name: value for name, value in item.items() if name in index.projected}
    return Entry(place, values.dump(part), values.item_size(part))


def check_put(indexes: Sequence[Index], key_names: Sequence[str], item: Item) -> None:
    """Refuse an item with an attribute that no key of an index may be; it may lack it.

    `key_names` are the table's own key attributes, which have been checked. The first index by name
    is the one that is named. Source: dynoxide's recordings of AWS.
    """
    for index in indexes:
        for attribute in index.key.attributes:
            value = item.get(attribute.name)
            if value is None or attribute.name in key_names:
                continue
            actual = kind_of(value)
            if actual != attribute.kind:
                raise _mismatch(index, attribute, actual)
            if not value[actual]:
                raise _invalid(
                    f"{_UNFIT}A value specified for a secondary index key is not supported. "
                    f"{_empty(actual)} IndexName: {index.name}, IndexKey: {attribute.name}"
                )
    for index in indexes:
        _check_sizes(index, item)


def check_left_sides(indexes: Sequence[Index], update: Update) -> None:
    """Refuse what an update cannot do to an index's key, whatever the item is.

    Source: Alternator's tests; dynoxide's recordings of AWS.
    """
    for index in indexes:
        for attribute in index.key.attributes:
            for action in update.actions:
                if action.path.parts[0] == attribute.name:
                    _check_left_side(index, attribute, action)


def check_update(indexes: Sequence[Index], old: Item, new: Item) -> None:
    """Refuse an update that makes an attribute what no key of an index may be.

    Attributes that the update leaves alone are not looked at. Source of the texts: API reference,
    BatchExecuteStatement, and public reports of AWS's answers.
    """
    for index in indexes:
        for attribute in index.key.attributes:
            value = new.get(attribute.name)
            if value is None or value == old.get(attribute.name):
                continue
            if kind_of(value) != attribute.kind:
                raise _invalid(f"{_UPDATE}the secondary index key to unsupported type")
            if not value[attribute.kind]:
                raise _invalid(
                    f"{_UNFIT}{_UPDATE}a secondary index key to a value that is not supported. "
                    f"{_empty(attribute.kind)}"
                )
            if not _fits(index.key, attribute, new):
                raise _invalid(f"{_UPDATE}the secondary index key beyond allowed size limits")


def _check_left_side(index: Index, attribute: KeyAttribute, action: Action) -> None:
    if len(action.path.parts) > 1:
        raise _invalid(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            f"allowed: IndexKey: {attribute.name}"
        )
    if action.section == "SET" and isinstance(action.operand, Literal):
        actual = kind_of(action.operand.value)
        if actual != attribute.kind:
            raise _mismatch(index, attribute, actual)


def _mismatch(index: Index, attribute: KeyAttribute, actual: str) -> AwsError:
    return _invalid(
        f"{_INVALID}Type mismatch for Index Key {attribute.name} Expected: {attribute.kind} "
        f"Actual: {actual} IndexName: {index.name}"
    )


def _check_sizes(index: Index, item: Item) -> None:
    """Raise as the key's encoding does, for the part of it that is there."""
    if all(attribute.name in item for attribute in index.key.hash):
        index.key.digest(item)
    if all(attribute.name in item for attribute in index.key.range):
        index.key.range_bytes(item)


def _fits(key: IndexKey, attribute: KeyAttribute, item: Item) -> bool:
    if attribute in key.hash:
        return len(keys.encode(item[attribute.name])) <= MAX_HASH_BYTES
    parts = [
        item[one.name]
        for one in key.range
        if one.name in item and kind_of(item[one.name]) == one.kind
    ]
    return sum(len(keys.encode(part)) for part in parts) <= MAX_RANGE_BYTES


def _empty(kind: str) -> str:
    what = "string" if kind == "S" else "binary"
    return f"The AttributeValue for a key attribute cannot contain an empty {what} value."


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
