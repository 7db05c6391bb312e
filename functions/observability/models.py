"""Rows of CloudWatch Logs."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class LogGroup(models.Model):
    """A group of log streams with one retention."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=512)
    retention_days = models.IntegerField(null=True)
    tags = models.JSONField(default=dict, db_default={})  # rows are also made by hand
    created_at = models.DateTimeField()
    metric_filters = models.IntegerField(default=0, db_default=0)  # how many it has

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["tenancy", "region", "name"], name="one_log_group_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MetricFilter(models.Model):
    """A pattern, and the value that every message it means counts for."""

    group = models.ForeignKey(LogGroup, on_delete=models.CASCADE, related_name="filters")
    name = models.CharField(max_length=512)
    pattern = models.CharField(max_length=1024, blank=True)
    transformation = models.JSONField()  # as the API spells it
    created_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="one_metric_filter_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class LogStream(models.Model):
    """One sequence of events; times are epoch milliseconds as CloudWatch has them."""

    group = models.ForeignKey(LogGroup, on_delete=models.CASCADE, related_name="streams")
    name = models.CharField(max_length=512)
    created_at = models.DateTimeField()
    first_ms = models.BigIntegerField(null=True)
    last_ms = models.BigIntegerField(null=True)
    ingested_ms = models.BigIntegerField(null=True)
    bytes = models.BigIntegerField(default=0, db_default=0)  # as PutLogEvents counts them

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="one_log_stream_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class LogEvent(models.Model):
    """One message; ids rise in the order of writing."""

    stream = models.ForeignKey(  # found by the index that begins with it
        LogStream, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    at_ms = models.BigIntegerField()
    ingested_ms = models.BigIntegerField()
    message = models.TextField()

    class Meta:
        app_label = "functions"
        indexes = [models.Index(fields=["stream", "at_ms", "id"], name="log_event_order")]

    def __str__(self) -> str:
        return self.message[:80]
