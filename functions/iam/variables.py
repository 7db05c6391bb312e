"""Policy variables: `${aws:username}` in resources and conditions, replaced by the request's values.

What comes out of a variable is literal: a `*` in a user's name is no wildcard.
Source: IAM user guide, "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re

from functions.iam.context import Context
from functions.iam.matching import LITERAL

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WITH_DEFAULT = re.compile(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?")
_SPECIAL = {"*": "*", "?": "?", "$": "$"}


def names(text: str) -> list[str]:
    """List the condition keys that the variables of a text name; "" for a malformed variable."""
    found = []
    for inside in _VARIABLE.findall(text):
        if inside in _SPECIAL:
            continue
        read = _WITH_DEFAULT.fullmatch(inside)
        found.append(read.group(1) if read else "")
    return found


def filled(text: str, context: Context) -> str | None:
    """Replace the variables of a text; None when one has no value, so that nothing matches.

    A key with several values has none here, as on AWS.
    """
    if "${" not in text:
        return text
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        inside = match.group(1)
        if inside in _SPECIAL:
            return inside.translate(LITERAL)
        read = _WITH_DEFAULT.fullmatch(inside)
        values = context.values(read.group(1)) if read else None
        if values is not None and len(values) == 1:
            return values[0].translate(LITERAL)
        if read and read.group(2) is not None:
            return read.group(2).translate(LITERAL)
        missing = True
        return ""

    replaced = _VARIABLE.sub(value, text)
    return None if missing else replaced
