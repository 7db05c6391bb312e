"""The form of generated load."""

from __future__ import annotations

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.indexes import text
from console.pages.refusals import Advice
from triggers.dynamodb.loads import Plan


def _number(initial: int) -> forms.IntegerField:
    return forms.IntegerField(initial=initial, widget=text(inputmode="numeric"))


class LoadForm(ConsoleForm):
    """How many items of which shape, how fast and how long."""

    noun = "load"
    advices = (
        Advice("*", "items a second", "rate"),
        Advice("*", "seconds", "seconds"),
        Advice("*", "different keys", "keys"),
        Advice("ResourceInUseException", "", "", "Stop it first."),
        Advice("*", "", "shape"),
    )
    rate = _number(10)
    seconds = _number(60)
    keys = _number(100)
    shape = forms.CharField(
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "data-editor": "json"}),
    )

    def plan(self) -> Plan:
        """Give what is asked for."""
        asked = self.cleaned_data
        return Plan(asked["shape"], asked["rate"], asked["seconds"], asked["keys"])
