"""A function's resource-based policy, as the Permissions page shows and changes it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.aws.errors import AwsError
from console.pages import answer, place
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


@require_POST
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Add a statement, or remove one."""
    scope = place.scope(request)
    try:
        if sid := request.POST.get("remove"):
            qualifier = request.POST.get("qualifier") or None
            call(
                scope,
                "lambda",
                "RemovePermission",
                FunctionName=name,
                StatementId=sid,
                Qualifier=qualifier,
            )
            messages.success(request, f"The statement {sid} was removed.")
        else:
            _add(request, name)
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(reverse("function-permissions", args=[name]) + "#policy")


def _add(request: HttpRequest, name: str) -> None:
    form = StatementForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the statement an ID, a principal and an action.")
        return
    scope = place.scope(request)
    call(scope, "lambda", "AddPermission", FunctionName=name, **form.members())
    messages.success(request, f"The statement {form.cleaned_data['sid']} was added.")
