"""The form of a log group: how long it keeps its events."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages import labels
from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice
from functions.observability import limits


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


class RetentionForm(ConsoleForm):
    """A number of days that CloudWatch Logs offers, or "" for what holds without a choice.

    `otherwise` is how many days that is; None for ever.
    """

    noun = "log"
    advices = (Advice("*", "", "retention"),)
    retention = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, otherwise: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ever = labels.text("log.forever")
        unset = ever if otherwise is None else f"{_days(otherwise)} (the default here)"
        offered = [(number, _days(number)) for number in limits.RETENTION_DAYS]
        self.offer("retention", [("", unset), *offered])
