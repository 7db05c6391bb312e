"""Rows of functions, their versions and aliases, and their code."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from console.accounts.models import Tenancy


class CodePackage(models.Model):
    """A zip archive, kept once per content; workers unpack it into a cache keyed by its hash."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()
    size = models.BigIntegerField()

    class Meta:
        app_label = "functions"

    def __str__(self) -> str:
        return self.sha256


class Snapshot(models.Model):
    """What of a function is published with a version: its code and all its settings."""

    description = models.CharField(max_length=256, blank=True)
    runtime = models.CharField(max_length=32)
    handler = models.CharField(max_length=128)
    role_arn = models.CharField(max_length=256)
    timeout = models.IntegerField(default=3)  # seconds
    memory_mb = models.IntegerField(default=128)
    ephemeral_mb = models.IntegerField(default=512)
    environment = models.JSONField(null=True)  # variables; None: none were ever given
    layers = models.JSONField(default=list)  # ARNs of layer versions, in the order of merging
    logging = models.JSONField(default=dict)  # LoggingConfig without LogGroup; empty: Text
    dead_letter = models.CharField(max_length=256, blank=True)  # ARN of a queue or topic
    recorded = models.JSONField(default=dict)  # members stored and returned without effect
    code = models.ForeignKey(CodePackage, on_delete=models.PROTECT, related_name="+")
    revision = models.CharField(max_length=36)  # RevisionId
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    settles_at = models.DateTimeField()  # Pending or InProgress until then

    class Meta:
        abstract = True


class Function(Snapshot):
    """A function and its $LATEST version."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    tags = models.JSONField(default=dict)
    reserved = models.IntegerField(null=True)  # concurrent executions kept for it
    number = 0  # of its version, $LATEST

    class Meta:
        app_label = "functions"
        indexes = [
            models.Index(
                fields=["tenancy", "region"],
                name="function_with_reserve",
                condition=models.Q(reserved__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenancy", "region", "name"], name="one_function_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> str:
        """Name the version that the row itself is."""
        return "$LATEST"

    @property
    def changed_at(self) -> datetime:
        """When its last change began."""
        return self.modified_at


class Version(Snapshot):
    """A published version; nothing of it ever changes but the RevisionId."""

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    fingerprint = models.CharField(max_length=64)  # of $LATEST when it was published

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["function", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.function_id}:{self.number}"

    @property
    def name(self) -> str:
        """Name the function."""
        return self.function.name

    @property
    def version(self) -> str:
        """Spell the number as callers see it."""
        return str(self.number)

    @property
    def changed_at(self) -> datetime:
        """When its last change began: it is never changed, only made."""
        return self.created_at


class SpentNumber(models.Model):
    """The last version number of a name; it outlives the function, for numbers are used once."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    number = models.IntegerField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["tenancy", "region", "name"], name="one_spent_number_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}:{self.number}"


class Alias(models.Model):
    """A name for a version, or for two between which calls are drawn by weight."""

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=128)
    description = models.CharField(max_length=256, blank=True)
    version = models.CharField(max_length=16)  # "$LATEST" or a number
    weights = models.JSONField(default=dict)  # of the other version: number to 0..1
    revision = models.CharField(max_length=36)

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["function", "name"], name="one_alias_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.function_id}:{self.name}"


class EventInvokeConfig(models.Model):
    """What becomes of asynchronous invocations of a function, a version or an alias."""

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="event_configs")
    qualifier = models.CharField(max_length=128)  # "$LATEST", a number or an alias
    max_retries = models.IntegerField(null=True)
    max_age = models.IntegerField(null=True)  # seconds
    on_success = models.CharField(max_length=350, blank=True)  # ARNs
    on_failure = models.CharField(max_length=350, blank=True)
    modified_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["function", "qualifier"], name="one_event_config_a_qualifier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.function_id}:{self.qualifier}"


class Provision(models.Model):
    """Environments of a version that shall be ready; an alias leads to the version it points to."""

    class State(models.TextChoices):
        IN_PROGRESS = "IN_PROGRESS"
        READY = "READY"
        FAILED = "FAILED"

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="provisions")
    qualifier = models.CharField(max_length=128)  # a number or an alias
    version = models.CharField(max_length=16)  # that is run
    wanted = models.IntegerField()
    ready = models.IntegerField(default=0)
    state = models.CharField(max_length=16, choices=State.choices, default=State.IN_PROGRESS)
    reason = models.CharField(max_length=64, blank=True)  # of a failure
    modified_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["function", "qualifier"], name="one_provision_a_qualifier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.function_id}:{self.qualifier}"


class FunctionUrl(models.Model):
    """An address under which a function or an alias answers HTTP."""

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="urls")
    qualifier = models.CharField(max_length=128, blank=True)  # an alias; empty: the function
    key = models.CharField(max_length=32, unique=True)  # in the address
    auth = models.CharField(max_length=16)  # NONE or AWS_IAM
    cors = models.JSONField(null=True)  # as the API spells it
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["function", "qualifier"], name="one_url_a_qualifier")
        ]

    def __str__(self) -> str:
        return self.key


class Permission(models.Model):
    """A statement of the resource policy of a function, a version or an alias."""

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="permissions")
    qualifier = models.CharField(max_length=128)  # "$LATEST", a number or an alias
    sid = models.CharField(max_length=100)
    statement = models.JSONField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["function", "qualifier", "sid"], name="one_permission_a_statement_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.function_id}:{self.qualifier}:{self.sid}"


class Layer(models.Model):
    """A name of layer versions, and the last number that was given."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=140)
    number = models.IntegerField(default=0)

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["tenancy", "region", "name"], name="one_layer_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class LayerVersion(models.Model):
    """Files for functions to share. A deleted one stays for the functions that have it."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    description = models.CharField(max_length=256, blank=True)
    license = models.CharField(max_length=512, blank=True)
    runtimes = models.JSONField(null=True)  # none: not said when it was published
    architectures = models.JSONField(null=True)
    code = models.ForeignKey(CodePackage, on_delete=models.PROTECT, related_name="+")
    policy = models.JSONField(default=dict)  # statements by their id
    revision = models.CharField(max_length=36)  # of the policy
    created_at = models.DateTimeField()
    deleted = models.BooleanField(default=False)

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(fields=["layer", "number"], name="one_layer_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.layer_id}:{self.number}"


class TestEvent(models.Model):
    """An event that a person saved to test a function with."""

    __test__ = False

    function = models.ForeignKey(Function, on_delete=models.CASCADE, related_name="test_events")
    owner = models.CharField(max_length=64, blank=True, default="")  # of a private one
    name = models.CharField(max_length=64)
    body = models.TextField()

    class Meta:
        app_label = "functions"
        constraints = [
            models.UniqueConstraint(
                fields=["function", "owner", "name"], name="one_test_event_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
