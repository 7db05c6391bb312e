"""A function's Function URL settings: the addresses of the function and its aliases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer
from console.pages.aws import call
from console.pages.forms.serving import NO_AUTH, AddressForm
from console.pages.functions import frame, listing
from console.pages.triggers.qualifiers import apart
from functions.catalog.routing import LATEST
from functions.catalog.statements import BY_URL, DIRECTLY
from functions.models import Function

PUBLIC: dict[str, dict[str, Any]] = {
    "FunctionURLAllowPublicAccess": {"Action": BY_URL, "FunctionUrlAuthType": NO_AUTH},
    "FunctionURLInvokeAllowPublicAccess": {"Action": DIRECTLY, "InvokedViaFunctionUrl": True},
}
"""The statements that AWS's console adds for an address without authentication."""


@listing.of_function
def show(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """List the addresses; POST makes or changes that of a qualifier, or takes one away."""
    if "remove" in request.POST:
        _remove(request, scope, function.name, request.POST["remove"])
        return answer.see(request.path)
    found = call(scope, "lambda", "ListFunctionUrlConfigs", FunctionName=function.name)[
        "FunctionUrlConfigs"
    ]
    addresses = {apart(one["FunctionArn"].partition(":function:")[2])[1]: one for one in found}
    chosen = request.GET.get("qualifier", "")
    form = AddressForm(
        request.POST or None,
        qualifiers=_qualifiers(function),
        initial={"qualifier": chosen, **_typed(addresses.get(chosen))},
    )
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            known = form.cleaned_data["qualifier"] in addresses
            _save(request, scope, function.name, form.members(), known=known)
            return answer.see(request.path)
    return frame.show(
        request,
        scope,
        function,
        "functions/address.html",
        tab="configuration",
        setting="address",
        status=422 if form.errors else 200,
        form=form,
        addresses=addresses.items(),
    )


def _save(
    request: HttpRequest, scope: Scope, name: str, members: dict[str, Any], *, known: bool
) -> None:
    """Make or change an address; without authentication everybody is allowed, as AWS's console does."""
    operation = "UpdateFunctionUrlConfig" if known else "CreateFunctionUrlConfig"
    if known and members["Cors"] is None:
        members = {**members, "Cors": {}}
    call(scope, "lambda", operation, FunctionName=name, **members)
    said = "The address was saved."
    if members["AuthType"] == NO_AUTH and _allow(scope, name, members["Qualifier"]):
        said += f" The statements {' and '.join(PUBLIC)} let everybody use it."
    messages.success(request, said)


def _allow(scope: Scope, name: str, qualifier: str | None) -> bool:
    """Add the statements that let everybody in; False when all are there already."""
    added = False
    for sid, grant in PUBLIC.items():
        whom = {"FunctionName": name, "Qualifier": qualifier, "Principal": "*"}
        try:
            call(scope, "lambda", "AddPermission", StatementId=sid, **whom, **grant)
            added = True
        except AwsError as error:
            if error.code != "ResourceConflictException":
                raise
    return added


def _remove(request: HttpRequest, scope: Scope, name: str, qualifier: str) -> None:
    named = None if qualifier == LATEST else qualifier
    try:
        call(scope, "lambda", "DeleteFunctionUrlConfig", FunctionName=name, Qualifier=named)
        messages.success(request, f"The address of {qualifier} is gone.")
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")


def _qualifiers(function: Function) -> list[tuple[str, str]]:
    aliases = function.aliases.order_by("name").values_list("name", flat=True)
    return [("", LATEST), *((one, one) for one in aliases)]


def _typed(known: dict[str, Any] | None) -> dict[str, Any]:
    """Spell an address that there is as what its form begins with."""
    if known is None:
        return {}
    cors = known.get("Cors", {})
    return {
        "auth": known["AuthType"],
        "origins": ", ".join(cors.get("AllowOrigins", [])),
        "methods": ", ".join(cors.get("AllowMethods", [])),
        "headers": ", ".join(cors.get("AllowHeaders", [])),
        "age": cors.get("MaxAge"),
        "credentials": cors.get("AllowCredentials", False),
    }
