"""All operations of this room: importing it offers them."""

from __future__ import annotations

from functions.messaging import (
    bucket_operations,
    move_operations,
    queue_operations,
    topic_operations,
)

__all__ = ["bucket_operations", "move_operations", "queue_operations", "topic_operations"]
