"""The row that a lane lives in: its lease, its checkpoint and the batch in hand."""

from __future__ import annotations

from django.db import models


class Lane(models.Model):
    """One reader of one shard for one mapping.

    A worker owns it while `token` is the one it claimed with and `expires_at` lies ahead; every
    write after the claim says `WHERE token = mine`. `due_at` is real time: when the lane wants
    attention (empty: it waits for records). `head` is the newest sequence it was told about.
    """

    mapping = models.ForeignKey(
        "triggers.EventSourceMapping", on_delete=models.CASCADE, related_name="lanes"
    )
    shard = models.ForeignKey("triggers.Shard", on_delete=models.CASCADE, related_name="lanes")
    number = models.IntegerField(default=0)  # of `factor` lanes that share the shard by item key
    factor = models.IntegerField(default=1)  # ParallelizationFactor
    upto = models.BigIntegerField(null=True)  # barrier: ends here, others go on behind it
    enabled = models.BooleanField(default=True)  # follows the mapping's
    done = models.BooleanField(default=False)  # the shard is closed and read to its end
    checkpoint = models.BigIntegerField(default=0)  # settled up to and including this sequence
    cuts = models.TextField(default="[]")  # JSON: ends of the batches owed, the first in hand
    attempt = models.IntegerField(default=0)  # failed attempts at the batch in hand
    unreached = models.IntegerField(default=0)  # times in a row the function was not reached
    request_id = models.CharField(max_length=36, blank=True)  # of the batch in hand
    reported = models.BooleanField(default=False)  # the last failure was a partial response
    gathered_from = models.FloatField(default=0)  # epoch seconds: when the batching window began
    window = models.TextField(blank=True)  # JSON: the tumbling window under way
    failing_since = models.DateTimeField(null=True)  # first failure of the batch in hand
    starts = models.IntegerField(default=0)  # invocations begun and not ended: worker deaths
    note = models.CharField(max_length=255, blank=True)  # why it waits, for people
    head = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=64, blank=True)
    token = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(
                fields=["mapping", "shard", "number"],
                name="one_lane_a_place",
                condition=models.Q(done=False),
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="lane_due",
                condition=models.Q(due_at__isnull=False, enabled=True, done=False),
            ),
            models.Index(fields=["owner"], name="lane_owner", condition=~models.Q(owner="")),
        ]

    def __str__(self) -> str:
        return f"lane {self.pk}"


class Settled(models.Model):
    """A run of a lane's records (low, high] and what became of them: the ledger.

    `skipped` (JSON runs) are the ones within that were not the lane's or did not match.
    """

    class Fate(models.TextChoices):
        DELIVERED = "delivered"
        FILTERED = "filtered"
        EXPIRED = "expired"
        DISCARDED = "discarded"

    lane = models.ForeignKey(  # found by the index that begins with it
        Lane, on_delete=models.CASCADE, related_name="settled", db_index=False
    )
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    fate = models.CharField(max_length=12, choices=Fate.choices)
    skipped = models.TextField(blank=True)
    invocation_id = models.UUIDField(null=True)
    condition = models.CharField(max_length=32, blank=True)  # discarded ones: why
    destination = models.CharField(max_length=350, blank=True)  # discarded ones: where they went
    message_id = models.CharField(max_length=256, blank=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "triggers"
        indexes = [
            models.Index(fields=["lane", "high"], name="settled_place"),
            models.Index(fields=["at"], name="settled_age"),
        ]

    def __str__(self) -> str:
        return f"{self.lane_id}: ({self.low}, {self.high}] {self.fate}"
