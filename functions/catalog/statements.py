"""Statements of resource policies: written as Lambda does, and asked who may do what. Pure.

Source: recorded answers of AddPermission.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from console.aws.errors import AwsError
from functions.catalog import limits
from functions.catalog.configuration import invalid
from functions.iam.matching import action_matches

BY_URL, DIRECTLY = "lambda:InvokeFunctionUrl", "lambda:InvokeFunction"
"""Actions; who comes by a function URL needs both. Source: Lambda developer guide, "Control access
to Lambda function URLs" (since October 2025)."""
_SERVICES = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")
"""How names of services end; the last is that of alexa-appkit.amazon.com."""
_ACCOUNT = re.compile(r"\d{12}")
_PRINCIPAL_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):.+")


@dataclass(frozen=True, slots=True)
class Grant:
    """What AddPermission asks for; empty texts ask for nothing."""

    sid: str
    action: str
    principal: str
    source_arn: str = ""
    source_account: str = ""
    event_source_token: str = ""
    organisation: str = ""
    url_auth: str = ""
    via_url: bool | None = None


def write(grant: Grant, resource: str) -> dict[str, Any]:
    """Write the statement of a grant on `resource`.

    Raises AwsError for an unknown principal, and for members of another action. Source of the text
    of the latter: AWS's answers pasted in public issues.
    """
    if grant.url_auth and grant.action != BY_URL:
        raise invalid(f"FunctionUrlAuthType is only supported for {BY_URL} action")
    statement: dict[str, Any] = {
        "Sid": grant.sid,
        "Effect": "Allow",
        "Principal": _principal(grant.principal),
        "Action": grant.action,
        "Resource": resource,
    }
    equals = {
        key: value
        for key, value in (
            ("aws:PrincipalOrgID", grant.organisation),
            ("AWS:SourceAccount", grant.source_account),
            ("lambda:EventSourceToken", grant.event_source_token),
            ("lambda:FunctionUrlAuthType", grant.url_auth),
        )
        if value
    }
    conditions: dict[str, Any] = {"StringEquals": equals} if equals else {}
    if grant.via_url is not None:
        conditions["Bool"] = {"lambda:InvokedViaFunctionUrl": str(grant.via_url).lower()}
    if grant.source_arn:
        conditions["ArnLike"] = {"AWS:SourceArn": grant.source_arn}
    return statement | ({"Condition": conditions} if conditions else {})


def bad_principal() -> AwsError:
    """Make the error of a principal that nobody can be."""
    return invalid("The provided principal was invalid. Please check the principal and try again.")


def document(statements: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Make a policy of statements."""
    return {"Version": "2012-10-17", "Id": "default", "Statement": list(statements)}


def check_size(statements: Iterable[Mapping[str, Any]]) -> None:
    """Let pass what fits into one policy. Raises AwsError("PolicyLengthExceededException").

    Source of the text: AWS's answers pasted in public repositories.
    """
    size = len(text(document(statements)).encode())
    if size > limits.POLICY_BYTES:
        raise AwsError(
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit ({limits.POLICY_BYTES}).",
        )


def text(document: Mapping[str, Any]) -> str:
    """Write a policy or a statement as Lambda does: JSON without spaces."""
    return json.dumps(document, separators=(",", ":"))


def lets_in(
    statement: Mapping[str, Any], account: str, caller: str, action: str, url_auth: str = ""
) -> bool:
    """Say whether a statement lets a caller of another account, or of none, do something by itself.

    `caller` is an ARN, `url_auth` how the function's address is guarded that was called. Other
    conditions are about services and organisations, which such a call does not have: a statement
    with any lets nobody in.
    """
    known = _by_url(url_auth) if url_auth else {}
    for operator, wanted in statement.get("Condition", {}).items():
        if not wanted.items() <= known.get(operator, {}).items():
            return False
    if not action_matches(statement["Action"], action):
        return False
    principal = statement["Principal"]
    if principal == "*":
        return True
    named = principal.get("AWS", "")
    return named in (f"arn:aws:iam::{account}:root", caller, "*")


def _by_url(url_auth: str) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {"lambda:FunctionUrlAuthType": url_auth},
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
    }


def _principal(text: str) -> str | dict[str, str]:
    if text == "*":
        return text
    if text.endswith(_SERVICES):
        return {"Service": text}
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if _PRINCIPAL_ARN.fullmatch(text):
        return {"AWS": text}
    raise bad_principal()
