"""How a page shows an answer of AWS that is not a success: beside which field, and what to do next.

The message is AWS's own and is never reworded; a plain sentence and one action are put under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from console.aws.errors import AwsError

_SEVERAL = re.compile(r"\d+ validation errors detected: (.+)", re.DOTALL)
_NEXT = re.compile(r"; (?=Value )")


@dataclass(frozen=True, slots=True)
class Advice:
    """What follows when an error's code and message look like this.

    `field` is the form's field it stands beside ("" is the head of the form), `plain` a sentence in
    plain words, `action` the name of a template in components/actions/ ("" is none).
    """

    code: str
    pattern: str
    field: str
    plain: str = ""
    action: str = ""

    def fits(self, error: AwsError) -> bool:
        """Say whether this advice is about `error`."""
        return self.code in (error.code, "*") and bool(re.search(self.pattern, error.message))


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error as a page shows it."""

    code: str
    message: str
    field: str = ""
    plain: str = ""
    action: str = ""


def parted(error: AwsError) -> list[AwsError]:
    """Part an answer that refuses several members at once, each with its own words of it."""
    found = _SEVERAL.fullmatch(error.message)
    texts = _NEXT.split(found[1]) if found else []
    return [AwsError(error.code, text) for text in texts] or [error]


def explain(error: AwsError, advices: Iterable[Advice] = ()) -> Refusal:
    """Find the first advice that fits; without one the error stands at the head, as it is."""
    for advice in advices:
        if advice.fits(error):
            return Refusal(error.code, error.message, advice.field, advice.plain, advice.action)
    return Refusal(error.code, error.message)
