"""Rows of accounts. Every resource hangs on a tenancy; an account points at the one it uses today.

Pointing an account at a new tenancy empties it in one transaction, and back again undoes that.
"""

from __future__ import annotations

from django.db import models


class Tenancy(models.Model):
    """One set of resources of one account."""

    account_number = models.CharField(max_length=12)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_number}/{self.pk}"


class Account(models.Model):
    """An AWS account: twelve digits."""

    number = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=64, blank=True)
    tenancy = models.OneToOneField(Tenancy, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    enforces = models.BooleanField(null=True)  # policies of users; None: as the setting says

    def __str__(self) -> str:
        return self.number


class Secret(models.Model):
    """A random key that all processes of an installation share, by name."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class KeptQuery(models.Model):
    """A query of one page: a bookmark of the account, or a line of a visitor's history."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    page = models.CharField(max_length=300)  # "items:<table>" or "partiql"
    visitor = models.CharField(max_length=32, blank=True)  # empty: a bookmark
    name = models.CharField(max_length=64, blank=True)  # of a bookmark
    text = models.TextField()
    used_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["tenancy", "region", "page", "visitor"], name="kept_on_a_page"),
            models.Index(fields=["used_at"], name="kept_in_histories", condition=models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name or self.text
