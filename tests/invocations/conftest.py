"""A function of one account, and a workplace that runs it in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from functions.catalog import lifecycle
from functions.catalog.configuration import Configuration
from functions.catalog.models import Function
from functions.catalog.names import FunctionName
from functions.iam import roles
from functions.iam.managed import BASIC_EXECUTION
from functions.invocations.working import Workplace
from functions.runtime import limits, runtimes
from functions.runtime.pool import Pool
from tests.catalog.conftest import package

Make = Callable[..., Function]
TIMEOUT = 60
"""Seconds: a loaded machine may take its time."""


class Hand:
    """Wall time that a test moves; durations stay real."""

    def __init__(self, at: float = 1_800_000_000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_for("111111111111", "us-east-1")


@pytest.fixture
def make(scope: Scope) -> Make:
    """Make a function of some code."""
    role = roles.arn_of(scope, roles.create_lambda_role(scope, "runner", [BASIC_EXECUTION.arn]))

    def create(text: str, name: str = "probe", **settings: object) -> Function:
        fixed = {
            "runtime": runtimes.offered()[0],
            "role_arn": role,
            "handler": "app.handler",
            "timeout": TIMEOUT,
        }
        new = Configuration(name=name, **(fixed | settings))  # type: ignore[arg-type]
        return lifecycle.create_function(scope, new, package(text))

    return create


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    monkeypatch.setattr(limits, "INIT_SECONDS", 60.0)
    pool = Pool(settings.DATA_DIR / "code", "http://127.0.0.1:9")
    yield Workplace(pool)
    pool.close()


@pytest.fixture
def probe(scope: Scope) -> FunctionName:
    return FunctionName(scope.account, scope.region, "probe")
