"""`manage.py web`: the console, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand

from console.descriptors import allow_many
from console.launch.listening import port_number
from console.launch.tables import require_tables
from console.outages import tell_in_one_line


class Command(BaseCommand):
    help = "Serve the web console."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take host and port."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=port_number, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Serve until a signal comes; open event streams are cut after two seconds."""
        require_tables()
        tell_in_one_line()
        allow_many()
        uvicorn.run(
            "console.asgi:application",
            host=host,
            port=port,
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=2,
            server_header=False,
        )
