"""Rows of tables, items and indexes."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class Table(models.Model):
    """A table. Its status is a function of `transition`, `settles_at` and the time."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=255)
    table_id = models.CharField(max_length=36)  # TableId, a UUID
    hash_name = models.CharField(max_length=255)
    hash_type = models.CharField(max_length=1)  # S, N or B
    range_name = models.CharField(max_length=255, blank=True)
    range_type = models.CharField(max_length=1, blank=True)
    billing_mode = models.CharField(max_length=16)
    read_units = models.BigIntegerField(default=0)
    write_units = models.BigIntegerField(default=0)
    deletion_protection = models.BooleanField(default=False)
    indexed = models.BooleanField(default=False)  # writers ask for indexes only then
    ttl_attribute = models.CharField(max_length=255, blank=True)  # by which items expire
    tags = models.JSONField(default=dict)
    recorded = models.JSONField(default=dict)  # members stored and returned without effect
    transition = models.CharField(max_length=16, default="CREATING")
    settles_at = models.DateTimeField()
    created_at = models.DateTimeField()
    on_demand_at = models.DateTimeField(null=True)  # when billing was last made so
    stream = models.ForeignKey(  # the newest one, dead or alive
        "triggers.Stream", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "region", "name"], name="one_table_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """An item: its final JSON under its keys in the order in which DynamoDB sorts them."""

    pk = models.CompositePrimaryKey("table_id", "hash", "range")
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="+", db_index=False)
    hash = models.BinaryField(max_length=16)  # digest of the partition key; its order is Scan's
    range = models.BinaryField()  # sort key, encoded so that bytes sort as values do
    body = models.BinaryField()  # {"name":{"S":"…"},…}
    size = models.IntegerField()  # bytes, by DynamoDB's rules
    principal = models.CharField(max_length=256, blank=True)  # who wrote it last

    class Meta:
        app_label = "triggers"

    def __str__(self) -> str:
        return bytes(self.body).decode()[:80]


class Index(models.Model):
    """A secondary index. Its status is a function of `transition`, `building` and the time."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    local = models.BooleanField()
    key = models.JSONField()  # [["name", "S", "HASH"], …], partition key first
    projection = models.CharField(max_length=16)  # ALL, KEYS_ONLY or INCLUDE
    included = models.JSONField(default=list)  # NonKeyAttributes
    read_units = models.BigIntegerField(default=0)
    write_units = models.BigIntegerField(default=0)
    recorded = models.JSONField(default=dict)  # members stored and returned without effect
    transition = models.CharField(max_length=16, default="CREATING")
    settles_at = models.DateTimeField()
    building = models.BooleanField(default=False)  # entries are still being made or removed
    built_hash = models.BinaryField(max_length=16, null=True)  # the last item that was looked at
    built_range = models.BinaryField(null=True)

    class Meta:
        app_label = "triggers"
        constraints = [models.UniqueConstraint(fields=["table", "name"], name="one_index_a_name")]
        indexes = [
            models.Index(fields=["id"], name="index_building", condition=models.Q(building=True))
        ]

    def __str__(self) -> str:
        return self.name


class IndexEntry(models.Model):
    """An item's place in an index, with the projected item; without one where all is projected."""

    pk = models.CompositePrimaryKey("index_id", "hash", "range", "item_hash", "item_range")
    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+", db_index=False)
    hash = models.BinaryField(max_length=16)  # digest of the index's partition key
    range = models.BinaryField()  # the index's sort key, encoded as items' are
    item_hash = models.BinaryField(max_length=16)
    item_range = models.BinaryField()
    body = models.BinaryField(null=True)
    size = models.IntegerField(null=True)  # bytes, by DynamoDB's rules

    class Meta:
        app_label = "triggers"

    def __str__(self) -> str:
        return f"{self.index_id}:{bytes(self.item_hash).hex()}"


class ResourcePolicy(models.Model):
    """The resource-based policy of a table or stream; it goes with what it is of."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+", db_index=False)
    arn = models.CharField(max_length=512)
    table = models.OneToOneField(Table, null=True, on_delete=models.CASCADE, related_name="+")
    stream = models.OneToOneField(
        "triggers.Stream", null=True, on_delete=models.CASCADE, related_name="+"
    )
    document = models.TextField()  # JSON in its canonical form
    revision = models.CharField(max_length=20)  # milliseconds; rises

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "arn"], name="one_policy_a_resource")
        ]

    def __str__(self) -> str:
        return self.arn


class RequestToken(models.Model):
    """A ClientRequestToken whose request has been done; known for ten minutes after it."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    token = models.CharField(max_length=36)
    request = models.BinaryField(max_length=32)  # digest of what was asked for
    sizes = models.JSONField(default=dict)  # bytes touched, by table
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "region", "token"], name="one_token_once")
        ]

    def __str__(self) -> str:
        return self.token


class Load(models.Model):
    """Items that are being generated into a table. `taken` numbers have been given to workers."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="loads")
    shape = models.TextField()  # DynamoDB JSON with placeholders
    rate = models.IntegerField()  # items a second
    keys = models.IntegerField(default=0)  # different keys; 0: no end of them
    principal = models.CharField(max_length=256, blank=True)  # who asked for it
    taken = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)  # why it stopped before its end

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(
                fields=["table"], name="one_load_a_table", condition=models.Q(stopped_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.rate} items a second"
