"""Forms of policies: a document with its line of blame, a name, a simulation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django import forms

from console.aws.errors import AwsError
from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice
from functions.iam import review

BLANK = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
      "Resource": "*"
    }
  ]
}"""
_JSON = {"rows": 18, "spellcheck": "false", "data-editor": "json", "class": "mono"}


class DocumentForm(ConsoleForm):
    """A policy document; after a refusal its field knows the line."""

    noun = "managed"
    advices = (
        Advice("MalformedPolicyDocument", "", "document"),
        Advice("LimitExceeded", "", "document"),
        Advice("EntityAlreadyExists", "", "name"),
        Advice("*", "'policyName'", "name"),
    )
    document = forms.CharField(widget=forms.Textarea(_JSON), strip=False)

    def __init__(self, *args: Any, check: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._check = check
        self.where = ""

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Begin with the document over several lines; one that has them stays as it is."""
        found = super().get_initial_for_field(field, field_name)
        if field_name != "document" or not found or "\n" in found:
            return found
        return json.dumps(json.loads(found), indent=2, ensure_ascii=False)

    def clean_document(self) -> str:
        """Take the document as it was typed: browsers send other ends of lines."""
        return str(self.cleaned_data["document"]).replace("\r\n", "\n")

    def refuse(self, error: AwsError) -> None:
        """Put the refusal beside its field and mark the line that it is about."""
        text = self.cleaned_data.get("document", "")  # a refused field is no longer there
        super().refuse(error)
        if error.code != "MalformedPolicyDocument":
            return
        line, self.where = review.line_of(text, self._check)
        if line:
            self.fields["document"].widget.attrs |= {
                "data-error-line": str(line),
                "data-error-text": error.message,
            }


class NamedDocumentForm(DocumentForm):
    """A new policy."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    field_order = ("name", "document")


class SimulationForm(ConsoleForm):
    """What to try, and on which resource."""

    noun = "simulate"
    actions = forms.CharField(
        max_length=2000,
        widget=forms.TextInput(
            {"autocomplete": "off", "class": "mono", "placeholder": "dynamodb:GetItem"}
        ),
    )
    resource = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "class": "mono", "placeholder": "*"}),
    )

    def wanted(self) -> list[str]:
        """List the actions."""
        return [one for one in re.split(r"[\s,]+", self.cleaned_data["actions"]) if one]
