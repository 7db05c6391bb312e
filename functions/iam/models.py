"""Rows of roles, users and policies. IAM has no regions: they belong to the account."""

from __future__ import annotations

from django.db import models

from console.accounts.models import Tenancy


class Role(models.Model):
    """A role and its trust policy."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    path = models.CharField(max_length=512, default="/")
    role_id = models.CharField(max_length=32)  # AROA…
    description = models.CharField(max_length=1000, blank=True)
    trust = models.TextField()  # the document as it was sent
    max_session = models.IntegerField(default=3600)  # seconds
    tags = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [models.UniqueConstraint(fields=["tenancy", "name"], name="one_role_a_name")]

    def __str__(self) -> str:
        return self.name


class RolePolicy(models.Model):
    """An inline policy of a role."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="policies")
    name = models.CharField(max_length=128)
    document = models.TextField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["role", "name"], name="one_inline_policy_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class AttachedPolicy(models.Model):
    """A managed policy attached to a role, by ARN."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="attached")
    policy_arn = models.CharField(max_length=1024)

    class Meta:
        app_label = "functions"
        constraints = [models.UniqueConstraint(fields=["role", "policy_arn"], name="attached_once")]

    def __str__(self) -> str:
        return self.policy_arn


class User(models.Model):
    """A user: somebody with access keys and policies of their own."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    path = models.CharField(max_length=512, default="/")
    user_id = models.CharField(max_length=32)  # AIDA…
    tags = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [models.UniqueConstraint(fields=["tenancy", "name"], name="one_user_a_name")]

    def __str__(self) -> str:
        return self.name


class UserPolicy(models.Model):
    """An inline policy of a user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="policies")
    name = models.CharField(max_length=128)
    document = models.TextField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_inline_policy_of_user")
        ]

    def __str__(self) -> str:
        return self.name


class UserAttachment(models.Model):
    """A managed policy attached to a user, by ARN."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="attached")
    policy_arn = models.CharField(max_length=1024)

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["user", "policy_arn"], name="attached_once_to_user")
        ]

    def __str__(self) -> str:
        return self.policy_arn


class AccessKey(models.Model):
    """A user's long-term credentials. The secret is derived from the id and stored nowhere."""

    id = models.CharField(max_length=20, primary_key=True)  # AKIA…
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # within a quarter of an hour
    used_service = models.CharField(max_length=32, blank=True)
    used_region = models.CharField(max_length=32, blank=True)

    class Meta:
        app_label = "functions"

    def __str__(self) -> str:
        return self.id


class CustomerPolicy(models.Model):
    """A customer managed policy; its documents are its versions."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=128)
    path = models.CharField(max_length=512, default="/")
    policy_id = models.CharField(max_length=32)  # ANPA…
    description = models.CharField(max_length=1000, blank=True)
    tags = models.JSONField(default=dict)
    default_version = models.IntegerField(default=1)
    last_version = models.IntegerField(default=1)  # numbers are never used again
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "name"], name="one_customer_policy_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """One document of a customer managed policy."""

    policy = models.ForeignKey(CustomerPolicy, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()  # 1 is "v1"
    document = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_document_a_version")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
