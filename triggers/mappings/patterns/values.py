"""What a record's JSON is to a pattern: scalars to compare and objects to go into. Knows no pattern."""

from __future__ import annotations

from typing import Any

Scalar = str | int | float | bool | None
NOTHING: dict[str, Any] = {}
"""What lies at a path that is not there. An empty object is nothing to a pattern, too."""


class Number(str):
    """A number of a pattern, as it is written there."""

    __slots__ = ()


def token(value: Scalar | Number) -> str:
    """Write a scalar so that two are equal to a pattern exactly when their tokens are.

    Numbers are compared as they are written: 300 is not 300.0. Source: Lambda developer guide.
    Approximate for values of records: a float stands for its shortest spelling.
    """
    match value:
        case Number():
            return str(value)
        case str():
            return f'"{value}'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return repr(value)


def scalars(node: Any) -> list[Scalar]:
    """List the values at the end of a path: the one there, or those of an array; none of an object."""
    if type(node) is not list:
        return [] if type(node) is dict else [node]
    return [one for one in _flat(node) if type(one) is not dict]


def objects(node: Any) -> list[dict[str, Any]]:
    """List the objects that a path goes on in: the one there, or those of an array; else NOTHING."""
    if type(node) is not list:
        return [node if type(node) is dict else NOTHING]
    return [one for one in _flat(node) if type(one) is dict] or [NOTHING]


def _flat(array: list[Any]) -> list[Any]:
    """List an array's elements, those of arrays in it included, in order."""
    found: list[Any] = []
    waiting = array[::-1]
    while waiting:
        one = waiting.pop()
        if type(one) is list:
            waiting += one[::-1]
        else:
            found.append(one)
    return found
