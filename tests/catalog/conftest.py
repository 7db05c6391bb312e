"""An account with a role that Lambda may assume, and packages to make functions of."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from functions.catalog.configuration import Configuration
from functions.iam import roles
from functions.iam.managed import BASIC_EXECUTION
from functions.runtime import runtimes

HANDLER = "def handler(event, context):\n    return event\n"


def package(text: str = HANDLER, name: str = "app.py") -> bytes:
    """Zip one file, always to the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return made.getvalue()


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_for("111111111111", "us-east-1")


@pytest.fixture
def other(db: None) -> Scope:
    """Another account."""
    return scope_for("222222222222", "us-east-1")


@pytest.fixture
def role(scope: Scope) -> str:
    """The ARN of a role that Lambda may assume."""
    return roles.arn_of(scope, roles.create_lambda_role(scope, "runner", [BASIC_EXECUTION.arn]))


@pytest.fixture
def new(role: str) -> Callable[..., Configuration]:
    """Make the configuration of a function, with changes."""

    def make(name: str = "greet", **changes: object) -> Configuration:
        settings = {"runtime": runtimes.offered()[0], "role_arn": role, "handler": "app.handler"}
        return Configuration(name=name, **(settings | changes))  # type: ignore[arg-type]

    return make
