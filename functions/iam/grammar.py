"""Is this text a policy? Checks documents as IAM does when they are stored; grants nothing.

The texts and their order are AWS's (recorded answers of CreatePolicy, PutRolePolicy and
UpdateAssumeRolePolicy). Condition keys that are not evaluated here (`keys`) are refused: IAM takes
them, but ignoring them could allow too much.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from console.aws.errors import AwsError
from functions.iam import conditions, keys, resources, variables

_EFFECTS = ("allow", "deny")
_VERSIONS = ("2008-10-17", "2012-10-17")
_STATEMENT_FIELDS = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_TRUST_FIELDS = frozenset({"Sid", "Effect", "Principal", "Action", "NotAction", "Condition"})
_RESOURCE_FIELDS = _STATEMENT_FIELDS | {"Principal"}
_PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_TWICE = "The Statement Ids in the policy are not unique"
_NOBODY = (
    "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in "
    "policy has a statement with no principals!"
)
_SYNTAX = "Syntax errors in policy."

Raw = Mapping[str, Any]


def check_permissions(text: str) -> None:
    """Let a permissions policy through, or raise MalformedPolicyDocument."""
    document = _object(text, _SYNTAX)
    if any({"Principal", "NotPrincipal"} & one.keys() for one in _raw_statements(document)):
        _refuse("Policy document should not specify a principal.")
    statements = _statements(document, _STATEMENT_FIELDS)
    if document.get("Version") != "2012-10-17":
        _refuse("Policy document must be version 2012-10-17 or greater.")
    complaint = _check_legacy(statements)
    _check_sids(statements, "Statement IDs (SID) in a single policy must be unique.")
    for statement in statements:
        _check_present(statement, "Action", "Policy statement must contain actions.")
    for statement in statements:
        _check_present(statement, "Resource", "Policy statement must contain resources.")
    if complaint is not None:
        _refuse(complaint)
    for action in _each(statements, "Action"):
        _check_action(action)
    _check_keys(statements)


def check_trust(text: str) -> None:
    """Let a role's trust policy through, or raise MalformedPolicyDocument."""
    document = _object(text, "This policy contains invalid Json")
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        _refuse("The policy must contain a valid version string")
    if document.get("Statement", []) == []:
        _refuse("Could not parse the policy: Statement is empty!")
    for statement in _raw_statements(document):
        _check_trust_fields(statement)
    statements = _statements(document, _TRUST_FIELDS)
    _check_legacy(statements)
    _check_sids(statements, _TWICE)
    for statement in statements:
        _check_principal(statement.get("Principal"))
        _check_trusted(statement["Principal"])
        _check_present(statement, "Action", "Missing required field Action")
    for action in _each(statements, "Action"):
        _check_action(action)
        if action.partition(":")[0].lower() != "sts":
            _refuse("AssumeRole policy may only specify STS AssumeRole actions.")
    _check_keys(statements, keys.is_understood_in_trust)


def check_resource(text: str) -> None:
    """Let the policy of a resource through, such as a queue's, or raise MalformedPolicyDocument."""
    document = _object(text, _SYNTAX)
    statements = _statements(document, _RESOURCE_FIELDS)
    for statement in statements:
        if statement.get("Principal") != "*":
            _check_principal(statement.get("Principal"))
        for field in ("Action", "Resource"):
            _check_present(statement, field, f"Missing required field {field}")
    _check_sids(statements, _TWICE)
    _check_keys(statements)


def _raw_statements(document: Raw) -> list[Raw]:
    """List the statements of a document before their form is known; what is none is left out."""
    raw = document.get("Statement")
    return [one for one in (raw if isinstance(raw, list) else [raw]) if isinstance(one, dict)]


def _check_trust_fields(statement: Raw) -> None:
    """Refuse what no trust policy has. Source: public tests of versitygw, which follow AWS."""
    effect = statement.get("Effect")
    if effect is None:
        _refuse("Missing required field Effect")
    if not isinstance(effect, str):
        _refuse(_SYNTAX)
    if effect.lower() not in _EFFECTS:
        _refuse(f"Invalid effect: {effect}")
    if "NotPrincipal" in statement and effect == "Allow":
        _refuse("Allow with NotPrincipal is not allowed.")
    if "NotPrincipal" in statement:
        _refuse("AssumeRole policy must not contain NotPrincipal field.")
    if "Resource" in statement:
        _refuse("Has prohibited field Resource")
    if "NotResource" in statement:
        _refuse("AssumeRole policy must not contain resources.")


def _object(text: str, otherwise: str) -> Raw:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        _refuse(otherwise)
    if not isinstance(document, dict):
        _refuse(_SYNTAX)
    return document


def _statements(document: Raw, fields: frozenset[str]) -> list[Raw]:
    if not document.keys() <= {"Version", "Id", "Statement"}:
        _refuse(_SYNTAX)
    if "Version" in document and document["Version"] not in _VERSIONS:
        _refuse(_SYNTAX)
    if not isinstance(document.get("Id", ""), str):
        _refuse(_SYNTAX)
    raw = document.get("Statement")
    statements = [raw] if isinstance(raw, dict) else raw
    if not isinstance(statements, list) or not statements:
        _refuse(_SYNTAX)
    if not all(_is_statement(one, fields) for one in statements):
        _refuse(_SYNTAX)
    return statements


