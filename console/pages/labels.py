"""Every button, field and heading text of the console under a stable id.

Lessons and tests refer to ids, never to wording. Fields find `<noun>.<field>` and, where they
exist, the same id with `.help`, `.hint` and `.unit`. Sentences that carry values live in templates.
"""

from __future__ import annotations

from console.pages.access.texts import TEXTS as _OF_IDENTITY
from console.pages.functions.texts import TEXTS as _OF_FUNCTIONS
from console.pages.messaging.texts import TEXTS as _OF_MESSAGING
from console.pages.tables.texts import TEXTS as _OF_TABLES
from console.pages.triggers.texts import TEXTS as _OF_TRIGGERS

_TEXTS: dict[str, dict[str, str]] = {
    "shell": {"skip": "Skip to main content"},
    "nav": {
        "services": "Services",
        "open": "Open navigation",
        "crumbs": "Breadcrumbs",
        "lambda": "Lambda",
        "functions": "Functions",
        "layers": "Layers",
        "dynamodb": "DynamoDB",
        "tables": "Tables",
        "items": "Explore items",
        "partiql": "PartiQL editor",
        "supporting": "Supporting",
        "queues": "Queues",
        "topics": "Topics",
        "buckets": "Buckets",
        "logs": "Log groups",
        "roles": "Roles",
        "shardlight": "Shardlight",
        "health": "Health",
    },
    "search": {
        "title": "Search",
        "placeholder": "Search names, UUIDs, record numbers, keys",
        "none.title": "Nothing found",
        "none.text": "Nothing of this account and region has that in its name, and none of its records has it as number, event ID or key.",
    },
    "list": {
        "find": "Find by name",
        "apply": "Find",
        "no_match": "Nothing here has that in its name.",
        "pages": "Pages of the list",
        "before": "Previous page",
        "after": "Next page",
    },
    "place": {
        "open": "Account and region",
        "account": "Account",
        "account.help": "Twelve digits. An account that is new here starts empty.",
        "region": "Region",
        "switch": "Switch",
        "show": "Show",
    },
    "theme": {"change": "Change the colour scheme; it is now:"},
    "live": {"refresh": "Refresh", "live": "Live"},
    "confirm": {
        "cancel": "Cancel",
        "type": "To confirm, type",
        "mistyped": "That is not the name.",
    },
    "failed": {"heading": "What happened", "home": "Go to the console"},
    "refused": {"heading": "That is not here", "list": "Go to the list"},
    "health": {
        "title": "Health",
        "isolation": "Isolation",
        "workers": "Workers",
        "redis": "Redis",
        "database": "Database",
        "endpoint": "AWS endpoint",
        "settings": "Settings",
    },
}
_FLAT = {
    f"{noun}.{name}": said
    for noun, texts in (
        _TEXTS | _OF_FUNCTIONS | _OF_IDENTITY | _OF_MESSAGING | _OF_TABLES | _OF_TRIGGERS
    ).items()
    for name, said in texts.items()
}


def text(name: str) -> str:
    """Give the text of an id. Raises KeyError for an id that is not in the catalogue."""
    return _FLAT[name]


def find(name: str) -> str:
    """Give the text of an id, nothing where there is none."""
    return _FLAT.get(name, "")


def ids() -> frozenset[str]:
    """All ids of the catalogue."""
    return frozenset(_FLAT)
