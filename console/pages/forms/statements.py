"""The form of a PartiQL statement."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages import jsontext
from console.pages.forms.form import ConsoleForm
from console.pages.items.searches import SIZE, SIZES
from console.pages.refusals import Advice


class StatementForm(ConsoleForm):
    """A statement, the values of its question marks, and how it is read."""

    noun = "partiql"
    advices = (
        Advice("*", "(?i)parameter|placeholder", "parameters"),
        Advice("*", "", "statement"),
    )
    statement = forms.CharField(
        strip=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "data-editor": "plain"}),
    )
    parameters = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
    )
    size = forms.ChoiceField(
        required=False, initial=SIZE, choices=[(str(one), str(one)) for one in SIZES]
    )
    consistent = forms.BooleanField(required=False)

    def clean_parameters(self) -> list[Any] | None:
        """Read a JSON list of typed values."""
        text: str = self.cleaned_data["parameters"]
        if not text.strip():
            return None
        try:
            found = jsontext.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise forms.ValidationError('Write a list: [{"S": "A-17"}, {"N": "2"}]')
        return found or None

    def members(self, token: str) -> dict[str, Any]:
        """Give the members of ExecuteStatement; `token` leads to the next page."""
        asked = self.cleaned_data
        return {
            "Statement": asked["statement"],
            "Parameters": asked["parameters"],
            "Limit": int(asked["size"] or SIZE),
            "ConsistentRead": asked["consistent"] or None,
            "NextToken": token or None,
            "ReturnConsumedCapacity": "TOTAL",
        }
