"""As many open files as the system lets this process have: what shells start with is too few for a day.

A worker holds a dozen for each environment at rest, the gateway one for each client.
"""

from __future__ import annotations

import contextlib
import sys

#: More than any of our processes needs.
_MOST = 65_536


def allow_many() -> None:
    """Raise this process's own limit of open files to what it may raise it to."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a system that grants less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