def _is_statement(raw: object, fields: frozenset[str]) -> bool:
    return (
        isinstance(raw, dict)
        and raw.keys() <= fields
        and str(raw.get("Effect")).lower() in _EFFECTS
        and isinstance(raw.get("Sid", ""), str)
        and _is_condition(raw.get("Condition", {}))
        and not raw.keys() >= {"Action", "NotAction"}
        and not raw.keys() >= {"Resource", "NotResource"}
        and all(
            _is_texts(raw[name])
            for name in ("Action", "NotAction", "Resource", "NotResource")
            if name in raw
        )
    )


def _is_condition(raw: object) -> bool:
    return isinstance(raw, dict) and all(
        isinstance(keys, dict)
        and (not keys or conditions.operator(name) is not None)
        and all(map(_is_values, keys.values()))
        for name, keys in raw.items()
    )


def _is_values(raw: object) -> bool:
    """Say whether this can be a condition's value: texts, and numbers and booleans as JSON has them."""
    several = raw if isinstance(raw, list) else [raw]
    return all(isinstance(one, (str, bool, int, float)) for one in several)


def _is_texts(raw: object) -> bool:
    return isinstance(raw, str) or (
        isinstance(raw, list) and all(isinstance(one, str) for one in raw)
    )


def _check_sids(statements: Iterable[Raw], otherwise: str) -> None:
    sids = [one["Sid"] for one in statements if one.get("Sid")]
    if len(sids) != len(set(sids)):
        _refuse(otherwise)


def _check_present(statement: Raw, name: str, otherwise: str) -> None:
    if statement.get(name, statement.get(f"Not{name}", [])) == []:
        _refuse(otherwise)


def _each(statements: Iterable[Raw], name: str) -> Iterable[str]:
    for statement in statements:
        raw = statement.get(name, statement.get(f"Not{name}", []))
        yield from [raw] if isinstance(raw, str) else raw


def _check_action(action: str) -> None:
    vendor, colon, name = action.partition(":")
    if action == "*":
        return
    if not colon:
        _refuse("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if ":" in name:
        _refuse("Actions/Condition can contain only one colon.")
    if re.search(r"[^a-zA-Z0-9\-.]", vendor):
        _refuse(f"Vendor {vendor} is not valid")


def _check_legacy(statements: Iterable[Raw]) -> str | None:
    """Refuse what fails legacy parsing; return the complaint about a resource for later.

    IAM comes to that complaint only after it has looked for actions and resources.
    """
    named = list(_each(statements, "Resource"))
    complaint = next(filter(None, map(resources.complaint, named)), None)
    exact = all(one["Effect"] in ("Allow", "Deny") for one in statements)
    dated = all(map(_has_dates, statements))
    if not exact or not dated or (complaint is None and any(map(resources.fails_legacy, named))):
        _refuse("The policy failed legacy parsing")
    return complaint


def _check_principal(principal: object) -> None:
    if principal is None:
        _refuse("Missing required field Principal")
    if principal == "*":
        _refuse('AssumeRolepolicy contained an invalid principal: "STAR":"*".')
    if not isinstance(principal, dict) or not all(map(_is_texts, principal.values())):
        _refuse(_SYNTAX)
    if not principal:
        _refuse("Missing required field Principal cannot be empty!")
    for kind in principal:
        if kind not in _PRINCIPAL_KINDS:
            _refuse(f'Invalid principal in policy: "{kind}"')


def _check_trusted(principal: Mapping[str, Any]) -> None:
    if "CanonicalUser" in principal:
        _refuse('Invalid principal in policy: "CanonicalUser"')
    if [] in principal.values():
        _refuse(_NOBODY)


def _has_dates(statement: Raw) -> bool:
    """Say whether what stands behind Date operators are dates."""
    return all(
        conditions.is_date(str(value))
        for name, found in statement.get("Condition", {}).items()
        if name.rpartition(":")[2].startswith("Date")
        for values in found.values()
        for value in (values if isinstance(values, list) else [values])
    )


def _check_keys(
    statements: Iterable[Raw], is_understood: Callable[[str], bool] = keys.is_understood
) -> None:
    """Refuse conditions and variables on keys that would be ignored here."""
    for statement in statements:
        for key in _keys(statement):
            if not key:
                _refuse("The policy failed legacy parsing")
            if not is_understood(key):
                _refuse(f"Shardlight does not evaluate the condition key {key}.")


def _keys(statement: Raw) -> Iterable[str]:
    """List the condition keys of a statement, those of its variables too."""
    for found in statement.get("Condition", {}).values():
        for key, values in found.items():
            yield key
            for value in values if isinstance(values, list) else [values]:
                yield from variables.names(str(value))
    for resource in _each([statement], "Resource"):
        yield from variables.names(resource)


def _refuse(message: str) -> NoReturn:
    raise AwsError("MalformedPolicyDocument", message)
