"""The Configure triggers form, in both its lives: adding a trigger and editing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from console.aws.errors import AwsError
from console.pages.forms.form import ConsoleForm
from console.pages.forms.widgets import Switch, Tiles, tile
from console.pages.refusals import Advice, Refusal
from console.pages.triggers.qualifiers import plain
from triggers.mappings.filters import compile_filters
from triggers.mappings.patterns.limits import FILTERS
from triggers.mappings.settings import Settings

ATTACH = "components/actions/attach_policy.html"
ALLOW = "components/actions/allow_destination.html"
ADVICES = (
    Advice(
        "InvalidParameterValueException",
        "^Cannot access stream",
        "table",
        "The function's execution role may not read this stream.",
        ATTACH,
    ),
    Advice(
        "InvalidParameterValueException",
        "role does not have permissions to call",
        "destination",
        "The function's execution role may not write to this destination.",
        ALLOW,
    ),
    Advice("InvalidParameterValueException", "DestinationConfig|FIFO", "destination"),
    Advice(
        "ResourceConflictException",
        "mapping already exists",
        "table",
        "This function already has a trigger for this stream.",
    ),
    Advice(
        "InvalidParameterValueException",
        "^Stream not found",
        "table",
        "The stream was turned off. Turn it on again beside the table.",
    ),
    Advice("*", "'batchSize'|BatchSize|batch size", "batch_size", "Choose 1 to 10,000 records."),
    Advice("*", "(?i)'maximumBatchingWindowInSeconds'", "window", "Choose 0 to 300 seconds."),
    Advice("*", "(?i)'maximumRetryAttempts'", "retries", "Choose -1, or 0 to 10,000."),
    Advice("*", "(?i)maximumRecordAgeInSeconds", "max_age"),
    Advice("*", "(?i)'parallelizationFactor'", "parallelization", "Choose 1 to 10."),
    Advice("*", "(?i)tumbling ?window", "tumbling"),
    Advice("*", "(?i)kmsKeyArn", "kms_key", "A key's ARN begins with arn:aws:kms:"),
    Advice(
        "ResourceInUseException",
        "",
        "",
        "The last change of this trigger is still under way. Try again in a moment.",
    ),
    Advice("*", "'startingPosition'", "starting_position"),
    Advice("*", "'eventSourceArn'|Unrecognized event source", "table"),
)
PATTERNS = tuple(f"filter_{place}" for place in range(1, FILTERS + 1))
ADDITIONAL = [
    "destination",
    "retries",
    "max_age",
    "bisect",
    "reports",
    "parallelization",
    "tumbling",
    "kms_key",
    "metrics",
]
_NUMBERS = {
    "batch_size": "batch_size",
    "window": "window_seconds",
    "retries": "max_retries",
    "max_age": "max_age_seconds",
    "parallelization": "parallelization",
    "tumbling": "tumbling_seconds",
}
"""Fields that hold numbers, and what `Settings` calls them."""


def _number(initial: int, *, required: bool = False) -> forms.IntegerField:
    field = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(initial=initial, required=required, widget=field)


def _text(hint: str, **attrs: str) -> forms.CharField:
    shown = {"autocomplete": "off", "spellcheck": "false", "placeholder": hint, **attrs}
    return forms.CharField(required=False, widget=forms.TextInput(shown))


def _switch() -> forms.BooleanField:
    return forms.BooleanField(required=False, widget=Switch)


class SettingsForm(ConsoleForm):
    """What can be changed while a trigger lives."""

    noun = "trigger"
    advices = ADVICES
    batch_size = _number(100, required=True)
    window = _number(0)
    destination = _text("arn:aws:sqs:…", list="destinations")
    retries = _number(-1)
    max_age = _number(-1)
    bisect = _switch()
    reports = _switch()
    parallelization = _number(1)
    tumbling = _number(0)
    filter_1, filter_2, filter_3, filter_4, filter_5 = (
        _text('{"eventName": ["INSERT"]}') for _ in PATTERNS
    )
    kms_key = _text("arn:aws:kms:…")
    metrics = _switch()

    @property
    def patterns(self) -> list[BoundField]:
        """The fields of the filter patterns."""
        return [self[name] for name in PATTERNS]

    @property
    def changed_settings(self) -> int:
        """Count the additional settings that are not as a new trigger's."""
        typed, fresh = self.settings(), Settings()
        fields = set(Settings.__slots__) - {"batch_size", "window_seconds", "enabled"}
        return sum(getattr(typed, name) != getattr(fresh, name) for name in fields)

    @property
    def opens(self) -> bool:
        """Say whether the additional settings are to be seen at once."""
        return bool(self.changed_settings or set(self.errors) & {*ADDITIONAL, *PATTERNS})

    def clean(self) -> None:
        """Put the refusal of a pattern beside that pattern."""
        for name in PATTERNS:
            try:
                compile_filters([text] if (text := self.cleaned_data.get(name)) else [])
            except AwsError as error:
                plain = "The pattern is JSON: lists of values at the ends of a record's paths."
                self.refusals.append(Refusal(error.code, error.message, name, plain))
                self.add_error(name, error.message)

    def settings(self) -> Settings:
        """Give the settings as they are typed; what cannot be read is as in a new trigger."""
        typed: dict[str, Any] = {}
        for name, field in self.fields.items():
            try:
                typed[name] = field.clean(self[name].value())
            except forms.ValidationError:
                typed[name] = field.initial
        return _settings(typed)

    def members(self) -> dict[str, Any]:
        """Give the members that CreateEventSourceMapping and its update call the settings."""
        return members(_settings(self.cleaned_data))


