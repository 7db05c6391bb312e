"""The gateway as tests start it: migrates its database, serves, ends when its standard input does."""

from __future__ import annotations

import os
import sys
import threading


def main(port: int) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from console.gateway.server import serve

    serve("127.0.0.1", port)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
