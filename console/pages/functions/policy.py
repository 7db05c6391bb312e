"""A function's resource-based policy, as the Permissions page shows and changes it."""

from __future__ import annotations

from dataclasses import dataclass

from console.aws.scope import Scope
from console.pages.aws import call
from console.pages.forms.catalog import StatementForm
from functions.models import Function


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the table shows it; `qualifier` is empty for the function itself."""

    sid: str
    principal: str
    action: str
    condition: str
    qualifier: str


def statements(function: Function) -> list[Statement]:
    """List the statements about a function, its versions and aliases."""
    found = []
    for row in function.permissions.order_by("qualifier", "pk"):
        written = row.statement
        named = written["Principal"]
        conditions = [
            f"{key}: {value}"
            for tests in written.get("Condition", {}).values()
            for key, value in tests.items()
        ]
        found.append(
            Statement(
                row.sid,
                named if isinstance(named, str) else next(iter(named.values())),
                written["Action"],
                ", ".join(conditions),
                "" if row.qualifier == "$LATEST" else row.qualifier,
            )
        )
    return found


def remove(scope: Scope, name: str, sid: str, qualifier: str) -> None:
    """Remove a statement. Raises AwsError as RemovePermission does."""
    call(
        scope,
        "lambda",
        "RemovePermission",
        FunctionName=name,
        StatementId=sid,
        Qualifier=qualifier or None,
    )


def added(scope: Scope, name: str, form: StatementForm) -> bool:
    """Add the statement of a form; what is refused stands in the form."""
    if form.is_valid():
        with form.refused_by_aws():
            call(scope, "lambda", "AddPermission", FunctionName=name, **form.members())
    return not form.errors
