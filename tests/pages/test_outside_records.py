"""Records of an outside stream are found in the console by the numbers that they have outside."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from console.aws.clock import SYSTEM_CLOCK, as_datetime
from tests.pages.conftest import Browser
from triggers.models import EventSourceMapping, Record, RemotePlace, Shard, Stream
from triggers.streams.sequence import sequence_number

ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/T/stream/2026-01-01T00:00:00.000"
AWS_NUMBER = "4421584500000000017450439091"
OTHER_SHARDLIGHT = sequence_number(1, 2)


@pytest.fixture
def search(browser: Browser, settings: Any) -> str:
    """A mapping with a copy of two records; the first has the number that our second would have."""
    settings.REMOTE_STREAMS = [{"name": "o", "region": "us-east-1", "account": "111122223333"}]
    now = as_datetime(SYSTEM_CLOCK.now())
    of = {"tenancy_id": browser.scope.tenancy, "region": browser.scope.region}
    stream = Stream.objects.create(
        **of,
        arn=ARN,
        label="l",
        table_name="T",
        key_schema=[],
        view_type="NEW_IMAGE",
        created_at=now,
        connection="o",
    )
    shard = Shard.objects.create(
        stream=stream, ordinal=1, name="shardId-1", hash_lo=b"\0" * 8, hash_hi=b"\xff" * 8, head=2
    )
    for seq, outside in enumerate((OTHER_SHARDLIGHT, AWS_NUMBER), start=1):
        body = {"eventID": f"e{seq}", "dynamodb": {"Keys": {"id": {"S": f"k{seq}"}}}}
        Record.objects.create(
            shard=shard,
            seq=seq,
            created_ms=int(SYSTEM_CLOCK.now() * 1000),
            key_hash=b"k" * 16,
            body=json.dumps(body).encode(),
        )
        RemotePlace.objects.create(shard=shard, seq=seq, number=outside)
    mapping = EventSourceMapping.objects.create(
        uuid=uuid4(),
        **of,
        function_name="reader",
        stream_arn=ARN,
        stream=stream,
        starting_position="LATEST",
        transition="Creating",
        settles_at=now,
        modified_at=now,
    )
    return f"/functions/reader/triggers/{mapping.uuid}/records/"


@pytest.mark.parametrize(
    ("query", "seq"), [(AWS_NUMBER, 2), (OTHER_SHARDLIGHT, 1), ("k2", 2), ("e1", 1)]
)
def test_a_record_is_found_by_what_it_is_called_outside(
    browser: Browser, search: str, query: str, seq: int
) -> None:
    answer = browser.get(f"{search}?q={query}")

    assert answer.status_code == 303
    assert answer["Location"].endswith(f"/{Shard.objects.get().pk}/{seq}/")
