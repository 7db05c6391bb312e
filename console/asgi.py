"""The console as an ASGI application: pages and server-sent events."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application
from django.core.signals import request_finished
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

application = get_asgi_application()


def _hang_up(**_: object) -> None:
    """Close the connections of a request: its thread ends with it, and nobody else could use them."""
    connections.close_all()


request_finished.connect(_hang_up)
