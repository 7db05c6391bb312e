"""A mapping that has nothing to do notices that its role may no longer read the stream."""

from __future__ import annotations

import pytest

from functions.catalog import lifecycle
from functions.catalog.configuration import Configuration
from functions.iam import roles
from functions.models import Function
from functions.runtime import runtimes
from tests.catalog.conftest import package
from tests.polling.conftest import make_mapping, make_shard
from triggers.models import EventSourceMapping
from triggers.polling import watching

POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"

pytestmark = pytest.mark.postgres


@pytest.fixture
def mapping(scope):
    role = roles.create(scope, "reader", roles.LAMBDA_TRUST)
    roles.attach(scope, "reader", POLICY)
    settings = Configuration("f", runtimes.offered()[0], roles.arn_of(scope, role), "app.handler")
    lifecycle.create_function(scope, settings, package())
    return make_mapping(scope, make_shard(scope))


def test_a_role_that_lost_its_permission_is_told_of_without_any_record(scope, clock, mapping):
    watching.look_round(clock)
    assert result(mapping) == "No records processed"

    roles.detach(scope, "reader", POLICY)
    clock.sleep(60)
    watching.look_round(clock)

    begin = "PROBLEM: User: arn:aws:sts::123456789012:assumed-role/reader/awslambda_701_"
    assert result(mapping).startswith(begin)
    assert "is not authorized to perform: dynamodb:DescribeStream on resource" in result(mapping)


def test_a_function_that_is_gone_changes_nothing(scope, clock, mapping):
    Function.objects.all().delete()

    watching.look_round(clock)

    assert result(mapping) == "No records processed"


def test_mappings_are_looked_at_a_few_at_a_time_round_and_round(scope, clock, mapping, monkeypatch):
    monkeypatch.setattr(watching, "AT_ONCE", 1)
    other = make_mapping(scope, make_shard(scope))
    roles.detach(scope, "reader", POLICY)

    for _ in range(3):
        watching.look_round(clock)

    assert result(mapping).startswith("PROBLEM: ")
    assert result(other).startswith("PROBLEM: ")


def result(mapping):
    return EventSourceMapping.objects.get(pk=mapping.pk).last_result
