"""Rows of CloudWatch metrics."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class Metric(models.Model):
    """A series: one name with one set of dimensions and one unit.

    Its id is a digest of all that names it (`series`), so that values are written without looking
    it up. `kept_from` is no later than its oldest minute, `seen` no more than some minutes behind
    its newest (`writing.REFRESH_MINUTES`).
    """

    id = models.BigIntegerField(primary_key=True)
    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+", db_index=False)
    region = models.CharField(max_length=32)
    namespace = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    dimensions = models.TextField()  # [["Name","Value"],…], sorted
    unit = models.CharField(max_length=32)
    kept_from = models.IntegerField()  # minutes since the epoch, as `seen`
    seen = models.IntegerField()

    class Meta:
        app_label = "functions"
        indexes = [
            models.Index(fields=["tenancy", "region", "namespace", "name"], name="metric_name"),
            models.Index(fields=["kept_from"], name="metric_age"),
        ]

    def __str__(self) -> str:
        return f"{self.namespace} {self.name}"


class MetricMinute(models.Model):
    """What a series took in one minute, values of about one size (`buckets`) together.

    `stripe` keeps writers that come at once off each other's rows; readers add the rows up. There
    is no foreign key: a value may be written while its series is being trimmed.
    """

    pk = models.CompositePrimaryKey("series", "minute", "bucket", "stripe")
    series = models.BigIntegerField()
    minute = models.IntegerField()
    bucket = models.SmallIntegerField()
    stripe = models.SmallIntegerField()
    samples = models.FloatField()
    total = models.FloatField()
    least = models.FloatField()
    most = models.FloatField()

    class Meta:
        app_label = "functions"

    def __str__(self) -> str:
        return f"{self.series} at {self.minute}"
