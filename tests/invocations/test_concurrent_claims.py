"""Many workers claim at once: never more run than may. On SQLite, and marked `postgres` on PostgreSQL."""

from __future__ import annotations

from contextlib import suppress

import pytest

from console.accounts.tenancy import scope_for
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import concurrency, lifecycle
from functions.catalog.configuration import Configuration
from functions.catalog.names import FunctionName
from functions.iam import roles
from functions.iam.managed import BASIC_EXECUTION
from functions.invocations import invoking, queue
from functions.invocations.invoking import InvocationType
from functions.invocations.models import Invocation
from functions.runtime import runtimes
from tests.catalog.conftest import package
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CLAIMS = 12


@pytest.fixture
def scope() -> Scope:
    return scope_for("111111111111", "us-east-1")


@pytest.fixture
def probe(scope: Scope) -> FunctionName:
    role = roles.arn_of(scope, roles.create_lambda_role(scope, "runner", [BASIC_EXECUTION.arn]))
    new = Configuration("probe", runtimes.offered()[0], role, "app.handler")
    lifecycle.create_function(scope, new, package())
    return FunctionName(scope.account, scope.region, "probe")


def claim_all(scope: Scope, probe: FunctionName) -> int:
    """Queue invocations, have each claimed by a worker of its own, and count what runs."""
    for _ in range(CLAIMS):
        invoking.invoke(scope, probe, b"{}", InvocationType.EVENT)
    keys = [str(key) for key in Invocation.objects.values_list("pk", flat=True)]

    together([lambda key=key: queue.claim(key) for key in keys])  # type: ignore[misc]

    return Invocation.objects.filter(state=Invocation.State.RUNNING).count()


def test_a_reserve_is_never_exceeded(scope: Scope, probe: FunctionName) -> None:
    concurrency.reserve(scope, probe, 5)

    assert claim_all(scope, probe) == 5


def test_an_accounts_concurrency_is_never_exceeded(
    scope: Scope, probe: FunctionName, settings: pytest.FixtureRequest
) -> None:
    settings.ACCOUNT_CONCURRENCY = 7  # type: ignore[attr-defined]

    assert claim_all(scope, probe) == 7


def test_reserves_made_at_once_leave_what_must_be_left(scope: Scope, probe: FunctionName) -> None:
    function = lifecycle.finding.get_function(scope, probe)
    names = [f"f{number}" for number in range(6)]
    for name in names:
        new = Configuration(name, function.runtime, function.role_arn, "app.handler")
        lifecycle.create_function(scope, new, package())

    def reserve(name: str) -> None:
        with suppress(AwsError):
            concurrency.reserve(scope, FunctionName(scope.account, scope.region, name), 300)

    together([lambda name=name: reserve(name) for name in names])  # type: ignore[misc]

    assert concurrency.taken_in_all(scope) == 900
