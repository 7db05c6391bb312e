"""Choosing the account, the region and the colour scheme. All three live in cookies."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from console.pages import chrome, place


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Go to another account or region; pages of single resources lead to their lists there."""
    account = request.POST.get("account", "").replace("-", "").strip()
    chosen = place.Place.parse(account, request.POST.get("region", ""))
    if chosen is None:
        messages.error(
            request, "An account number has exactly 12 digits, a region looks like eu-west-1."
        )
        return HttpResponseRedirect(_back(request))
    section = _back(request).strip("/").split("/")[0]
    answer = HttpResponseRedirect(f"/{section}/" if section in LISTS else reverse("functions"))
    place.remember(answer, chosen)
    return answer


LISTS = ("functions", "tables", "queues", "logs", "roles", "health")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the colour scheme for a year."""
    answer = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in chrome.THEMES:
        answer.set_cookie(
            chrome.THEME_COOKIE, chosen, max_age=place.YEAR, samesite="Lax", httponly=True
        )
    return answer


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("functions")
