"""What every page's frame shows: navigation, place, theme. The page itself is the views' business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from console.pages import place, vitals

THEME_COOKIE = "shardlight-theme"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the navigation; `section` is what the page's `section` must be to be current."""

    label: str
    section: str
    route: str
    icon: str

    @property
    def url(self) -> str:
        """Where it leads."""
        return reverse(self.route)


NAVIGATION = (
    (
        "nav.lambda",
        (
            Entry("nav.functions", "functions", "functions", "square-function"),
            Entry("nav.layers", "layers", "layers", "package"),
        ),
    ),
    (
        "nav.dynamodb",
        (
            Entry("nav.tables", "tables", "tables", "table-2"),
            Entry("nav.items", "items", "explore", "search"),
            Entry("nav.partiql", "partiql", "partiql", "terminal"),
        ),
    ),
    (
        "nav.supporting",
        (
            Entry("nav.queues", "queues", "queues", "layers"),
            Entry("nav.topics", "topics", "topics", "bell"),
            Entry("nav.buckets", "buckets", "buckets", "archive"),
            Entry("nav.logs", "logs", "log-groups", "scroll-text"),
            Entry("nav.roles", "roles", "roles", "shield"),
        ),
    ),
    ("nav.shardlight", (Entry("nav.health", "health", "health", "activity"),)),
)


def theme(request: HttpRequest) -> str:
    """Read the visitor's choice: "light", "dark", or "system" when there is none."""
    chosen = request.COOKIES.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates what the frame needs (a context processor)."""
    chosen = theme(request)
    return {
        "csp_nonce": getattr(request, "csp_nonce", None),
        "navigation": NAVIGATION,
        "place": place.of(request),
        "regions": place.REGIONS,
        "theme": chosen,
        "vitals": SimpleLazyObject(vitals.read),
        "next_theme": THEMES[(THEMES.index(chosen) + 1) % len(THEMES)],
        "theme_icon": {"system": "monitor", "light": "sun", "dark": "moon"}[chosen],
    }
