"""Every boundary at which a process may die between a write and its settled batch is named, and
every transaction of the way has one in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from console.failpoints import BOUNDARIES

ROOT = Path(__file__).parents[2]
ROOMS = ("console", "functions", "triggers")
WAY = (
    "triggers/streams/append.py",
    "triggers/streams/resharding.py",
    "triggers/polling",
    "triggers/sources",
)
"""Where records go from the write to the settled batch."""

ONE_STATEMENT = {
    ("triggers/polling/leases.py", "claim"): "the runner dies at lane.claimed",
    ("triggers/polling/leases.py", "release"): "the runner dies at lane.released",
    ("triggers/polling/leases.py", "renew"): "repeated every few seconds",
    ("triggers/polling/leases.py", "expire"): "repeated by the next start",
    ("triggers/polling/delivery.py", "deliver"): "inside the transaction of discard.storing",
    ("triggers/polling/counting.py", "idle"): "zeros for metrics: nothing depends on them",
    ("triggers/sources/remote/leases.py", "claim"): "another worker claims when the term is over",
    ("triggers/sources/remote/leases.py", "release"): "the same",
    ("triggers/sources/remote/copies.py", "drop_unread"): "done again a minute later",
    ("triggers/sources/remote/copies.py", "trim_places"): "done again a minute later",
}
"""Transactions that have nothing half done to show."""


def modules(*places: str) -> Iterator[tuple[str, ast.Module]]:
    for place in places:
        path = ROOT / place
        for one in [path] if path.suffix else sorted(path.rglob("*.py")):
            yield str(one.relative_to(ROOT)), ast.parse(one.read_text())


def called(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            found = (
                function.attr
                if isinstance(function, ast.Attribute)
                else getattr(function, "id", "")
            )
            if found == name:
                yield node


def test_every_boundary_is_in_the_code() -> None:
    names = {
        call.args[0].value
        for path, tree in modules(*ROOMS)
        for call in called(tree, "failpoint")
        if isinstance(call.args[0], ast.Constant)
    }

    assert names == BOUNDARIES.keys()


def test_every_transaction_on_a_records_way_has_a_boundary() -> None:
    bare = set()
    for path, tree in modules(*WAY):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                blocks = [
                    node
                    for node in ast.walk(function)
                    if isinstance(node, ast.With)
                    and any(next(called(item, "atomic"), None) for item in node.items)
                ]
                if any(not list(called(block, "failpoint")) for block in blocks):
                    bare.add((path, function.name))

    assert bare == set(ONE_STATEMENT)
