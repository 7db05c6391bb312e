"""Rows of event source mappings and of triggers that are staged in the designer."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class EventSourceMapping(models.Model):
    """Sends the records of one stream to one function.

    Its State is a function of `transition`, `settles_at`, the time and whether a lane still runs
    (see `states`).
    """

    uuid = models.UUIDField(primary_key=True)
    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    function_name = models.CharField(max_length=64)
    qualifier = models.CharField(max_length=128, blank=True)  # as the caller wrote it
    stream_arn = models.CharField(max_length=512)
    stream = models.ForeignKey(
        "triggers.Stream", null=True, on_delete=models.SET_NULL, related_name="mappings"
    )
    batch_size = models.IntegerField(default=100)
    window_seconds = models.IntegerField(default=0)
    max_retries = models.IntegerField(default=-1)
    max_age_seconds = models.IntegerField(default=-1)
    bisect = models.BooleanField(default=False)
    reports_failures = models.BooleanField(default=False)
    tumbling_seconds = models.IntegerField(default=0)
    parallelization = models.IntegerField(default=1)
    filters = models.JSONField(default=list)  # patterns, as they were sent
    destination = models.CharField(max_length=350, blank=True)  # OnFailure, an ARN
    kms_key = models.CharField(max_length=256, blank=True)
    metrics = models.JSONField(default=list)
    starting_position = models.CharField(max_length=16)
    enabled = models.BooleanField(default=True)  # what the user wants
    transition = models.CharField(
        max_length=16
    )  # Creating, Enabling, Disabling, Updating, Deleting
    settles_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    last_result = models.TextField(default="No records processed")
    tags = models.JSONField(default=dict)

    class Meta:
        app_label = "triggers"
        constraints = [
            models.UniqueConstraint(
                fields=["tenancy", "region", "function_name", "qualifier", "stream_arn"],
                name="one_mapping_a_pair",
                condition=~models.Q(transition="Deleting"),
            )
        ]
        indexes = [
            models.Index(fields=["tenancy", "region", "function_name"], name="mapping_of_function"),
            models.Index(
                fields=["settles_at"],
                name="mapping_leaving",
                condition=models.Q(transition="Deleting"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class TriggerDraft(models.Model):
    """A trigger that was added in the designer and not saved yet."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    function_name = models.CharField(max_length=64)
    settings = models.JSONField()  # the members of CreateEventSourceMapping
    error_code = models.CharField(max_length=64, blank=True)  # why the last Save failed
    error_message = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "triggers"
        indexes = [models.Index(fields=["tenancy", "region", "function_name"], name="draft_of")]

    def __str__(self) -> str:
        return f"draft {self.pk} for {self.function_name}"
