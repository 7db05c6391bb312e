"""Whether the database has the tables of this version. Makes none; loads no migration to find out."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError, connection


def require_tables() -> None:
    """Refuse to go on with tables of another version; a database that is away may come back."""
    try:
        connection.ensure_connection()
    except OperationalError:
        return
    if _wanted() - _made():
        raise CommandError(
            "The database lacks tables of this version: run .venv/bin/python manage.py migrate"
        )


def _wanted() -> set[tuple[str, str]]:
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }


def _made() -> set[tuple[str, str]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return {(app, name) for app, name in cursor.fetchall()}
    except DatabaseError:  # not even the list of them
        return set()
