"""A few small records are read together with their sizes, and are what reading them later gives."""

from __future__ import annotations

import pytest

from console.aws.scope import Scope
from tests.polling.conftest import make_shard
from triggers.models import Record, Shard
from triggers.polling.batching import Batch
from triggers.sources.dynamodb import SOURCE
from triggers.sources.protocol import EVERYTHING, Sieve

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def look(
    shard: Shard, after: int = 0, limit: int | None = 100, sieve: Sieve = EVERYTHING
) -> set[int]:
    """Look, and name what is ready, which is what reading it gives."""
    ready = SOURCE.look(shard.pk, after, None, limit, sieve).ready
    for seq, record in ready.items():
        assert [record] == SOURCE.records(shard.pk, Batch(seq - 1, seq, (seq,)))
    return set(ready)


def test_a_few_records_are_ready(scope: Scope) -> None:
    shard = make_shard(scope, 12)

    assert look(shard, after=9) == {10, 11, 12}
    assert look(shard, after=9, limit=2) == {10, 11}
    assert look(shard, after=12) == set()


def test_many_records_and_sifted_ones_are_not(scope: Scope) -> None:
    shard = make_shard(scope, 12)

    assert look(shard) == set()
    assert look(shard, after=9, sieve=Sieve(factor=2)) == set()
    assert look(shard, after=9, sieve=Sieve(matches=lambda _: True)) == set()


def test_a_large_record_is_not_and_the_small_ones_beside_it_are(scope: Scope) -> None:
    shard = make_shard(scope, 3)
    Record.objects.filter(shard=shard, seq=2).update(body=b'{"n":"%b"}' % (b"x" * 20_000))

    assert look(shard) == {1, 3}
