"""A table's Additional settings: capacity, time to live, deletion protection, tags, table class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, place
from console.pages.aws import call
from console.pages.forms.form import ConsoleForm
from console.pages.forms.tables import STANDARD, CapacityForm, ClassForm, ExpiryForm, TagForm
from console.pages.tables import listing
from triggers.dynamodb.descriptions import table_arn
from triggers.dynamodb.tables import get_table
from triggers.models import Table

Forms = dict[str, ConsoleForm]


def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show a table's settings; POST changes the one that `do` names."""
    scope = place.scope(request)
    try:
        row = get_table(scope, name)
        if request.method == "POST":
            return _change(request, scope, row)
    except AwsError as error:
        return answer.refused(request, error, section="tables", back=reverse("tables"))
    return _page(request, row, {})


def _change(request: HttpRequest, scope: Scope, row: Table) -> HttpResponse:
    do = request.POST.get("do", "")
    if do in _PLAIN:
        try:
            _PLAIN[do](scope, row, request.POST.get("key", ""))
            messages.success(request, _SAID[do])
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
        return answer.see(reverse("table-settings", args=[row.name]))
    if do not in _FORMS:
        return _page(request, row, {}, status=422)
    make, apply = _FORMS[do]
    form = make(request.POST)
    if form.is_valid():
        with form.refused_by_aws():
            apply(scope, row, form.cleaned_data, form)
            messages.success(request, _SAID[do])
            return answer.see(reverse("table-settings", args=[row.name]))
    return _page(request, row, {do: form}, status=422)


def _update(scope: Scope, row: Table, **members: Any) -> None:
    call(scope, "dynamodb", "UpdateTable", TableName=row.name, **members)


def _expire(scope: Scope, row: Table, attribute: str, *, on: bool) -> None:
    wanted = {"AttributeName": attribute, "Enabled": on}
    call(
        scope,
        "dynamodb",
        "UpdateTimeToLive",
        TableName=row.name,
        TimeToLiveSpecification=wanted,
    )


def _capacity(scope: Scope, row: Table, _: dict[str, Any], form: ConsoleForm) -> None:
    assert isinstance(form, CapacityForm)  # noqa: S101 - narrows the type
    _update(scope, row, **form.members())


def _tag(scope: Scope, row: Table, asked: dict[str, Any], _: ConsoleForm) -> None:
    tags = [{"Key": asked["key"], "Value": asked["value"]}]
    call(scope, "dynamodb", "TagResource", ResourceArn=table_arn(scope, row), Tags=tags)


def _untag(scope: Scope, row: Table, key: str) -> None:
    call(scope, "dynamodb", "UntagResource", ResourceArn=table_arn(scope, row), TagKeys=[key])


_PLAIN: dict[str, Callable[[Scope, Table, str], None]] = {
    "protect": lambda scope, row, _: _update(scope, row, DeletionProtectionEnabled=True),
    "unprotect": lambda scope, row, _: _update(scope, row, DeletionProtectionEnabled=False),
    "keep": lambda scope, row, _: _expire(scope, row, row.ttl_attribute, on=False),
    "untag": _untag,
}
"""What a button alone does."""

_FORMS: dict[
    str,
    tuple[type[ConsoleForm], Callable[[Scope, Table, dict[str, Any], ConsoleForm], None]],
] = {
    "capacity": (CapacityForm, _capacity),
    "expire": (
        ExpiryForm,
        lambda scope, row, asked, _: _expire(scope, row, asked["attribute"], on=True),
    ),
    "tag": (TagForm, _tag),
    "class": (
        ClassForm,
        lambda scope, row, asked, _: _update(scope, row, TableClass=asked["table_class"]),
    ),
}
"""What a form does."""

_SAID = {
    "protect": "The table cannot be deleted now.",
    "unprotect": "The table can be deleted now.",
    "keep": "Items do not expire any more.",
    "untag": "The tag was removed.",
    "capacity": "The capacity was changed.",
    "expire": "Items expire within seconds of their time.",
    "tag": "The tag was added.",
    "class": "The table class was changed.",
}


def _page(request: HttpRequest, row: Table, refused: Forms, status: int = 200) -> HttpResponse:
    capacity = {
        "billing": row.billing_mode,
        "read_units": row.read_units or 5,
        "write_units": row.write_units or 5,
    }
    kept = row.recorded.get("TableClass", STANDARD)
    return listing.tab(
        request,
        row,
        "settings",
        status=status,
        table=row,
        capacity=refused.get("capacity", CapacityForm(initial=capacity)),
        expiry=refused.get("expire", ExpiryForm()),
        tag=refused.get("tag", TagForm()),
        table_class=refused.get("class", ClassForm(initial={"table_class": kept})),
        tags=sorted(row.tags.items()),
        recorded=sorted(row.recorded.items()),
    )
