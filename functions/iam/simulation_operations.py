"""Simulations of policies on the wire: translate, evaluate, translate back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.iam import attachments, grammar, paging, positions, roles, simulation, users
from functions.iam.context import Context
from functions.iam.documents import Document, read
from functions.iam.models import Role, User
from functions.iam.simulation import Simulated

_MEMBERS = "PolicyInputList ActionNames ResourceArns CallerArn ContextEntries Marker MaxItems"


@operation("iam", "SimulateCustomPolicy", honours=_MEMBERS)
def simulate_custom_policy(scope: Scope, params: Params) -> Params:
    """Evaluate policies that are given."""
    return _simulated(scope, params, _given(params))


@operation("iam", "SimulatePrincipalPolicy", honours=f"PolicySourceArn {_MEMBERS}")
def simulate_principal_policy(scope: Scope, params: Params) -> Params:
    """Evaluate the policies of a role or user, and those given besides."""
    return _simulated(scope, params, _own(scope, params["PolicySourceArn"]) | _given(params))


@operation("iam", "GetContextKeysForCustomPolicy", honours="PolicyInputList")
def get_context_keys_for_custom_policy(scope: Scope, params: Params) -> Params:  # noqa: ARG001
    """List the condition keys of policies that are given."""
    return {"ContextKeyNames": simulation.keys_of(_documents(_given(params)))}


@operation("iam", "GetContextKeysForPrincipalPolicy", honours="PolicySourceArn PolicyInputList")
def get_context_keys_for_principal_policy(scope: Scope, params: Params) -> Params:
    """List the condition keys of a role's or user's policies, and of those given besides."""
    texts = _own(scope, params["PolicySourceArn"]) | _given(params)
    return {"ContextKeyNames": simulation.keys_of(_documents(texts))}


Texts = dict[str, tuple[str, str]]
"""Source id -> (kind of source, document)."""


def _given(params: Params) -> Texts:
    texts = {}
    for place, text in enumerate(params.get("PolicyInputList", []), start=1):
        try:
            grammar.check_permissions(text)
        except AwsError as error:
            raise AwsError("InvalidInput", error.message) from error
        texts[f"PolicyInputList.{place}"] = ("IAM Policy", text)
    return texts


def _own(scope: Scope, source_arn: str) -> Texts:
    holder = _holder(scope, source_arn)
    kind = "role" if isinstance(holder, Role) else "user"
    texts: Texts = {
        f"{kind}_{holder.name}_{one.name}": ("IAM Policy", one.document)
        for one in holder.policies.order_by("name")
    }
    for policy in attachments.attached(scope, holder):
        texts[policy.name] = ("IAM Policy", policy.text)
    return texts


def _holder(scope: Scope, source_arn: str) -> Role | User:
    arn = Arn.parse(source_arn)
    kind, _, rest = arn.resource.partition("/") if arn else ("", "", "")
    if arn is None or arn.service != "iam" or kind not in ("role", "user"):
        raise AwsError(
            "InvalidInput",
            f"Invalid Entity Arn: {source_arn} does not clearly define entity type and name.",
        )
    name = rest.rpartition("/")[2] if arn.account == scope.account else ""
    return roles.find(scope, name) if kind == "role" else users.find(scope, name)


def _documents(texts: Texts) -> list[Document]:
    return [read(name, text) for name, (_, text) in texts.items()]


def _simulated(scope: Scope, params: Params, texts: Texts) -> Params:
    at = paging.place(scope, "simulation", params)
    found = list(
        simulation.simulate(
            _documents(texts),
            params["ActionNames"],
            params.get("ResourceArns") or ["*"],
            _context(scope, params),
        )
    )
    numbered = list(enumerate(found))
    page = paging.cut_whole(at, numbered, lambda pair: f"{pair[0]:08d}")
    shown = [_result(one, texts) for _, one in page.entries]
    return {"EvaluationResults": shown, **page.members}


def _context(scope: Scope, params: Params) -> Context:
    given = {
        one["ContextKeyName"]: tuple(one.get("ContextKeyValues", ()))
        for one in params.get("ContextEntries", [])
        if "ContextKeyName" in one
    }
    caller = params.get("CallerArn") or params.get("PolicySourceArn")
    arn = Arn.parse(caller) if caller else None
    if caller and (arn is None or arn.account != scope.account):
        raise AwsError("InvalidInput", f"Invalid Entity Arn: {caller}")
    implied = {"aws:PrincipalArn": (caller,), "aws:PrincipalAccount": (scope.account,)}
    name = caller.rpartition("/")[2] if caller and ":user/" in caller else ""
    if name:
        implied["aws:username"] = (name,)
    return Context((implied if caller else {}) | given)


def _result(one: Simulated, texts: Texts) -> Params:
    return {
        "EvalActionName": one.action,
        "EvalResourceName": one.resource,
        "EvalDecision": one.verdict,
        "MatchedStatements": list(_matched(one, texts)),
        "MissingContextValues": list(one.missing),
    }


def _matched(one: Simulated, texts: Texts) -> Iterator[dict[str, Any]]:
    for source in one.decision.sources:
        kind, text = texts[source.policy]
        begin, end = positions.of_statement(text, source.place)
        yield {
            "SourcePolicyId": source.policy,
            "SourcePolicyType": kind,
            "StartPosition": {"Line": begin.line, "Column": begin.column},
            "EndPosition": {"Line": end.line, "Column": end.column},
        }
