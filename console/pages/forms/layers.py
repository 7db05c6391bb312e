"""The form that publishes a version of a layer."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice


class LayerForm(ConsoleForm):
    """A package that functions can share."""

    noun = "layer"
    advices = (
        Advice("*", "(?i)layername", "name", "Letters, digits, hyphens and underscores."),
        Advice("*", "(?i)description", "description", "Keep it under 256 characters."),
        Advice("*", "", "file"),
    )
    name = forms.CharField(widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))
    description = forms.CharField(required=False)
    file = forms.FileField(widget=forms.FileInput({"accept": ".zip,application/zip"}))

    def members(self) -> dict[str, Any]:
        """Give the members of PublishLayerVersion."""
        typed = self.cleaned_data
        return {
            "LayerName": typed["name"],
            "Description": typed["description"] or None,
            "Content": {"ZipFile": typed["file"].read()},
        }
