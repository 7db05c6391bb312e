"""Which rooms offer AWS operations: the one list. Importing a room's operations registers them."""

from __future__ import annotations

from importlib import import_module

ROOMS = (
    "triggers.dynamodb",
    "triggers.streams",
    "triggers.mappings",
    "functions.catalog",
    "functions.invocations",
    "functions.iam",
    "functions.observability",
    "functions.observability.metrics",
    "functions.messaging",
)


def load() -> None:
    """Import the operations of every room."""
    for room in ROOMS:
        import_module(f"{room}.operations")
