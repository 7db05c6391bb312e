"""What policies would say to calls that nobody makes: SimulatePrincipalPolicy and its kin.

Source: IAM API reference, SimulateCustomPolicy and EvaluationResult.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from functions.iam import evaluation, variables
from functions.iam.context import Context
from functions.iam.documents import Document
from functions.iam.evaluation import Decision


@dataclass(frozen=True, slots=True)
class Simulated:
    """The answer for one action on one resource; `missing` are condition keys nobody gave a value."""

    action: str
    resource: str
    decision: Decision
    missing: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Name the decision as IAM does."""
        if self.decision.allowed:
            return "allowed"
        return "explicitDeny" if self.decision.denied else "implicitDeny"


def simulate(
    documents: Sequence[Document],
    actions: Iterable[str],
    resources: Sequence[str],
    context: Context,
) -> Iterator[Simulated]:
    """Evaluate every action on every resource."""
    for action in actions:
        for resource in resources:
            decision = evaluation.evaluate(documents, action, resource, context)
            missing = tuple(key for key in _asked(documents, action) if context.values(key) is None)
            yield Simulated(action, resource, decision, missing)


def keys_of(documents: Iterable[Document]) -> list[str]:
    """List the condition keys that policies ask for, also in variables, each once, sorted."""
    return sorted({key for document in documents for key in _asked([document], None)})


def _asked(documents: Iterable[Document], action: str | None) -> list[str]:
    found: dict[str, str] = {}
    for document in documents:
        for statement in document.statements:
            if action is not None and not evaluation.covers(statement, action):
                continue
            texts = [*statement.resources, *statement.not_resources]
            for condition in statement.conditions:
                found.setdefault(condition.key.lower(), condition.key)
                texts += condition.values
            for text in texts:
                for key in variables.names(text):
                    found.setdefault(key.lower(), key)
    return list(found.values())
