"""May this be done? Policies in, a decision and the statement that made it out.

An explicit deny wins over every allow; without an allow the answer is no.
Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Resource".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from functions.iam import conditions
from functions.iam.context import NOTHING, Context
from functions.iam.documents import Document, Statement
from functions.iam.matching import action_matches, resource_matches
from functions.iam.variables import filled


@dataclass(frozen=True, slots=True)
class Source:
    """The statement that decided: the policy that holds it, its label, its place (from 1)."""

    policy: str
    statement: str
    place: int = 1


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and a sentence for people naming the statement that said so.

    `denied` is true when a statement forbids it, false when merely none allows it; `sources` are
    the statements that decided.
    """

    allowed: bool
    reason: str
    denied: bool = False
    sources: tuple[Source, ...] = ()


def evaluate(
    documents: Iterable[Document], action: str, resource: str, context: Context = NOTHING
) -> Decision:
    """Decide whether the policies together let `action` ("dynamodb:GetRecords") act on `resource`."""
    allowing: list[Source] = []
    denying: list[Source] = []
    for document in documents:
        for place, statement in enumerate(document.statements, start=1):
            if applies(document, statement, action, resource, context):
                side = allowing if statement.allows else denying
                side.append(Source(document.name, statement.label, place))
    if denying:
        reason = f"{action} is denied by {_name(denying[0])}"
        return Decision(False, reason, denied=True, sources=tuple(denying))
    if allowing:
        reason = f"{action} is allowed by {_name(allowing[0])}"
        return Decision(True, reason, sources=tuple(allowing))
    return Decision(False, f"no policy allows {action} on {resource}")


def applies(
    document: Document, statement: Statement, action: str, resource: str, context: Context
) -> bool:
    """Say whether a statement speaks of this call: action, resource and conditions."""
    if not covers(statement, action):
        return False
    variables = context if document.has_variables else None
    if statement.not_resources:
        suits = not any(_is(one, resource, variables) for one in statement.not_resources)
    else:
        suits = any(_is(one, resource, variables) for one in statement.resources)
    return suits and conditions.holds(
        statement.conditions, context, has_variables=document.has_variables
    )


def covers(statement: Statement, action: str) -> bool:
    """Say whether a statement's Action or NotAction means this action."""
    if statement.not_actions:
        return not any(action_matches(pattern, action) for pattern in statement.not_actions)
    return any(action_matches(pattern, action) for pattern in statement.actions)


def _is(pattern: str, resource: str, variables: Context | None) -> bool:
    wanted = pattern if variables is None else filled(pattern, variables)
    return wanted is not None and resource_matches(wanted, resource)


def _name(source: Source) -> str:
    return f"{source.statement} of {source.policy}"
