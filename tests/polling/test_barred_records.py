"""Records too old for their mapping wait while its role may not read them, run by the real runner."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from console.aws.clock import SYSTEM_CLOCK, SystemClock, as_datetime
from console.aws.scope import Scope
from functions.catalog import lifecycle
from functions.catalog.configuration import Configuration
from functions.iam import inline, roles
from functions.messaging import queues
from functions.messaging.models import Message
from functions.runtime import runtimes
from tests.catalog.conftest import package
from tests.polling.conftest import make_mapping, make_shard
from tests.polling.test_reported_failures import POLICY, shop
from triggers.models import EventSourceMapping, Lane, Record, Settled
from triggers.polling.runner import Shop, advance

__all__ = ["shop"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]


class Later(SystemClock):
    """Ten seconds on: answers about permissions are fresh for two."""

    def now(self) -> float:
        return super().now() + 10.0


def run(shop: Shop) -> Lane:
    """Let the one lane take one step now."""
    Lane.objects.update(due_at=as_datetime(SYSTEM_CLOCK.now()))
    shop.holding.stop.set()
    advance(Lane.objects.get().pk, shop)
    return Lane.objects.get()


def test_they_are_given_up_and_told_of_when_the_permission_is_back(
    scope: Scope, shop: Shop
) -> None:
    role = roles.create(scope, "reader", roles.LAMBDA_TRUST)
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    inline.put(role, "send", document)
    settings = Configuration("f", runtimes.offered()[0], roles.arn_of(scope, role), "app.handler")
    lifecycle.create_function(scope, settings, package())
    queues.create(scope, "lost", {})
    make_mapping(scope, make_shard(scope, 2))
    destination = scope.arn("sqs", "lost")
    EventSourceMapping.objects.update(max_age_seconds=60, destination=destination)
    long_ago = int((SYSTEM_CLOCK.now() - 3600) * 1000)
    Record.objects.update(created_ms=long_ago)

    lane = run(shop)

    assert (lane.checkpoint, Settled.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert lane.due_at is not None
    assert lane.due_at > as_datetime(SYSTEM_CLOCK.now())
    result = EventSourceMapping.objects.get().last_result
    assert "is not authorized to perform: dynamodb:DescribeStream" in result

    roles.attach(scope, "reader", POLICY)
    lane = run(replace(shop, tools=replace(shop.tools, clock=Later())))

    assert lane.checkpoint == 2
    told = json.loads(Message.objects.get().body)
    assert told["requestContext"]["condition"] == "RecordAgeExceeded"
    assert told["DDBStreamBatchInfo"]["batchSize"] == 2
