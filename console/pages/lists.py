"""A list of the console, found by name and cut into pages. What stands in it is the views' business."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

A_PAGE = 100
"""Lines of a list that are shown at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list; `total` counts what has the words, `query` are the words.

    `heading` is the label of what is listed.
    """

    heading: str
    page: Page[Any]
    query: str

    @property
    def total(self) -> int:
        """How many lines all pages have."""
        return self.page.paginator.count

    @property
    def is_long(self) -> bool:
        """Say whether looking for a name helps."""
        return bool(self.query) or self.total > A_PAGE // 10

    @property
    def before(self) -> str:
        """The address's query of the page before; nothing on the first one."""
        return self._at(self.page.number - 1) if self.page.has_previous() else ""

    @property
    def after(self) -> str:
        """The address's query of the next page; nothing on the last one."""
        return self._at(self.page.number + 1) if self.page.has_next() else ""

    def _at(self, number: int) -> str:
        words = {"name": self.query} if self.query else {}
        return urlencode({**words, "page": number})


def of_rows(request: HttpRequest, heading: str, rows: QuerySet[Any]) -> Listed:
    """Cut rows that have a `name`."""
    query = _query(request)
    found = rows.filter(name__icontains=query) if query else rows
    return _cut(request, heading, found.order_by("name"), query)


def of_things(
    request: HttpRequest, heading: str, things: Sequence[Any], name_of: Callable[[Any], str]
) -> Listed:
    """Cut what is in memory already, in its order."""
    query = _query(request)
    found = [one for one in things if query.lower() in name_of(one).lower()]
    return _cut(request, heading, found, query)


def _query(request: HttpRequest) -> str:
    return request.GET.get("name", "").strip()


def _cut(request: HttpRequest, heading: str, found: Any, query: str) -> Listed:
    return Listed(heading, Paginator(found, A_PAGE).get_page(request.GET.get("page")), query)
