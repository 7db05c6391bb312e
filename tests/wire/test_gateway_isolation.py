"""No operation shows or changes what another account, or the same one in another region, has.

The matrix comes from the registry: every offered operation × every member that could name something
× every name of a foreign thing. A member that nobody has classified fails the test.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console import offers
from console.aws import registry
from console.aws.registry import Operation
from console.aws.wire.models import operation_model
from tests.wire.isolation import (
    ALSO,
    FRESH,
    NAMED,
    PAGE_SIZES,
    PLACES,
    PLAIN,
    SAMPLES,
    TAGS,
    TOKENS,
    World,
)

offers.load()
OFFERED = registry.offered()
_numbers = itertools.count()
REGIONLESS = {"iam", "sts"}


@pytest.fixture(scope="module")
def victim(gateway) -> World:
    return World(gateway, "900000000001", "us-east-1", "victim").build()


@pytest.fixture(scope="module")
def stranger(gateway) -> World:
    return World(gateway, "900000000002", "us-east-1", "stranger").build()


@pytest.fixture(scope="module")
def elsewhere(gateway) -> World:
    return World(gateway, "900000000001", "eu-west-1", "elsewhere").build()


def name(operation: Operation) -> str:
    return f"{operation.service}:{operation.name}"


def names_something(operation: Operation, member: str) -> bool:
    return member not in PLAIN or f"{operation.service}.{member}" in NAMED


def candidates(world: World, operation: Operation, member: str) -> list[Any]:
    """List what `world` has that `member` could name; fails for a member nobody has classified."""
    if member in TOKENS:
        return own_tokens(world, operation, member)
    values = world.ids.get(f"{operation.name}.{member}") or world.ids.get(member)
    assert values, f"classify {member} of {name(operation)} in tests/wire/isolation.py"
    return values


def own_tokens(world: World, operation: Operation, member: str) -> list[str]:
    """Have `world` page through what it owns, one at a time, and keep the first token."""
    limit = next((one for one in PAGE_SIZES if one in operation.honours), None)
    if limit is None:
        return []
    params = required(world, operation) | {limit: 1}
    answer = call(world, operation, params)
    others = ("NextMarker", "nextForwardToken", "NextContinuationToken")
    token = answer.get(member) or next((answer[one] for one in others if answer.get(one)), None)
    return [token] if token else []


def required(world: World, operation: Operation) -> dict[str, Any]:
    """Fill the required members with what `world` itself has."""
    model = operation_model(operation.service, operation.name)
    members = model.input_shape.required_members if model.input_shape else []
    params = {}
    for member in members:
        if f"{operation.name}.{member}" in FRESH:
            params[member] = f"probe-{next(_numbers)}"
        elif names_something(operation, member):
            params[member] = candidates(world, operation, member)[0]
        else:
            params[member] = sample(operation, member)
    return params | ALSO.get(operation.name, {})


def sample(operation: Operation, member: str) -> Any:
    if member == "Tags":
        return TAGS.get(operation.service, [{"Key": "owner", "Value": "x"}])
    special = f"{operation.name}.{member}"
    special = special if special in SAMPLES else f"{operation.service}.{member}"
    if special in SAMPLES:
        return SAMPLES[special]()
    assert member in SAMPLES, f"give a sample of {member} in tests/wire/isolation.py"
    return SAMPLES[member]()


def call(world: World, operation: Operation, params: dict[str, Any]) -> dict[str, Any]:
    """Call `operation` as boto3 would; a refusal comes back as an answer too."""
    try:
        answer = world.client(operation.service)._make_api_call(operation.name, params)
    except ClientError as error:
        return error.response
    for name in ("Payload", "Body"):
        if name in answer:
            answer[name] = answer[name].read().decode()
    return answer


def probes(asking: World, owner: World, operation: Operation):
    """Yield requests of `asking` that name something of `owner`: each member alone, then all."""
    naming = sorted(member for member in operation.honours if names_something(operation, member))
    base = required(asking, operation)
    for member in naming:
        for value in candidates(owner, operation, member):
            yield base | {member: value}, None if member in PLACES else value
    together = [member for member in naming if member in base]
    for values in itertools.product(*(candidates(owner, operation, m) for m in together)):
        if len(values) > 1:
            yield base | dict(zip(together, values, strict=True)), values[0]


def is_unmistakable(value: Any) -> bool:
    """Say whether `value` can only mean the foreign thing: an ARN or UUID, unlike a name."""
    return bool(re.search(r"arn:aws:|[0-9a-f]{8}(-[0-9a-f]{4}){3}-", json.dumps(value)))


def found_nothing(answer: dict[str, Any]) -> bool:
    """Say whether every list of the answer is empty, or holds nothing but refusals."""
    lists = [value for value in answer.values() if isinstance(value, list)]
    return bool(lists) and all(is_refusal(one) for found in lists for one in found)


def is_refusal(one: Any) -> bool:
    return isinstance(one, dict) and "Error" in one


def assert_probe_is_harmless(asking: World, owner: World, operation: Operation, params, value):
    answer = call(asking, operation, params)
    shown, request = (json.dumps(one, default=str) for one in (answer, params))
    status = answer["ResponseMetadata"]["HTTPStatusCode"]

    assert status < 500, (params, shown)
    if is_unmistakable(value):
        assert status >= 400 or found_nothing(answer), (params, shown)
    leaked = [secret for secret in owner.secrets if secret in shown and secret not in request]
    assert not leaked, (params, shown)


@pytest.mark.parametrize("operation", OFFERED, ids=name)
def test_another_account_sees_and_changes_nothing(operation, victim, stranger):
    before = victim.snapshot()

    for params, value in probes(stranger, victim, operation):
        assert_probe_is_harmless(stranger, victim, operation, params, value)

    assert victim.snapshot() == before


@pytest.mark.parametrize("operation", [o for o in OFFERED if o.service not in REGIONLESS], ids=name)
def test_another_region_sees_and_changes_nothing(operation, victim, elsewhere):
    before = victim.snapshot()

    for params, value in probes(elsewhere, victim, operation):
        if value not in victim.ids["Role"]:
            assert_probe_is_harmless(elsewhere, victim, operation, params, value)

    assert victim.snapshot() == before


def test_the_matrix_would_see_a_leak(victim):
    operation = registry.find("dynamodb", "GetItem")
    params = {"TableName": victim.ids["TableName"][0], "Key": {"pk": {"S": "a"}}}

    with pytest.raises(AssertionError):
        assert_probe_is_harmless(victim, victim, operation, params, params["TableName"])
