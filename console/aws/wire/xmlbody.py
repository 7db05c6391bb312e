"""XML from strangers along a shape: bytes to members within limits, or MalformedXML; never a crash.

Document types, and with them entities, are refused; so is every element that the shape lacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from botocore.model import ListShape, Shape, StructureShape

from console.aws.errors import AwsError
from console.aws.wire import timestamps

MAX_DEPTH = 16
"""Levels of elements; S3's deepest request takes about seven."""


@dataclass(slots=True)
class _Node:
    name: str
    text: str = ""
    children: list[_Node] = field(default_factory=list)


def read(shape: StructureShape, body: bytes) -> dict[str, Any]:
    """Read the document's root element as `shape`. Raises AwsError MalformedXML."""
    return _structure(shape, _plant(body))


def _plant(body: bytes) -> _Node:
    root = _Node("")
    open_nodes = [root]

    def start(name: str, _attributes: dict[str, str]) -> None:
        if len(open_nodes) > MAX_DEPTH:
            _refuse()
        node = _Node(name.rpartition(":")[2])
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        open_nodes.pop()

    def text(content: str) -> None:
        open_nodes[-1].text += content

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = lambda *_: _refuse()
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        _refuse()
    return root.children[0]


def _structure(shape: StructureShape, node: _Node) -> dict[str, Any]:
    places = {_wire_name(name, member): (name, member) for name, member in shape.members.items()}
    found: dict[str, Any] = {}
    for child in node.children:
        if child.name not in places:
            _refuse()
        name, member = places[child.name]
        if isinstance(member, ListShape) and member.serialization.get("flattened"):
            found.setdefault(name, []).append(_value(member.member, child))
        else:
            found[name] = _value(member, child)
    return found


def _wire_name(name: str, member: Shape) -> str:
    return str(member.serialization.get("name", name))


def _value(shape: Shape, node: _Node) -> Any:
    match shape:
        case StructureShape():
            return _structure(shape, node)
        case ListShape():
            return [_value(shape.member, child) for child in node.children]
        case _:
            return _scalar(shape, node.text)


def _scalar(shape: Shape, text: str) -> Any:
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "boolean":
                return {"true": True, "false": False}[text.strip().lower()]
            case "timestamp":
                spelled = shape.serialization.get("timestampFormat", "iso8601")
                return timestamps.parse(text.strip(), spelled)
            case _:
                return text
    except (ValueError, KeyError, TypeError):
        _refuse()


def _refuse() -> NoReturn:
    raise AwsError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
        status=400,
    )
