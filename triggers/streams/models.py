"""Rows of streams: they outlive the table they came from by 24 hours."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class Stream(models.Model):
    """What happened to one table while its stream was on."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    arn = models.CharField(max_length=512)
    label = models.CharField(max_length=32)
    table_name = models.CharField(max_length=255)
    table = models.ForeignKey(
        "triggers.Table", null=True, on_delete=models.SET_NULL, related_name="streams"
    )
    key_schema = models.JSONField()  # as DescribeStream returns it
    view_type = models.CharField(max_length=24)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)  # still readable for 24 hours
    connection = models.CharField(max_length=64, blank=True)  # a copy, made through this one

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(
                fields=["arn"], name="one_stream_an_arn", condition=models.Q(connection="")
            )
        ]
        indexes = [models.Index(fields=["tenancy", "region", "table_name"], name="stream_of")]

    def __str__(self) -> str:
        return self.arn


class Shard(models.Model):
    """One ordered part of a stream; it takes the keys whose digest lies in [hash_lo, hash_hi].

    `head` is the newest sequence (0: none yet) and moves inside the writer's transaction, which
    makes it the order of commits. `noticed` is what the tick has told the lanes about.
    """

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="shards")
    ordinal = models.IntegerField()  # rises within the stream; a child's is above its parent's
    name = models.CharField(max_length=65)  # shardId-…
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="children"
    )
    parent_name = models.CharField(max_length=65, blank=True)  # stays when the parent has gone
    hash_lo = models.BinaryField(max_length=8)
    hash_hi = models.BinaryField(max_length=8)
    closed_at = models.DateTimeField(null=True)
    head = models.BigIntegerField(default=0)
    noticed = models.BigIntegerField(default=0)
    trimmed = models.BigIntegerField(default=0)  # records up to here are gone
    last_ms = models.BigIntegerField(default=0)  # arrival of the newest record
    readers = models.IntegerField(default=0)  # enabled lanes: nobody is woken when there is none

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(fields=["stream", "ordinal"], name="one_shard_an_ordinal")
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="shard_unnoticed",
                condition=models.Q(head__gt=models.F("noticed")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Record(models.Model):
    """One change of one item, as the final JSON that GetRecords answers and events are made of."""

    pk = models.CompositePrimaryKey("shard_id", "seq")
    shard = models.ForeignKey(Shard, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    created_ms = models.BigIntegerField()  # arrival; never falls within a shard
    key_hash = models.BinaryField(max_length=16)  # of the whole item key
    body = models.BinaryField()

    class Meta:
        app_label = "triggers"

    def __str__(self) -> str:
        return f"{self.shard_id}:{self.seq}"
