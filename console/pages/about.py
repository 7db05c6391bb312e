"""Views about one thing of an account: it is looked up before they run, or said to be missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, place

View = Callable[..., HttpResponse]


def about(find: Callable[[Scope, str], Any], section: str, back: str) -> Callable[[View], View]:
    """Hand a view, `(request, scope, thing, …)`, what the `name` in its address stands for.

    What is missing is said on a page of `section`, from which the route `back` leads on.
    """

    def hand(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, name: str, **more: str) -> HttpResponse:
            scope = place.scope(request)
            try:
                thing = find(scope, name)
            except AwsError as error:
                return answer.refused(request, error, section=section, back=reverse(back))
            return view(request, scope, thing, **more)

        return found

    return hand
