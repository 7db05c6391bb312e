"""How far the copy of an outside shard has come, and how its records are numbered outside."""

from __future__ import annotations

from django.db import models


class RemoteShard(models.Model):
    """The copying of one shard: a lease, and the newest sequence number that was copied.

    Until there is one, `iterator` (LATEST, taken when the mapping was made) or, when that has
    expired, `since` (epoch seconds) says where to begin; without either, at the oldest record.
    """

    shard = models.OneToOneField("triggers.Shard", primary_key=True, on_delete=models.CASCADE)
    number = models.CharField(max_length=40, blank=True)
    iterator = models.TextField(blank=True)
    since = models.FloatField(default=0)
    failures = models.IntegerField(default=0)  # in a row
    note = models.CharField(max_length=255, blank=True)  # why it waits, for people
    due_at = models.DateTimeField()
    owner = models.CharField(max_length=64, blank=True)
    token = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "triggers"

    def __str__(self) -> str:
        return f"copy of shard {self.shard_id}"


class RemotePlace(models.Model):
    """The sequence number that a copied record has outside."""

    pk = models.CompositePrimaryKey("shard_id", "seq")
    shard = models.ForeignKey(
        "triggers.Shard", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    seq = models.BigIntegerField()
    number = models.CharField(max_length=40)  # up to forty digits

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(fields=["shard", "number"], name="one_place_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.shard_id}:{self.seq}"
