"""Nothing grows for ever: what comes by itself goes by itself, and docs/retention.md says when."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import models, transaction

from console.accounts import queries
from console.accounts.models import KeptQuery
from console.aws.scope import Scope
from functions.catalog import code
from functions.invocations import codecache
from functions.messaging import queues
from functions.models import (
    Deduplication,
    Invocation,
    LogEvent,
    LogStream,
    Message,
    MessageMove,
    Metric,
    MetricMinute,
)
from functions.observability.metrics.emission import Place, emit_throttle
from functions.observability.writing import put_events
from tests.architecture.test_retention import documented
from tests.catalog.conftest import package
from tests.polling.conftest import EPOCH, FrozenClock, at, make_mapping, make_shard
from triggers.models import (
    Lane,
    Load,
    Record,
    RemotePlace,
    RemoteShard,
    RequestToken,
    Settled,
    Shard,
    Stream,
    Table,
    TriggerDraft,
)
from triggers.polling import upkeep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
YOUNG, OLD = 5.0, 400 * 86400.0
Make = Callable[[Scope, float, str], None]
"""Makes rows that came at a moment (epoch seconds); the text tells them from others."""


def record(scope: Scope, came: float, name: str) -> None:
    shard = make_shard(scope, 1)
    Record.objects.filter(shard=shard).update(created_ms=int(came * 1000))


def closed_shard(scope: Scope, came: float, name: str) -> None:
    shard = make_shard(scope)
    Shard.objects.create(
        stream=shard.stream, ordinal=2, name=name, parent=shard, hash_lo=b"", hash_hi=b""
    )
    Shard.objects.filter(pk=shard.pk).update(closed_at=at(came))


def ended_stream(scope: Scope, came: float, name: str) -> None:
    Stream.objects.filter(pk=make_shard(scope).stream_id).update(disabled_at=at(came))


def settled(scope: Scope, came: float, name: str) -> None:
    lane = make_mapping(scope, make_shard(scope)).lanes.get()
    Settled.objects.create(lane=lane, low=0, high=1, fate="delivered", at=at(came))


def ended_lane(scope: Scope, came: float, name: str) -> None:
    lane = make_mapping(scope, make_shard(scope)).lanes.get()
    Lane.objects.filter(pk=lane.pk).update(done=True, upto=1)
    Settled.objects.create(lane=lane, low=0, high=1, fate="delivered", at=at(came))


def copy_of_a_stream(scope: Scope, came: float, name: str) -> None:
    """A copy whose record has expired, or has not; some mapping reads it."""
    shard = make_shard(scope, 1)
    mapping = make_mapping(scope, shard)
    Stream.objects.filter(pk=mapping.stream_id).update(connection="c")
    RemoteShard.objects.create(shard=shard, due_at=at(came))
    RemotePlace.objects.create(shard=shard, seq=1, number=name)
    Record.objects.filter(shard=shard).update(created_ms=int(came * 1000))


def unread_copy(scope: Scope, came: float, name: str) -> None:
    copy_of_a_stream(scope, came, name)
    if came < EPOCH - YOUNG:  # its mapping was deleted
        Shard.objects.get(remoteshard__due_at=at(came)).stream.mappings.all().delete()


def invocation(scope: Scope, came: float, name: str) -> None:
    of = {"tenancy_id": scope.tenancy, "region": scope.region}
    Invocation.objects.create(
        id=uuid4(), **of, function_name="f", source="lane", state="done", created_at=at(came)
    )


def log_event(scope: Scope, came: float, name: str) -> None:
    at_ms = int(came * 1000)
    put_events(scope.tenancy, scope.region, "/aws/lambda/f", name, [(at_ms, "x")], at_ms)


def metric(scope: Scope, came: float, name: str) -> None:
    emit_throttle(Place(scope.tenancy, scope.region, name), at_ms=int(came * 1000))


def queue(scope: Scope, name: str) -> int:
    clock = FrozenClock(EPOCH - OLD)
    return queues.create(scope, name, {}, clock=clock).pk


def message(scope: Scope, came: float, name: str) -> None:
    Message.objects.create(
        queue_id=queue(scope, name),
        message_id=name,
        body="",
        sender="",
        sent_ms=int(came * 1000),
        visible_ms=0,
    )


def deduplication(scope: Scope, came: float, name: str) -> None:
    Deduplication.objects.create(
        queue_id=queue(scope, name),
        deduplication_id=name,
        message_id=name,
        sequence=1,
        until_ms=int((came + 300) * 1000),
    )


def move(scope: Scope, came: float, name: str) -> None:
    moment = int(came * 1000)
    MessageMove.objects.create(
        queue_id=queue(scope, name),
        task_id=name,
        state="COMPLETED",
        last=0,
        to_move=0,
        started_ms=moment,
        stepped_ms=moment,
    )


def token(scope: Scope, came: float, name: str) -> None:
    of = {"tenancy_id": scope.tenancy, "region": scope.region}
    RequestToken.objects.create(**of, token=name, request=b"", expires_at=at(came + 600))


def load(scope: Scope, came: float, name: str) -> None:
    table = Table.objects.create(
        tenancy_id=scope.tenancy,
        region=scope.region,
        name=name,
        table_id=name,
        hash_name="id",
        hash_type="S",
        billing_mode="PAY_PER_REQUEST",
        settles_at=at(came),
        created_at=at(came),
    )
    times = {"started_at": at(came), "ends_at": at(came), "stopped_at": at(came)}
    Load.objects.create(table=table, shape="{}", rate=1, **times)


def draft(scope: Scope, came: float, name: str) -> None:
    of = {"tenancy_id": scope.tenancy, "region": scope.region}
    TriggerDraft.objects.create(**of, function_name=name, settings={}, created_at=at(came))


def history(scope: Scope, came: float, name: str) -> None:
    queries.remember(scope, name, "partiql", "SELECT 1", clock=FrozenClock(came))


GROWING: dict[type[models.Model], Make] = {
    Record: record,
    Shard: closed_shard,
    Stream: ended_stream,
    RemotePlace: copy_of_a_stream,
    RemoteShard: unread_copy,
    Settled: settled,
    Lane: ended_lane,
    Invocation: invocation,
    LogEvent: log_event,
    LogStream: log_event,
    Metric: metric,
    MetricMinute: metric,
    Message: message,
    Deduplication: deduplication,
    MessageMove: move,
    RequestToken: token,
    Load: load,
    TriggerDraft: draft,
    KeptQuery: history,
}


@pytest.mark.parametrize("model", GROWING, ids=lambda one: one.__name__)
def test_what_is_old_goes_and_what_is_young_stays(
    scope: Scope, clock: FrozenClock, model: type[models.Model]
) -> None:
    GROWING[model](scope, EPOCH - YOUNG, "young")
    upkeep.trim_everything(clock)
    young = set(model.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
    GROWING[model](scope, EPOCH - OLD, "old")
    made = model.objects.count()  # type: ignore[attr-defined]

    upkeep.trim_everything(clock)

    left = set(model.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
    assert young
    assert young <= left
    assert len(left) < made


def test_the_documentation_has_every_table_that_grows() -> None:
    assert sorted(documented()) == sorted(one.__name__ for one in GROWING)


def test_unpacked_code_goes_when_no_function_has_it(scope: Scope, clock: FrozenClock) -> None:
    folder = codecache.root() / ("0" * 64)
    folder.mkdir(parents=True)
    os.utime(folder, (EPOCH, EPOCH))

    codecache.trim(clock=clock)
    assert folder.is_dir()
    clock.sleep(settings.CODE_CACHE_HOURS * 3600 + 1)
    codecache.trim(clock=clock)

    assert not folder.exists()
    assert list(codecache.root().glob("building-*")) == []


def test_unpacked_code_that_another_worker_deletes_meanwhile_stops_nobody(
    scope: Scope, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [codecache.root() / (digit * 64) for digit in "123"]
    for folder in folders:
        folder.mkdir(parents=True)
        os.utime(folder, (EPOCH - OLD, EPOCH - OLD))
    is_dir = Path.is_dir

    def deleting(self: Path) -> bool:
        found = is_dir(self)
        if self == folders[1]:
            self.rmdir()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_dir", deleting)
        codecache.trim(clock=clock)

    assert not any(folder.exists() for folder in folders)


def test_unpacked_code_of_a_function_stays(scope: Scope, clock: FrozenClock) -> None:
    archive = package("def handler(event, context): pass")
    with transaction.atomic():
        kept = code.keep(archive)
    folder = codecache.folder_of(kept.pk)
    os.utime(folder, (EPOCH - OLD, EPOCH - OLD))

    codecache.trim(clock=clock)
    assert (folder / "app.py").is_file()
    code.forget_unused(kept.pk)
    codecache.trim(clock=clock)
    assert (folder / "app.py").is_file()  # some environment may still read it
    clock.sleep(settings.CODE_CACHE_HOURS * 3600 + 1)
    codecache.trim(clock=clock)

    assert not folder.exists()