class TriggerForm(SettingsForm):
    """A new trigger; `streams` says which tables have a live stream, by table name."""

    qualifier = forms.CharField(required=False, widget=forms.HiddenInput)  # empty for $LATEST
    table = forms.CharField(required=False)  # drawn as radio buttons from the view's list of tables
    enabled = forms.BooleanField(required=False, initial=True, widget=Switch)
    starting_position = forms.ChoiceField(
        choices=[
            ("LATEST", tile("trigger.latest")),
            ("TRIM_HORIZON", tile("trigger.trim_horizon")),
        ],
        initial="LATEST",
        widget=Tiles,
    )

    def __init__(self, *args: Any, streams: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.streams = streams

    @property
    def whose(self) -> str:
        """The qualifier that the trigger is for; empty for $LATEST."""
        return plain(self["qualifier"].value() or "")

    def clean_table(self) -> str:
        """Refuse a table without a stream: there would be nothing to read."""
        name: str = self.cleaned_data["table"]
        if not name:
            raise forms.ValidationError("Choose a table.")
        if name not in self.streams:
            raise forms.ValidationError(
                f"The stream of {name} is off. Turn it on beside the table, then choose Add."
            )
        return name

    def members(self) -> dict[str, Any]:
        """Give the members of CreateEventSourceMapping, but for the function and for defaults."""
        fresh = members(Settings())
        named = {
            name: value
            for name, value in SettingsForm.members(self).items()
            if name == "BatchSize" or value != fresh[name]
        }
        return {
            **named,
            "Enabled": self.cleaned_data["enabled"],
            "EventSourceArn": self.streams[self.cleaned_data["table"]],
            "StartingPosition": self.cleaned_data["starting_position"],
        }


def members(chosen: Settings) -> dict[str, Any]:
    """Spell settings as AWS's members; Enabled is not among them."""
    failure = {"OnFailure": {"Destination": chosen.destination}}
    return {
        "BatchSize": chosen.batch_size,
        "MaximumBatchingWindowInSeconds": chosen.window_seconds,
        "DestinationConfig": failure if chosen.destination else {},
        "MaximumRetryAttempts": chosen.max_retries,
        "MaximumRecordAgeInSeconds": chosen.max_age_seconds,
        "BisectBatchOnFunctionError": chosen.bisect,
        "ParallelizationFactor": chosen.parallelization,
        "TumblingWindowInSeconds": chosen.tumbling_seconds,
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if chosen.reports_failures else [],
        "FilterCriteria": (
            {"Filters": [{"Pattern": one} for one in chosen.filters]} if chosen.filters else {}
        ),
        "KMSKeyArn": chosen.kms_key,
        "MetricsConfig": {"Metrics": list(chosen.metrics)} if chosen.metrics else {},
    }


def initial(chosen: Settings) -> dict[str, Any]:
    """Spell settings as what the form begins with."""
    patterns = dict(zip(PATTERNS, chosen.filters, strict=False))
    numbers = {name: getattr(chosen, setting) for name, setting in _NUMBERS.items()}
    return {
        **numbers,
        **patterns,
        "destination": chosen.destination,
        "bisect": chosen.bisect,
        "reports": chosen.reports_failures,
        "kms_key": chosen.kms_key,
        "metrics": bool(chosen.metrics),
        "enabled": chosen.enabled,
    }


def _settings(typed: dict[str, Any]) -> Settings:
    fresh = Settings()
    numbers = {
        setting: getattr(fresh, setting) if (number := typed.get(name)) is None else number
        for name, setting in _NUMBERS.items()
    }
    return Settings(
        **numbers,
        bisect=bool(typed.get("bisect")),
        reports_failures=bool(typed.get("reports")),
        filters=tuple(text for name in PATTERNS if (text := typed.get(name))),
        destination=typed.get("destination") or "",
        kms_key=typed.get("kms_key") or "",
        metrics=("EventCount",) if typed.get("metrics") else (),
        enabled=bool(typed.get("enabled", True)),
    )
