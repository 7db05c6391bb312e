"""Resource-based policies of tables and streams as texts: what may be one, and its canonical form.

Equal policies have equal canonical forms, as AWS compares and shows them. Pure: whether a principal
exists is asked of whoever calls. Source: a catalogue of AWS's answers of October 2026.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from console.aws.arn import Arn
from console.aws.errors import AwsError
from functions.iam import grammar

MAX_BYTES: Final = 20_480
"""Source: developer guide, "Quotas", resource-based policies."""
_INVALID: Final = "One or more parameter values were invalid: "
_FIELDS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_UNBOUNDED: Final = (
    "Resource-based policy grants unbounded access in one or more elements. Please revise the policy "
    "to ensure least-privilege form of access"
)

Statement = Mapping[str, Any]


def canonical(text: str, account: str, exists: Callable[[str], bool]) -> str:
    """Give the canonical form of a policy, or refuse it in AWS's words.

    `exists` says whether an ARN is a principal of the `account`, the only one that can be named.
    Raises AwsError("ValidationException").
    """
    if len(text.encode()) > MAX_BYTES:
        raise _invalid(f"Maximum policy size of {MAX_BYTES} bytes exceeded")
    document = _document(text)
    found = document["Statement"]
    statements = found if isinstance(found, list) else [found]
    for one in statements:
        _check(one)
    _check_grammar(text)
    written = [_statement(one, account, exists) for one in statements]
    form = {"Version": document.get("Version", "2008-10-17")}
    if "Id" in document:
        form["Id"] = document["Id"]
    return json.dumps(form | {"Statement": written}, separators=(",", ":"))


def _document(text: str) -> Statement:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad("This policy contains invalid Json") from None
    if document is None:
        raise _bad("This text appears not to be a policy")
    if not isinstance(document, dict):
        raise _bad("This policy contains invalid Json")
    if "Statement" not in document:
        raise _bad("Syntax error at position (1,3)")
    if document["Statement"] == []:
        raise _bad("Could not parse the policy: Statement is empty!")
    return document


def _check(statement: Any) -> None:
    if not isinstance(statement, dict):
        raise _bad("Syntax error at position (1,1)")
    for field in ("Effect", "Principal", "Action", "Resource"):
        if field not in statement and f"Not{field}" not in statement:
            raise _bad(f"Missing required field {field}")


def _check_grammar(text: str) -> None:
    try:
        grammar.check_resource(text)
    except AwsError as error:
        told = error.message
        if told.startswith("Syntax errors"):
            told = "Syntax error at position (1,1)"
        raise _bad(told) from None


def _statement(raw: Statement, account: str, exists: Callable[[str], bool]) -> dict[str, Any]:
    effect = raw["Effect"].capitalize()
    principal = _principal(raw["Principal"], account, exists)
    if effect == "Allow" and principal == {"AWS": "*"} and not raw.get("Condition"):
        raise AwsError("ValidationException", _UNBOUNDED)
    form = {**raw, "Effect": effect, "Principal": principal}
    for field in ("Action", "NotAction", "Resource", "NotResource"):
        if isinstance(form.get(field), list) and len(form[field]) == 1:
            form[field] = form[field][0]
    return {field: form[field] for field in _FIELDS if field in form}


def _principal(raw: Any, account: str, exists: Callable[[str], bool]) -> dict[str, Any]:
    given = {"AWS": raw} if raw == "*" else raw
    if set(given) != {"AWS"}:
        raise _invalid("Invalid principal in policy document.")
    named = [given["AWS"]] if isinstance(given["AWS"], str) else given["AWS"]
    root = str(Arn("iam", "", account, "root"))
    found = dict.fromkeys(root if one == account else one for one in named)
    for one in found:
        if one not in ("*", root) and not exists(one):
            raise _invalid("Invalid principal in policy document.")
    return {"AWS": next(iter(found)) if len(found) == 1 else list(found)}


def _bad(message: str) -> AwsError:
    return _invalid(f"Invalid policy document: {message}")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", f"{_INVALID}{message}")
