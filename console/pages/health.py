"""The page of signs: isolation, workers, Redis, database, and how to reach the endpoint."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from console.aws.scope import Scope
from console.pages import answer, labels, live, vitals
from console.pages.functions import runtimes
from console.pages.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is well or not."""

    label: str
    well: bool
    word: str
    why: str


@live.topic("health")
def signs(_scope: Scope, _argument: str) -> str:
    """Render all signs."""
    now = vitals.read()
    found = [_isolation(now), _workers(now), _redis(now), _database()]
    return render_to_string("health/signs.html", {"signs": found})


def _isolation(now: Vitals) -> Sign:
    if not now.workers:
        return Sign(
            "health.isolation", False, "Unknown", "A worker says how it isolates functions."
        )
    why = f"{now.protection} {now.weakness}".strip()
    return Sign("health.isolation", not now.weakness, now.isolation.capitalize(), why)


def _workers(now: Vitals) -> Sign:
    if now.workers:
        why = "They read the shards and run the functions."
        return Sign("health.workers", True, f"{now.workers} seen", why)
    why = "Start one: manage.py worker." if now.redis else "Without Redis they cannot be seen."
    return Sign("health.workers", False, "None seen", why)


def _redis(now: Vitals) -> Sign:
    if now.redis:
        return Sign("health.redis", True, "Answers", "Wakes workers at once.")
    return Sign("health.redis", False, "Away", "Without it everything works, only slower.")


def _database() -> Sign:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(
        connection.vendor, connection.vendor
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Sign("health.database", True, name, "Holds every table, function, record and log line.")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show all signs and the settings of this installation."""
    return answer.page(
        request,
        "health/index.html",
        section="health",
        trail=[(labels.text("health.title"), "")],
        topic="health:",
        topics=["health:"],
        endpoint=settings.GATEWAY_URL,
        facts=[
            ("Python", platform.python_version()),
            ("Runtimes for functions", ", ".join(runtimes.described())),
            ("Data folder", settings.DATA_DIR),
            ("Log retention", f"{settings.LOG_RETENTION_DAYS} days"),
            ("Shards of a new stream", settings.SHARDS_PER_STREAM),
            ("Shards roll over", _seconds(settings.SHARD_ROLLOVER_SECONDS) or "never"),
            ("Expired items are looked for", _seconds(settings.TTL_SWEEP_SECONDS)),
        ],
    )


def _seconds(count: float) -> str:
    """Say how often something happens; nothing for 0."""
    return f"every {count:g} seconds" if count > 0 else ""
