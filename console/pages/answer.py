"""How a view answers: a page in the frame, the dialog's content, or a way back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from console.aws.errors import AwsError

Trail = list[tuple[str, str]]
"""Breadcrumbs: text and address; the last one has no address."""


def page(
    request: HttpRequest,
    template: str,
    *,
    section: str,
    trail: Trail,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a whole page of a section of the navigation."""
    return render(request, template, {"section": section, "trail": trail, **context}, status=status)


def confirm(request: HttpRequest, *, section: str, trail: Trail, **context: Any) -> HttpResponse:
    """Ask before something is destroyed: as a page, or alone for the page's dialog.

    `context` holds title, question, consequence, verb (a label id), action and back (addresses).
    """
    dialog = request.headers.get("HX-Request") == "true"
    return render(
        request,
        "components/confirm.html",
        {
            "base": "dialog.html" if dialog else "page.html",
            "section": section,
            "trail": trail,
            **context,
        },
    )


def refused(
    request: HttpRequest, error: AwsError, *, section: str, back: str, status: int = 404
) -> HttpResponse:
    """Show an answer of AWS where there is no form to put it into."""
    return page(
        request,
        "refused.html",
        section=section,
        trail=[],
        status=status,
        error=error,
        back=back,
    )


def see(where: str) -> HttpResponseRedirect:
    """Lead on after something was done."""
    answer = HttpResponseRedirect(where)
    answer.status_code = 303
    return answer
