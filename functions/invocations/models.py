"""Rows of invocations: what was asked, what came out. Payloads travel here, never in messages."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class Invocation(models.Model):
    """One attempt to run a function.

    API and asynchronous invocations wait here as "queued" until a worker claims them
    (`owner`, `token`); a lane's attempts are written "running" by the lane that holds them.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        LOST = "lost"  # its worker died; whoever owns the work starts another

    class Source(models.TextChoices):
        API = "api"  # RequestResponse
        EVENT = "event"  # asynchronous
        LANE = "lane"  # an event source mapping

    id = models.UUIDField(primary_key=True)
    request_id = models.CharField(max_length=36)  # what the handler sees; kept over retries
    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    function_name = models.CharField(max_length=64)
    qualifier = models.CharField(max_length=128, blank=True)
    version = models.CharField(max_length=16, blank=True)  # that ran: "$LATEST" or a number
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    owner = models.CharField(max_length=64, blank=True)  # worker
    expires_at = models.DateTimeField(null=True)  # of the owner's claim; real time
    due_at = models.DateTimeField(null=True)  # queued ones: not before
    attempt = models.IntegerField(default=1)
    refusals = models.IntegerField(default=0)  # for want of concurrency, since the last attempt
    payload = models.BinaryField(null=True)  # none for lanes: the records are in the stream
    client_context = models.TextField(blank=True)
    trace = models.CharField(max_length=80, blank=True, default="")  # that the caller is part of
    lane_id = models.BigIntegerField(null=True)
    first_seq = models.BigIntegerField(null=True)  # lanes: the range handed over
    last_seq = models.BigIntegerField(null=True)
    records = models.IntegerField(null=True)
    reported_seq = models.BigIntegerField(null=True)  # lanes: the first it reported as failed
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)  # events: when the first attempt was queued
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    function_error = models.CharField(max_length=16, blank=True)  # "Unhandled" or nothing
    error_type = models.CharField(max_length=256, blank=True)
    error_message = models.TextField(blank=True)
    result = models.BinaryField(null=True)
    log_tail = models.TextField(blank=True)  # the last 4 KB
    log_stream = models.CharField(max_length=128, blank=True)
    duration_ms = models.FloatField(null=True)
    billed_ms = models.IntegerField(null=True)
    init_ms = models.FloatField(null=True)
    memory_used_mb = models.IntegerField(null=True)

    class Meta:
        app_label = "functions"
        indexes = [
            models.Index(
                fields=["due_at"], name="invocation_queued", condition=models.Q(state="queued")
            ),
            models.Index(
                fields=["tenancy", "region", "function_name", "created_at"], name="invocation_of"
            ),
            models.Index(fields=["lane_id", "created_at"], name="invocation_of_lane"),
            models.Index(fields=["created_at"], name="invocation_age"),
            models.Index(  # those that count against limits: found without those that have ended;
                # the last, which SQLite takes of two that would do
                fields=["tenancy", "region", "expires_at", "function_name"],
                name="invocation_running",
                condition=models.Q(state="running"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
