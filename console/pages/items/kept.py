"""Bookmarks and history of the pages that query: what was asked, in words, and the way back to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts import queries
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, place, visitor
from console.pages.items.searches import FILTER_OPERATORS, QUERY, Comparison, Search

PARTIQL = "partiql"
LONGEST = 8192
"""Characters of a statement that is remembered."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A query to run again: what it is called or asks for, and the address's query that asks it."""

    said: str
    address: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept of one page."""

    bookmarks: list[Kept]
    history: list[Kept]


def page_of(table: str) -> str:
    """Name the page of a table's items."""
    return f"items:{table}"


def of_table(scope: Scope, who: str, table: str) -> Shelf:
    """Give what is kept of a table's items, with the history of the visitor `who`."""
    page = page_of(table)
    return Shelf(
        [Kept(one.name, one.text) for one in queries.bookmarks(scope, page)],
        [
            Kept(said(Search.read(QueryDict(text))), text)
            for text in queries.history(scope, who, page)
        ],
    )


def of_statements(scope: Scope, who: str) -> Shelf:
    """Give the statements that the visitor `who` ran last."""
    found = [json.loads(one) for one in queries.history(scope, who, PARTIQL)]
    return Shelf([], [Kept(one["statement"], urlencode(one)) for one in found])


def remember(request: HttpRequest, scope: Scope, page: str, text: str) -> str:
    """Put a query into the visitor's history; the visitor's number, new for one without."""
    who = visitor.of(request) or visitor.new()
    if len(text) <= LONGEST:
        queries.remember(scope, who, page, text)
    return who


def said(search: Search) -> str:
    """Say in words what a search asks for."""
    parts = [
        f"{'Query' if search.mode == QUERY else 'Scan'}{f' {search.index}' * bool(search.index)}"
    ]
    if search.mode == QUERY:
        parts += [", ".join(one for one in search.hashes if one)]
        parts += [_compared(one) for one in search.ranges if one.value]
        parts += ["descending"] if search.descending else []
    parts += [f"{one.name} {_compared(one)}" for one in search.filters if one.name]
    parts += [f"only {search.projection}"] if search.projection else []
    return " · ".join(part for part in parts if part)


def _compared(test: Comparison) -> str:
    words = [FILTER_OPERATORS.get(test.operator, test.operator)]
    if test.wants_value:
        words += [test.value]
    if test.operator == "between":
        words += ["and", test.high]
    return " ".join(words)


@require_POST
def bookmark(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the query under a name; `forget` drops a bookmark, `clear` the visitor's history."""
    scope, page, query = place.scope(request), page_of(name), request.POST.get("query", "")
    text = Search.read(QueryDict(query)).address()
    if gone := request.POST.get("forget"):
        queries.forget(scope, page, gone)
    elif "clear" in request.POST:
        queries.forget_history(scope, visitor.of(request), page)
    else:
        called = request.POST.get("called", "").strip()
        try:
            queries.bookmark(scope, page, called, text)
            messages.success(request, f"The query was kept as {called}.")
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
    return answer.see(f"{reverse('items', args=[name])}?{text}")


@require_POST
def clear_statements(request: HttpRequest) -> HttpResponse:
    """Drop the visitor's history of statements."""
    queries.forget_history(place.scope(request), visitor.of(request), PARTIQL)
    return answer.see(reverse("partiql"))
