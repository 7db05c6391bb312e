"""An account to make roles in."""

from __future__ import annotations

import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_for("111111111111", "us-east-1")


@pytest.fixture
def other(db: None) -> Scope:
    """Another account."""
    return scope_for("222222222222", "us-east-1")
