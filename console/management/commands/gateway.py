"""`manage.py gateway`: the AWS-compatible endpoint, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.descriptors import allow_many
from console.gateway.server import serve
from console.launch.listening import port_number
from console.launch.tables import require_tables
from console.outages import tell_in_one_line


class Command(BaseCommand):
    help = "Serve the AWS-compatible endpoint."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take host and port."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=port_number, default=4566)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Serve until a signal comes."""
        require_tables()
        tell_in_one_line()
        allow_many()
        try:
            serve(host, port)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error}. Choose --port.") from None
