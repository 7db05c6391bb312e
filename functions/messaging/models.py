"""Rows of queues, topics and buckets. Moments are epoch milliseconds, as SQS shows them."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class Queue(models.Model):
    """An SQS queue with its settings."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    fifo = models.BooleanField(default=False)
    content_deduplication = models.BooleanField(default=False)
    visibility_seconds = models.IntegerField()
    retention_seconds = models.IntegerField()
    delay_seconds = models.IntegerField()
    wait_seconds = models.IntegerField()
    max_bytes = models.IntegerField()
    dead_letter_arn = models.CharField(max_length=256, blank=True)
    max_receives = models.IntegerField(null=True)
    redrive_allow = models.TextField(blank=True)  # RedriveAllowPolicy, JSON
    policy = models.TextField(blank=True)  # who may send, JSON as it was set
    tags = models.JSONField(default=dict)
    last_sequence = models.BigIntegerField(default=0)  # of FIFO messages
    purged_ms = models.BigIntegerField(null=True)
    created_ms = models.BigIntegerField()
    modified_ms = models.BigIntegerField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "region", "name"], name="one_queue_a_name")
        ]
        indexes = [
            models.Index(
                fields=["tenancy", "region", "dead_letter_arn"],
                name="queue_dead_letters",
                condition=~models.Q(dead_letter_arn=""),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """A message in a queue. `receives` also fences: a receipt is good until the next receive."""

    queue = models.ForeignKey(  # found by the indexes that begin with it
        Queue, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    message_id = models.CharField(max_length=36)
    body = models.TextField()
    attributes = models.JSONField(default=dict)  # name -> DataType and one of the values, wire form
    system = models.JSONField(default=dict)  # AWSTraceHeader, DeadLetterQueueSourceArn
    sender = models.CharField(max_length=256)
    sent_ms = models.BigIntegerField()
    visible_ms = models.BigIntegerField()  # not given out before
    receives = models.IntegerField(default=0)
    first_received_ms = models.BigIntegerField(null=True)
    group_id = models.CharField(max_length=128, blank=True)
    deduplication_id = models.CharField(max_length=128, blank=True)
    sequence = models.BigIntegerField(default=0)  # place in a FIFO queue

    class Meta:
        app_label = "functions"
        indexes = [
            models.Index(fields=["queue", "visible_ms", "sequence", "id"], name="message_visible"),
            models.Index(fields=["queue", "sent_ms"], name="message_age"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Deduplication(models.Model):
    """A deduplication id that a FIFO queue has seen; outlives the message."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+")
    deduplication_id = models.CharField(max_length=128)
    message_id = models.CharField(max_length=36)
    sequence = models.BigIntegerField()
    until_ms = models.BigIntegerField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "deduplication_id"], name="one_deduplication_an_id"
            )
        ]

    def __str__(self) -> str:
        return self.deduplication_id


class MessageMove(models.Model):
    """A task that moves the messages of a dead-letter queue up to `last`, `rate` a second."""

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        COMPLETED = "COMPLETED"
        CANCELLED = "CANCELLED"
        FAILED = "FAILED"

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="moves")
    task_id = models.CharField(max_length=36)
    destination_arn = models.CharField(max_length=256, blank=True)  # empty: where each came from
    rate = models.IntegerField(null=True)  # messages a second
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    failure = models.CharField(max_length=64, blank=True)
    last = models.BigIntegerField()  # the newest message that was there at the start
    to_move = models.IntegerField()
    moved = models.IntegerField(default=0)
    started_ms = models.BigIntegerField()
    stepped_ms = models.BigIntegerField()  # the last step

    class Meta:
        app_label = "functions"
        indexes = [
            models.Index(fields=["id"], name="move_running", condition=models.Q(state="RUNNING"))
        ]

    def __str__(self) -> str:
        return self.task_id


class Topic(models.Model):
    """A standard SNS topic."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=256)
    display_name = models.CharField(max_length=100, blank=True)
    tags = models.JSONField(default=dict)

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "region", "name"], name="one_topic_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """Who gets what is published to a topic."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="subscriptions")
    uuid = models.CharField(max_length=36, unique=True)  # the last part of its ARN
    protocol = models.CharField(max_length=16)
    endpoint = models.CharField(max_length=512)  # an ARN
    raw = models.BooleanField(default=False)
    filter_policy = models.TextField(blank=True)  # the document as it was sent

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "protocol", "endpoint"], name="subscribed_once"
            )
        ]

    def __str__(self) -> str:
        return self.uuid


class Bucket(models.Model):
    """An S3-shaped bucket. Its name belongs to an account and region, not to the world."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=63)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "region", "name"], name="one_bucket_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class StoredObject(models.Model):
    """One object of a bucket, the body included."""

    bucket = models.ForeignKey(Bucket, on_delete=models.CASCADE, related_name="objects_in")
    key = models.CharField(max_length=1024)
    body = models.BinaryField()
    size = models.BigIntegerField()
    etag = models.CharField(max_length=34)  # the MD5, without quotation marks
    headers = models.JSONField(
        default=dict
    )  # ContentType and other members given back as they came
    metadata = models.JSONField(default=dict)  # x-amz-meta-*
    checksum = models.JSONField(default=dict)  # member -> base64, at most one
    modified_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [models.UniqueConstraint(fields=["bucket", "key"], name="one_object_a_key")]

    def __str__(self) -> str:
        return self.key
