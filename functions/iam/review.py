"""Where a policy is wrong: IAM's complaint with the line it is about, for editors. Stores nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from console.aws.errors import AwsError
from functions.iam import positions

_FIELDS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


def line_of(text: str, check: Callable[[str], None]) -> tuple[int, str]:
    """Find the line (from 1) that makes `check` refuse a document, and what stands against it.

    Broken JSON is found by its parser; otherwise the first statement that is refused when it stands
    alone is meant. Line 0 when neither helps.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, f"line {error.lineno}, column {error.colno}: {error.msg}"
    except (ValueError, RecursionError):
        return 0, ""
    if not isinstance(document, Mapping) or "Statement" not in document:
        return 1, "a policy is an object with Version and Statement"
    raw = document["Statement"]
    statements = raw if isinstance(raw, list) else [raw]
    for place, statement in enumerate(statements):
        try:
            check(json.dumps({**document, "Statement": statement}))
        except AwsError:
            start, _ = positions.spans(text)[place]
            line = positions.position(text, start).line
            return line, f"statement {place + 1}, which begins on line {line}{_why(statement)}"
    return 0, ""


def _why(statement: object) -> str:
    """Name the mistakes that people make most; nothing for others, which the complaint names."""
    if not isinstance(statement, Mapping):
        return ": a statement is an object"
    strange = [name for name in statement if name not in _FIELDS]
    if strange:
        return f": a statement has no {strange[0]}"
    effect = statement.get("Effect")
    if effect is None or str(effect).lower() not in ("allow", "deny"):
        return f": its Effect is Allow or Deny{'' if effect is None else f', not {effect}'}"
    for one in ("Action", "Resource", "Principal"):
        if one in statement and f"Not{one}" in statement:
            return f": it has {one} or Not{one}, never both"
    return ""
