"""The Django app of everything that starts functions."""

from __future__ import annotations

from django.apps import AppConfig


class TriggersConfig(AppConfig):
    name = "triggers"

    def ready(self) -> None:
        """Refuse to start with connections to outside streams that cannot be read."""
        from triggers.sources.remote import connections

        connections.known()
