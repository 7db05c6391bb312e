"""Where a page's calls land: the account and region that the visitor chose, kept in a cookie.

Whether the visitor may use that account is not decided here: a single-user install has no sign-in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from console.accounts.tenancy import DEFAULT_ACCOUNT, DEFAULT_REGION, scope_for
from console.aws.scope import Scope

COOKIE = "shardlight-place"
YEAR = 365 * 24 * 3600  # seconds
REGIONS = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-central-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "eu-south-1",
    "af-south-1",
    "me-south-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
]
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Place:
    """One account in one region."""

    account: str = DEFAULT_ACCOUNT
    region: str = DEFAULT_REGION

    @classmethod
    def parse(cls, account: str, region: str) -> Place | None:
        """Check both parts; None when one of them cannot be such a name."""
        if _ACCOUNT.fullmatch(account) and _REGION.fullmatch(region):
            return cls(account, region)
        return None


def of(request: HttpRequest) -> Place:
    """Read the visitor's place; the first account and region where the cookie says nothing."""
    account, _, region = request.COOKIES.get(COOKIE, "").partition("/")
    return Place.parse(account, region) or Place()


def scope(request: HttpRequest) -> Scope:
    """Give the scope that every verb called by this page gets."""
    here = of(request)
    return scope_for(here.account, here.region)


def remember(response: HttpResponseBase, chosen: Place) -> None:
    """Keep the visitor's place for a year."""
    response.set_cookie(
        COOKIE, f"{chosen.account}/{chosen.region}", max_age=YEAR, samesite="Lax", httponly=True
    )
