"""Forms of what a function serves with: environments kept ready, and addresses."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.widgets import Tiles, tile
from console.pages.refusals import Advice

NO_AUTH, BY_IAM = "NONE", "AWS_IAM"


def _text(**attrs: str) -> forms.CharField:
    shown = {"autocomplete": "off", "spellcheck": "false", **attrs}
    return forms.CharField(required=False, widget=forms.TextInput(shown))


class ProvisionForm(ConsoleForm):
    """Environments of a version or an alias that are kept ready."""

    noun = "provision"
    advices = (
        Advice("*", "(?i)provisionedConcurrentExecutions|concurren", "many"),
        Advice("*", "", "qualifier"),
    )
    qualifier = forms.ChoiceField()
    many = forms.IntegerField(widget=forms.TextInput({"inputmode": "numeric"}))

    def __init__(self, *args: Any, qualifiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("qualifier", qualifiers)


class AddressForm(ConsoleForm):
    """A function URL: whose, who may use it, and from pages of which sites."""

    noun = "address"
    advices = (
        Advice("*", "(?i)origin", "origins"),
        Advice("*", "(?i)method", "methods"),
        Advice("*", "(?i)header", "headers"),
        Advice("*", "(?i)maxage", "age"),
        Advice("*", "", "qualifier"),
    )
    qualifier = forms.ChoiceField(required=False)
    auth = forms.ChoiceField(
        choices=[(BY_IAM, tile("address.iam")), (NO_AUTH, tile("address.none"))],
        initial=BY_IAM,
        widget=Tiles,
    )
    origins = _text(placeholder="https://example.com")
    methods = _text(placeholder="GET, POST")
    headers = _text(placeholder="content-type")
    age = forms.IntegerField(required=False, widget=forms.TextInput({"inputmode": "numeric"}))
    credentials = forms.BooleanField(required=False)

    def __init__(self, *args: Any, qualifiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("qualifier", qualifiers)

    def members(self) -> dict[str, Any]:
        """Give the members of CreateFunctionUrlConfig and its update, but for the function."""
        typed = self.cleaned_data
        lists = {
            "AllowOrigins": typed["origins"],
            "AllowMethods": typed["methods"],
            "AllowHeaders": typed["headers"],
        }
        cors: dict[str, Any] = {
            member: [one.strip() for one in text.split(",") if one.strip()]
            for member, text in lists.items()
            if text.strip()
        }
        if typed["age"] is not None:
            cors["MaxAge"] = typed["age"]
        if typed["credentials"]:
            cors["AllowCredentials"] = True
        return {
            "AuthType": typed["auth"],
            "Cors": cors or None,
            "Qualifier": typed["qualifier"] or None,
        }
