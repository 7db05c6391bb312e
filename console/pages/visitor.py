"""Who looks at the pages: a number that the browser keeps, so that something can be one's own.

It proves nothing about the person: a single-user install has no sign-in.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponseBase

from console.aws.ids import SYSTEM_IDS, Ids
from console.pages.place import YEAR

COOKIE = "shardlight-visitor"
_NUMBER = re.compile(r"[0-9a-f]{32}")


def of(request: HttpRequest) -> str:
    """Read the visitor's number; "" for one that has none yet."""
    found = request.COOKIES.get(COOKIE, "")
    return found if _NUMBER.fullmatch(found) else ""


def new(ids: Ids = SYSTEM_IDS) -> str:
    """Make a number that nobody guesses."""
    return ids.hex(32)


def remember(response: HttpResponseBase, number: str) -> None:
    """Keep the visitor's number for a year."""
    response.set_cookie(COOKIE, number, max_age=YEAR, samesite="Lax", httponly=True)
