"""The form of a log group: how long it keeps its events."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages import labels
from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice
from functions.observability import limits

UNSET = "unset"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _chosen(value: str) -> int | None:
    return None if value == UNSET else int(value)


class RetentionForm(ConsoleForm):
    """A number of days that CloudWatch Logs offers, or what holds without a choice (None).

    `kept` is the choice that holds now, `otherwise` what holds without one; None for ever.
    """

    noun = "log"
    advices = (Advice("*", "", "retention"),)
    retention = forms.TypedChoiceField(coerce=_chosen)

    def __init__(self, *args: Any, kept: int | None, otherwise: int | None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"retention": kept or UNSET}, **kwargs)
        ever = labels.text("log.forever")
        unset = ever if otherwise is None else f"{_days(otherwise)} (the default here)"
        offered = [(number, _days(number)) for number in limits.RETENTION_DAYS]
        self.offer("retention", [(UNSET, unset), *offered])
