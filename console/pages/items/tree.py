"""The form of an item: every value a row, lists and maps with the rows of what is in them.

Rows are posted as parallel lists (path, name, kind, value), so that adding, removing and changing a
type work without a script. Pure; whether a value is allowed is DynamoDB's rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from console.pages.items import attributes
from console.pages.items.attributes import Attribute, Value

MOST_ROWS: Final = 200
"""More rows than this are only shown as JSON: Django takes 1,000 fields of a form."""

SETS: Final = {"SS": "S", "NS": "N", "BS": "B"}
CONTAINERS: Final = frozenset({"L", "M", *SETS})
ROOT: Final = "root"
"""The path of the item itself."""


@dataclass(slots=True)
class Node:
    """One value; `within` is the type of what it lies in (M at the top, where names are)."""

    name: str = ""
    kind: str = "S"
    text: str = ""
    within: str = "M"
    children: list[Node] = field(default_factory=list)
    complaint: str = ""
    is_key: bool = False
    path: str = ""

    @property
    def depth(self) -> int:
        """How many lists and maps it lies in."""
        return self.path.count(".")

    @property
    def indent(self) -> int:
        """How far its row is moved to the right: no further than six steps."""
        return min(self.depth, 6)

    @property
    def is_container(self) -> bool:
        """Say whether it holds other values."""
        return self.kind in CONTAINERS

    @property
    def has_name(self) -> bool:
        """Say whether it is called by a name."""
        return self.within == "M"

    @property
    def has_type(self) -> bool:
        """Say whether its type can be chosen: elements of sets and keys have theirs."""
        return self.within not in SETS and not self.is_key

    @property
    def place(self) -> int:
        """Its place among its siblings, from 1."""
        return int(self.path.rpartition(".")[2]) + 1

    @property
    def called(self) -> str:
        """What it is called for people."""
        return self.name if self.has_name else f"element {self.place}"


def of_item(item: Mapping[str, Value], keys: Sequence[str]) -> list[Node]:
    """Spread an item over nodes, its keys first."""
    order = [name for name in keys if name in item]
    order += [name for name in item if name not in keys]
    found = [_node(item[name], name) for name in order]
    for node in found:
        node.is_key = node.name in keys
    return numbered(found)


def fits(item: Mapping[str, Value]) -> bool:
    """Say whether a form can hold an item: not too many rows, and no carriage returns in texts.

    Browsers send every line's end as carriage return and line feed.
    """
    rows = list(flat(of_item(item, ())))
    return len(rows) <= MOST_ROWS and not any("\r" in row.text for row in rows)


def of_post(rows: Iterable[tuple[str, str, str, str]], keys: Sequence[str]) -> list[Node]:
    """Put posted rows (path, name, kind, value) together again; what lies in nothing is dropped."""
    top: list[Node] = []
    known: dict[str, Node] = {}
    for path, name, kind, text in rows:
        parent = known.get(path.rpartition(".")[0])
        if "." in path and (parent is None or not parent.is_container):
            continue
        within = parent.kind if parent else "M"
        node = Node(
            name if within == "M" else "",
            SETS.get(within, kind),
            text.replace("\r\n", "\n"),
            within,
            is_key=parent is None and name in keys,
        )
        known[path] = node
        (parent.children if parent else top).append(node)
    return numbered(top)


def numbered(nodes: list[Node], above: str = "") -> list[Node]:
    """Give every node its path."""
    for place, node in enumerate(nodes):
        node.path = f"{above}{place}"
        numbered(node.children, f"{node.path}.")
    return nodes


def flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """List all nodes, each before what is in it."""
    for node in nodes:
        yield node
        yield from flat(node.children)


def add(nodes: list[Node], path: str) -> list[Node]:
    """Add a value to the list, set or map at `path`, or an attribute at the root.

    A form that is full stays as it is.
    """
    if len(list(flat(nodes))) >= MOST_ROWS:
        return nodes
    if path == ROOT:
        nodes.append(Node())
    for node in list(flat(nodes)):
        if node.path == path and node.is_container:
            node.children.append(Node(within=node.kind, kind=SETS.get(node.kind, "S")))
    return numbered(nodes)


def remove(nodes: list[Node], path: str) -> list[Node]:
    """Remove the value at `path` and all that is in it."""
    left = [node for node in nodes if node.path != path or node.is_key]
    for node in left:
        node.children = remove(node.children, path)
    return left


def to_item(nodes: list[Node]) -> dict[str, Value] | None:
    """Read the item; None when a node has a complaint now. Rows without anything do not count."""
    item = _members(nodes)
    return None if any(node.complaint for node in flat(nodes)) else item


def _members(nodes: list[Node]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for node in nodes:
        if not node.name and not node.text and not node.children:
            continue
        value = _value(node)
        if not node.name:
            node.complaint = "Name the attribute."
        elif node.name in found:
            node.complaint = "There is one of that name already."
        else:
            found[node.name] = value
    return found


def _value(node: Node) -> Value:
    node.complaint = ""
    match node.kind:
        case "M":
            return {"M": _members(node.children)}
        case "L":
            return {"L": [_value(one) for one in node.children]}
        case "SS" | "NS" | "BS":
            element = SETS[node.kind]
            return {node.kind: [_value(one).get(element, "") for one in node.children]}
        case _:
            return _scalar(node)


def _scalar(node: Node) -> Value:
    try:
        return attributes.value_of(Attribute(node.name, node.kind, node.text))
    except ValueError as error:
        node.complaint = str(error)
        return {"NULL": True}


def _node(value: Value, name: str = "", within: str = "M") -> Node:
    kind, content = next(iter(value.items()))
    node = Node(name, kind, within=within)
    node.children = [_node(one, inner, kind) for inner, one in _inside(kind, content)]
    if kind not in CONTAINERS:
        node.text = attributes.typed_text(value)
    return node


def _inside(kind: str, content: Any) -> list[tuple[str, Value]]:
    match kind:
        case "M":
            return list(content.items())
        case "L":
            return [("", one) for one in content]
        case "SS" | "NS" | "BS":
            return [("", {SETS[kind]: one}) for one in content]
        case _:
            return []
