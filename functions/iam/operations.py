"""All operations of this room: importing it offers them."""

from __future__ import annotations

from functions.iam import (
    aside_operations,
    policy_operations,
    role_operations,
    simulation_operations,
    token_operations,
    user_operations,
)

__all__ = [
    "aside_operations",
    "policy_operations",
    "role_operations",
    "simulation_operations",
    "token_operations",
    "user_operations",
]
