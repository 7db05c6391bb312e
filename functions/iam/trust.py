"""Who may assume a role? A trust policy and a principal in, a decision out. Knows no database.

Source: IAM user guide, "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

from collections.abc import Iterable

from console.aws.arn import Arn
from functions.iam import conditions
from functions.iam.context import NOTHING, Context
from functions.iam.documents import Document, Statement
from functions.iam.evaluation import Decision, Source, covers

ASSUME = "sts:AssumeRole"


def trusts_service(document: Document, service: str, context: Context = NOTHING) -> bool:
    """Say whether a trust policy lets a service ("lambda.amazonaws.com") assume the role."""
    return _decide(document, (("Service", service),), context).allowed


def decide(document: Document, names: Iterable[str], context: Context = NOTHING) -> Decision:
    """Decide for a principal known by several `names`: its own ARN, its role's, its account's."""
    return _decide(document, tuple(("AWS", one) for one in names), context)


def names_of(account: str, principal: str, role_arn: str = "") -> tuple[str, ...]:
    """List the names by which a trust policy may mean a caller; `role_arn` of an assumed role."""
    root = str(Arn("iam", "", account, "root"))
    return tuple(one for one in (principal, role_arn, root, account, "*") if one)


def _decide(
    document: Document, principals: tuple[tuple[str, str], ...], context: Context
) -> Decision:
    about = [
        statement
        for statement in document.statements
        if means(statement, principals)
        and covers(statement, ASSUME)
        and conditions.holds(statement.conditions, context, has_variables=document.has_variables)
    ]
    denying = [one for one in about if not one.allows]
    sources = tuple(Source(document.name, one.label) for one in denying or about)
    if denying:
        said = f"{ASSUME} is denied by {denying[0].label} of the trust policy"
        return Decision(False, said, denied=True, sources=sources)
    if not about:
        return Decision(False, "no statement of the trust policy names this principal")
    return Decision(
        True, f"{ASSUME} is allowed by {about[0].label} of the trust policy", sources=sources
    )


def means(statement: Statement, principals: tuple[tuple[str, str], ...]) -> bool:
    """Say whether a statement's Principal is one of `principals`, or everybody."""
    return any(one in principals or one == ("*", "*") for one in statement.principals)
