"""What a function reports of its batch stands in the invocation's row, run by the real runner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from console.aws.clock import SYSTEM_CLOCK, as_datetime
from console.aws.ids import SYSTEM_IDS
from console.aws.scope import Scope
from functions.catalog import lifecycle
from functions.catalog.configuration import Configuration
from functions.iam import roles
from functions.invocations.models import Invocation
from functions.runtime import runtimes
from functions.runtime.pool import Pool
from tests.catalog.conftest import package
from tests.polling.conftest import make_mapping, make_shard
from triggers.models import EventSourceMapping, Lane
from triggers.polling.attempt import Tools
from triggers.polling.ears import Ears
from triggers.polling.holding import Holding
from triggers.polling.runner import Shop, advance
from triggers.polling.slots import Slots
from triggers.streams.sequence import sequence_number

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]

REPORTING = "def handler(event, context):\n    return {answer}\n"
POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"


@pytest.fixture
def shop() -> Iterator[Shop]:
    pool = Pool(settings.DATA_DIR / "code", "http://127.0.0.1:9")
    tools = Tools("worker", pool, SYSTEM_CLOCK, SYSTEM_IDS, 30)
    holding = Holding()
    yield Shop(tools, Slots(1, lambda: None), Ears(), holding, 0, 60)
    pool.close()


def failures(*seqs: int) -> dict[str, object]:
    named = [{"itemIdentifier": sequence_number(1, seq)} for seq in seqs]
    return {"batchItemFailures": named}


@pytest.mark.parametrize(
    ("answer", "reported"),
    [
        (failures(3, 4), 3),
        (failures(), None),
        ({"batchItemFailures": [{"itemIdentifier": "unknown"}]}, 1),
    ],
    ids=["some", "none", "an identifier that is not in the batch"],
)
def test_the_row_says_from_where_on_records_failed(
    scope: Scope, shop: Shop, answer: object, reported: int | None
) -> None:
    role = roles.create(scope, "reader", roles.LAMBDA_TRUST)
    roles.attach(scope, "reader", POLICY)
    lifecycle.create_function(
        scope,
        Configuration(
            "f", runtimes.offered()[0], roles.arn_of(scope, role), "app.handler", timeout=60
        ),
        package(REPORTING.format(answer=answer)),
    )
    lane = make_mapping(scope, make_shard(scope, 4)).lanes.get()
    EventSourceMapping.objects.update(reports_failures=True, max_retries=0)
    Lane.objects.update(due_at=as_datetime(SYSTEM_CLOCK.now()))
    shop.holding.stop.set()  # one step

    advance(lane.pk, shop)

    row = Invocation.objects.get(state="done")
    assert (row.first_seq, row.last_seq, row.reported_seq) == (1, 4, reported)
    assert row.function_error == ""
