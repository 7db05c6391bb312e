"""Finds, sets and removes what a bound path names in an item. Decides nothing about expressions."""

from __future__ import annotations

from typing import Any

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.nodes import Path
from triggers.dynamodb.values import Item, Value


def find(item: Item, path: Path) -> Value | None:
    """Give the value at `path`; None when there is none."""
    value = item.get(str(path.parts[0]))
    for part in path.parts[1:]:
        if value is None:
            return None
        value = _member(value, part)
    return value


def put(item: Item, path: Path, value: Value) -> None:
    """Set `path` in place; past the end of a list, the value is appended.

    Raises AwsError("ValidationException") when the parent is missing or of another type.
    """
    container, last = _parent(item, path)
    if isinstance(container, dict) and isinstance(last, str):
        container[last] = value
    elif isinstance(container, list) and isinstance(last, int):
        container[last : last + 1] = [value]
    else:
        raise _no_way()


def remove(item: Item, path: Path) -> None:
    """Remove what is at `path` in place; nothing happens when it is not there.

    Raises AwsError("ValidationException") when the parent is missing or of another type.
    """
    container, last = _parent(item, path)
    if isinstance(container, dict) and isinstance(last, str):
        container.pop(last, None)
    elif isinstance(container, list) and isinstance(last, int):
        del container[last : last + 1]
    else:
        raise _no_way()


def project(item: Item, paths: tuple[Path, ...]) -> Item:
    """Give the part of `item` that `paths` name; list members keep their order, not their index."""
    found: dict[Any, Any] = {}
    for path in paths:
        value = find(item, path)
        if value is not None:
            _graft(found, path, value)
    return {name: _finished(branch) for name, branch in found.items()}


def _graft(tree: dict[Any, Any], path: Path, value: Value) -> None:
    for part in path.parts[:-1]:
        tree = tree.setdefault(part, {})
    tree[path.parts[-1]] = _Leaf(value)


class _Leaf:
    """A whole value in a projection under construction."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


def _finished(branch: Any) -> Value:
    if isinstance(branch, _Leaf):
        return branch.value
    if any(isinstance(part, int) for part in branch):
        return {"L": [_finished(branch[index]) for index in sorted(branch)]}
    return {"M": {name: _finished(inner) for name, inner in branch.items()}}


def _member(value: Value, part: str | int) -> Value | None:
    content = value.get("M") if isinstance(part, str) else value.get("L")
    if isinstance(content, dict):
        return content.get(part)
    if isinstance(content, list) and isinstance(part, int) and part < len(content):
        member: Value = content[part]
        return member
    return None


def _parent(item: Item, path: Path) -> tuple[dict[str, Value] | list[Value], str | int]:
    if len(path.parts) == 1:
        return item, path.parts[0]
    above = find(item, Path(path.parts[:-1]))
    if above is None:
        raise _no_way()
    container = above.get("M", above.get("L"))
    if container is None:
        raise _no_way()
    return container, path.parts[-1]


def _no_way() -> AwsError:
    return AwsError(
        "ValidationException",
        "The document path provided in the update expression is invalid for update",
    )
