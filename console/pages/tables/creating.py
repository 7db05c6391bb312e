"""The Create table page: keys and stream, and under Customize settings capacity, indexes and more.

Indexes are forms of their own, added and removed without a script; nothing is made until Create.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from console.pages import answer, labels, place
from console.pages.aws import call
from console.pages.forms.form import ConsoleForm
from console.pages.forms.indexes import NewIndexForm
from console.pages.forms.tables import TableForm
from console.pages.tables.listing import trail

MOST_INDEXES = 25
"""20 global and 5 local ones. Source: developer guide, "Quotas"."""


def create(request: HttpRequest) -> HttpResponse:
    """Make a table; the buttons of indexes only change the form."""
    if request.method != "POST":
        return _page(request, TableForm(), [])
    numbers = _numbers(request.POST)
    if "add" in request.POST or "drop" in request.POST:
        form = TableForm(initial=request.POST.dict())
        return _page(request, form, [_refilled(request.POST, number) for number in numbers])
    form = TableForm(request.POST)
    indexes = [NewIndexForm(request.POST, prefix=_prefix(number)) for number in numbers]
    checked = [one.is_valid() for one in (form, *indexes)]
    if all(checked):
        with form.refused_by_aws():
            call(place.scope(request), "dynamodb", "CreateTable", **form.request(indexes))
            name = form.cleaned_data["name"]
            messages.success(request, f"Table {name} was created.")
            return answer.see(reverse("table", args=[name]))
    return _page(request, form, indexes, status=422)


def _numbers(post: QueryDict) -> list[int]:
    """Number the indexes of the form, with one more or one fewer when that was asked for."""
    numbers = [int(text) for text in post.getlist("index") if text.isdecimal() and len(text) < 5][
        :MOST_INDEXES
    ]
    if "add" in post and len(numbers) < MOST_INDEXES:
        numbers.append(max(numbers, default=-1) + 1)
    return [one for one in numbers if str(one) != post.get("drop")]


def _refilled(post: QueryDict, number: int) -> NewIndexForm:
    """Show what was typed without judging it yet."""
    prefix = _prefix(number)
    typed = {
        name: post[f"{prefix}-{name}"]
        for name in NewIndexForm.base_fields
        if f"{prefix}-{name}" in post
    }
    return NewIndexForm(initial=typed, prefix=prefix)


def _prefix(number: int) -> str:
    return f"index-{number}"


def _page(
    request: HttpRequest, form: TableForm, indexes: list[NewIndexForm], status: int = 200
) -> HttpResponse:
    numbered = [(str(one.prefix).rpartition("-")[2], one) for one in indexes]
    forms: list[ConsoleForm] = [form, *indexes]
    customized = {"billing", "protected", "tags", "read_units", "write_units", "table_class"}
    return answer.page(
        request,
        "tables/create.html",
        section="tables",
        trail=trail((labels.text("table.create"), "")),
        status=status,
        form=form,
        indexes=numbered,
        custom=bool(indexes) or any(set(one.errors) & customized for one in forms if one.is_bound),
    )
