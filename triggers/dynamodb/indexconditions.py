"""Turns a key condition on an index into the stretch of entries it asks for. Reads no row.

Of a key with several attributes, all of the partition key must be given; the sort key's come from
left to right, and only the last one given may be anything but equal. Source: developer guide,
"Multi-attribute keys pattern".
"""

from __future__ import annotations

from console.aws.errors import AwsError
from triggers.dynamodb.expressions import keyconditions
from triggers.dynamodb.expressions.keyconditions import Part, Stretch, after
from triggers.dynamodb.expressions.nodes import Condition
from triggers.dynamodb.indexes import IndexKey, delimited, escaped
from triggers.dynamodb.keys import KeySchema, encode
from triggers.dynamodb.values import Item


def stretch(key: IndexKey, condition: Condition) -> tuple[bytes, Stretch]:
    """Read which partition of an index (its digest) and which entries `condition` asks for.

    Raises AwsError("ValidationException") when it is no key condition for this index.
    """
    if len(key.hash) == 1 and len(key.range) <= 1:
        found = keyconditions.stretch(_schema(key), condition)
        return key.digest({key.hash[0].name: found.partition}), found
    parts = keyconditions.read_parts(condition)
    partition = _partition(key, parts)
    low, high = _bounds(key, parts)
    first = partition[key.hash[0].name]
    return key.digest(partition), Stretch(first, low=low, high=high, high_open=True)


def _schema(key: IndexKey) -> KeySchema:
    partition = key.hash[0]
    if not key.range:
        return KeySchema(partition.name, partition.kind)
    return KeySchema(partition.name, partition.kind, key.range[0].name, key.range[0].kind)


def _partition(key: IndexKey, parts: dict[str, Part]) -> Item:
    """Take the partition key's values out of `parts`."""
    partition = {}
    for attribute in key.hash:
        part = parts.pop(attribute.name, None)
        if part is None:
            raise _missed(attribute.name)
        if part.operator != "=":
            raise _invalid("Query key condition not supported")
        keyconditions.check_values(part, attribute.kind)
        partition[attribute.name] = part.values[0]
    return partition


def _bounds(key: IndexKey, parts: dict[str, Part]) -> tuple[bytes | None, bytes | None]:
    """Give the first key that `parts` ask for, and the first one above them."""
    prefix = b""
    for position, attribute in enumerate(key.range, start=1):
        part = parts.pop(attribute.name, None)
        if part is None:
            if parts:
                raise _missed(attribute.name)
            break
        keyconditions.check_values(part, attribute.kind)
        final = position == len(key.range)
        if final or part.operator != "=":
            if parts:
                raise _invalid("Query key condition not supported")
            return _last_bounds(prefix, part, final=final)
        prefix += delimited(encode(part.values[0]))
    if parts:
        raise _invalid("Query key condition not supported")
    return prefix or None, after(prefix)


def _last_bounds(prefix: bytes, part: Part, *, final: bool) -> tuple[bytes | None, bytes | None]:
    """Bound the keys that begin with `prefix` and then meet `part`.

    `final`: nothing follows that attribute in a key, so it is not delimited there.
    """
    low, high = encode(part.values[0]), encode(part.values[-1])
    if part.operator == "begins_with":
        start = prefix + (low if final else escaped(low))
        return start, after(start)
    first = prefix + (low if final else delimited(low))
    last = prefix + (high if final else delimited(high))
    above = last + b"\x00" if final else after(last)
    match part.operator:
        case "<":
            return prefix or None, first
        case "<=":
            return prefix or None, above
        case ">":
            return above, after(prefix)
        case ">=":
            return first, after(prefix)
        case _:
            return first, above


def _missed(name: str) -> AwsError:
    return _invalid(f"Query condition missed key schema element: {name}")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
