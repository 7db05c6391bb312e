"""Forms of versions, aliases, concurrency, asynchronous invocation and policies."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.triggers import ALLOW
from console.pages.forms.widgets import Tiles, tile
from console.pages.refusals import Advice

SHARED, OWN = "shared", "own"
_NUMERIC = {"inputmode": "numeric"}


def _number(*, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(required=required, widget=forms.TextInput(_NUMERIC))


def _arn() -> forms.CharField:
    attributes = {"list": "destinations", "spellcheck": "false", "placeholder": "arn:aws:sqs:…"}
    return forms.CharField(required=False, widget=forms.TextInput(attributes))


class PublishForm(ConsoleForm):
    """Publish the code as it is now."""

    noun = "version"
    advices = (Advice("*", "'description'", "description", "Keep it under 256 characters."),)
    description = forms.CharField(required=False)


class AliasForm(ConsoleForm):
    """Make an alias, or point one elsewhere; `fixed` is the name of one that there is."""

    noun = "alias"
    advices: ClassVar[tuple[Advice, ...]] = (
        Advice("*", "already exists", "name", "Choose another name."),
        Advice(
            "*", "'name'", "name", "Letters, digits, hyphens and underscores, not digits alone."
        ),
        Advice("*", "[Rr]outing|AdditionalVersionWeights|more than 1 version", "other"),
        Advice("*", "Function not found", "version"),
    )
    name = forms.CharField(widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))
    version = forms.ChoiceField()
    description = forms.CharField(required=False)
    other = forms.ChoiceField(required=False)
    weight = _number()

    def __init__(
        self, *args: Any, versions: list[tuple[str, str]], fixed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for field, choices in (("version", versions), ("other", [("", "None"), *versions[1:]])):
            self.offer(field, choices)
        if fixed:
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        """Refuse a share of no version, and a version without a share."""
        cleaned = super().clean() or self.cleaned_data
        other, weight = cleaned.get("other"), cleaned.get("weight")
        if weight and not other and "other" in cleaned:
            self.add_error("other", "Choose the version that gets this share.")
        if other and weight is None and "weight" in cleaned:
            self.add_error("weight", f"Say how many of a hundred calls version {other} gets.")
        return cleaned

    def members(self) -> dict[str, Any]:
        """Give the members that CreateAlias and UpdateAlias share."""
        typed = self.cleaned_data
        weights = {typed["other"]: typed["weight"] / 100} if typed["other"] else {}
        return {
            "FunctionVersion": typed["version"],
            "Description": typed["description"],
            "RoutingConfig": {"AdditionalVersionWeights": weights},
        }


class ConcurrencyForm(ConsoleForm):
    """Reserve concurrency, or share the account's."""

    noun = "concurrency"
    advices = (
        Advice(
            "*",
            "below its minimum",
            "reserved",
            "That much always stays unreserved, for all functions together. Choose less.",
        ),
        Advice("*", ".", "reserved", "Choose 0 or more."),
    )
    needed_sometimes = frozenset({"reserved"})
    kind = forms.ChoiceField(
        choices=[(SHARED, tile("concurrency.shared")), (OWN, tile("concurrency.own"))],
        widget=Tiles,
    )
    reserved = _number()

    def clean(self) -> dict[str, Any]:
        """Ask for a number when concurrency shall be reserved."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == OWN and cleaned.get("reserved") is None:
            self.add_error("reserved", "Say how much to reserve.")
        return cleaned


WANTED = "Choose one from the list, or write its whole ARN."
MAY_NOT = "Let the execution role send there, then save again."


class AsynchronousForm(ConsoleForm):
    """Say how asynchronous invocations are retried and who is told of their end."""

    noun = "asynchronous"
    advices = (
        Advice("*", "maximumRetryAttempts", "retries", "Choose 0, 1 or 2."),
        Advice("*", "maximumEventAgeInSeconds", "age", "Choose 60 to 21,600 seconds."),
        Advice("*", "onSuccess", "on_success", WANTED),
        Advice("*", "onFailure", "on_failure", WANTED),
        Advice("*", "The provided execution role", "dead_letter", MAY_NOT, ALLOW),
        Advice("*", "DeadLetterConfig|dead letter", "dead_letter"),
        Advice("*", "execution role", "on_failure", MAY_NOT, ALLOW),
        Advice("*", "[Dd]estination", "on_failure"),
    )
    retries = _number()
    age = _number()
    on_success = _arn()
    on_failure = _arn()
    dead_letter = _arn()

    def advised(self) -> tuple[Advice, ...]:
        """Put what is said about the ARN of On success beside it."""
        arn = self.cleaned_data["on_success"]
        if not arn or arn == self.cleaned_data["on_failure"]:
            return self.advices
        named = re.escape(arn)
        return (
            Advice("*", f"execution role.*{named}$", "on_success", MAY_NOT, ALLOW),
            Advice("*", named, "on_success"),
            *self.advices,
        )

    def members(self) -> dict[str, Any]:
        """Give the members of PutFunctionEventInvokeConfig; empty fields leave theirs out."""
        typed = self.cleaned_data
        return {
            "MaximumRetryAttempts": typed["retries"],
            "MaximumEventAgeInSeconds": typed["age"],
            "DestinationConfig": {
                "OnSuccess": _destination(typed["on_success"]),
                "OnFailure": _destination(typed["on_failure"]),
            },
        }


class StatementForm(ConsoleForm):
    """Let somebody outside the account invoke a function."""

    noun = "policy"
    advices = (
        Advice("*", "'statementId'", "sid", "Letters, digits, hyphens and underscores."),
        Advice("ResourceConflictException", "", "sid", "Choose another ID, or remove that one."),
        Advice("*", "[Ss]tatement ?[Ii]d", "sid"),
        Advice("*", "[Pp]rincipal", "principal"),
        Advice("*", "'action'", "action"),
        Advice("*", "[Ss]ourceArn", "source_arn"),
    )
    sid = forms.CharField()
    principal = forms.CharField()
    action = forms.CharField(initial="lambda:InvokeFunction")
    source_arn = forms.CharField(required=False)

    def members(self) -> dict[str, Any]:
        """Give the members of AddPermission that the form is about."""
        typed = self.cleaned_data
        return {
            "StatementId": typed["sid"],
            "Principal": typed["principal"],
            "Action": typed["action"],
            "SourceArn": typed["source_arn"] or None,
        }


def _destination(arn: str) -> dict[str, str]:
    return {"Destination": arn} if arn else {}
