"""Readers of JSON and CBOR values, compiled once per shape: the wire's values in, Python's out.

A wrong JSON type raises SerializationException in AWS's words; sizes, patterns and enums are
`constraints`' business. Timestamps become UTC-aware datetimes, blobs become bytes, members that
are null are left out, members unknown to the model are ignored (as AWS does). AttributeValue
passes untouched, unless the whole is asked for: DynamoDB's own room checks it.
Source of the texts: public tests of dynalite, which run against AWS.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.aws.errors import AwsError
from console.aws.misfits import misfit, qualified, refusal, unconvertible
from console.aws.wire import timestamps
from console.aws.wire.models import holds_attribute_values

Reader = Callable[[Any], Any]
_JAVA_NAMES = {
    "string": "String",
    "character": "String",
    "integer": "Integer",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "boolean": "Boolean",
    "timestamp": "Date",
    "blob": "java.nio.ByteBuffer",
}
_NOT_BASE64 = "Invalid Base64 character"
_PADDED_BADLY = "Invalid last non-pad Base64 character dectected"
_SPOKEN = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Accent:
    """How a service's parser speaks of Java, and how much it reads.

    `package` stands before the names of structures in messages. A `lenient` parser takes "true",
    "yes" and "1" for booleans and cuts the fractions of integers. With `whole`, attribute values
    are read too.
    """

    package: str = ""
    lenient: bool = False
    whole: bool = False


PLAIN = Accent()
DYNAMODB = Accent("com.amazonaws.dynamodb.v20120810.", lenient=True)
"""Source: public tests of dynalite, which run against AWS."""

_UNCASTABLE = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')"
)
"""What is said of a scalar where a list or map belongs that lies in another. Source: as above."""


def compile_reader(shape: Shape, accent: Accent = PLAIN) -> Reader:
    """Make the reader of `shape`."""
    return _Compiler(accent).reader(shape, inside=False)


def _untouched(value: Any) -> Any:
    return value


class _Compiler:
    """Makes the readers of one shape; those already made let recursive shapes refer to themselves.

    What lies `inside` a list or map is spoken of in other words than what is a member.
    """

    def __init__(self, accent: Accent) -> None:
        self._accent = accent
        self._known: dict[tuple[str, bool], Reader] = {}

    def reader(self, shape: Shape, *, inside: bool) -> Reader:
        known = self._known.get((shape.name, inside))
        if known is not None:
            return known
        if holds_attribute_values(shape) and not self._accent.whole:
            return _untouched
        match shape:
            case StructureShape():
                return self._structure(shape, inside)
            case ListShape():
                return self._list(shape, inside)
            case MapShape():
                return self._map(shape, inside)
            case _:
                return self._scalar(shape.type_name)

    def _structure(self, shape: StructureShape, inside: bool) -> Reader:
        members: dict[str, tuple[str, Reader]] = {}
        java_name = f"class {self._java_name(shape)}"
        text = "Unexpected value type in payload" if inside else "Unexpected field type"

        def read(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise misfit(value, text, java_name)
            found = {}
            for key, item in value.items():
                member = members.get(key)
                if member is not None and item is not None:
                    found[member[0]] = member[1](item)
            return found

        self._known[shape.name, inside] = read
        for name, member in shape.members.items():
            wire_name = member.serialization.get("name", name)
            members[wire_name] = (name, self.reader(member, inside=False))
        return read

    def _list(self, shape: ListShape, inside: bool) -> Reader:
        item_reader: Reader = _untouched
        text = _UNCASTABLE if inside else "Unexpected field type"

        def read(value: Any) -> list[Any]:
            if type(value) is not list:
                raise misfit(value, text, "class java.util.List")
            if item_reader is _untouched:
                return value
            return [None if item is None else item_reader(item) for item in value]

        self._known[shape.name, inside] = read
        item_reader = self.reader(shape.member, inside=True)
        return read

    def _map(self, shape: MapShape, inside: bool) -> Reader:
        item_reader: Reader = _untouched
        text = _UNCASTABLE if inside else "Unexpected field type"
        java_name = self._java_name(shape)

        def read(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise misfit(value, text, java_name)
            if item_reader is _untouched:
                return value
            return {key: None if item is None else item_reader(item) for key, item in value.items()}

        self._known[shape.name, inside] = read
        item_reader = self.reader(shape.value, inside=True)
        return read

    def _java_name(self, shape: Shape) -> str:
        match shape:
            case StructureShape():
                return f"{self._accent.package}{shape.name}"
            case ListShape():
                return f"java.util.List<{self._java_name(shape.member)}>"
            case MapShape():
                return f"java.util.Map<java.lang.String, {self._java_name(shape.value)}>"
            case _:
                return qualified(_JAVA_NAMES[shape.type_name])

    def _scalar(self, type_name: str) -> Reader:
        if self._accent.lenient:
            match type_name:
                case "integer" | "long":
                    return _cut(_scalar_reader(type_name))
                case "boolean":
                    return _read_spoken_boolean
                case "blob":
                    return _read_blob_strictly
        return _scalar_reader(type_name)


def _scalar_reader(type_name: str) -> Reader:
    match type_name:
        case "string" | "character":
            return _read_string
        case "integer" | "long":
            return _integer_reader(_JAVA_NAMES[type_name])
        case "float" | "double":
            return _float_reader(_JAVA_NAMES[type_name])
        case "boolean":
            return _read_boolean
        case "blob":
            return _read_blob
        case "timestamp":
            return _read_timestamp
        case _:
            raise NotImplementedError(type_name)


def _read_string(value: Any) -> str:
    if type(value) is str:
        return value
    raise unconvertible(value, "String")


def _integer_reader(java_name: str) -> Reader:
    def read(value: Any) -> int:
        if type(value) is int:
            return value
        raise unconvertible(value, java_name)

    return read


def _float_reader(java_name: str) -> Reader:
    def read(value: Any) -> float:
        if type(value) is float or type(value) is int:
            return float(value)
        raise unconvertible(value, java_name)

    return read


def _read_boolean(value: Any) -> bool:
    if type(value) is bool:
        return value
    if type(value) is str:
        raise refusal("Unexpected token received from parser")
    raise unconvertible(value, "Boolean")


def _cut(read_integer: Reader) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is float and abs(value) < 2**63:
            return int(value)
        return read_integer(value)

    return read


def _read_spoken_boolean(value: Any) -> bool:
    known = _SPOKEN.get(value.lower()) if type(value) is str else None
    return _read_boolean(value) if known is None else known


def _read_timestamp(value: Any) -> Any:
    try:
        if type(value) is int or type(value) is float:
            return timestamps.from_epoch(value)
        if type(value) is str:
            return timestamps.parse(value, "iso8601")
    except ValueError:
        raise refusal("Unable to parse date") from None
    raise unconvertible(value, "Date")


def _read_blob(value: Any) -> bytes:
    if type(value) is bytes:  # CBOR's own
        return value
    if type(value) is not str:
        if type(value) is list or type(value) is dict:
            raise unconvertible(value, "java.nio.ByteBuffer")
        raise refusal("only base-64-encoded strings are convertible to bytes")
    if len(value) % 4:
        raise refusal(
            f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(value)}"
        )
    try:
        content = b64decode(value, validate=True)
    except (NotBase64, ValueError):
        raise refusal(_NOT_BASE64) from None
    if b64encode(content).decode() != value:
        raise refusal(_PADDED_BADLY)
    return content


def _read_blob_strictly(value: Any) -> bytes:
    try:
        return _read_blob(value)
    except AwsError as error:
        if error.message != _NOT_BASE64:
            raise
        raise refusal(_PADDED_BADLY) from None
