"""How something is ended: asked first, done on POST, and what came of it said on the next page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from console.aws.errors import AwsError
from console.pages import answer


def ask(
    request: HttpRequest, run: Callable[[], str], *, back: str, then: str = "", **asked: Any
) -> HttpResponse:
    """Ask, then `run`, which says what it did, and lead on to `then` or `back`.

    `asked` is what `answer.confirm` shows. What AWS refuses is said on the page of `back`.
    """
    if request.method != "POST":
        return answer.confirm(request, action=request.path, back=back, **asked)
    try:
        messages.success(request, run())
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
        return answer.see(back)
    return answer.see(then or back)
