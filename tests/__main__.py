"""The test command: `manage.py test [pytest's arguments]`.

Without arguments: everything but the proofs, then what is marked `postgres` once more on a real
PostgreSQL. `--prepare` only installs what the tests need.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

from tests import postgres

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    """Prepare, run, and return pytest's exit code."""
    _ensure_browser()
    if arguments == ["--prepare"]:
        return 0
    code = _pytest(arguments, {})
    if code == 0 and not arguments:
        code = _on_postgres()
    return code


def _on_postgres() -> int:
    if not postgres.available():
        print("No PostgreSQL wheel for this machine: its tests are left out.", flush=True)
        return 0
    print("\nThe same on PostgreSQL:", flush=True)
    with postgres.server() as url:
        return _pytest(["-m", "postgres and not proof"], {"DATABASE_URL": url})


def _pytest(arguments: list[str], extra: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env={**os.environ, **extra}, check=False).returncode


def _ensure_browser() -> None:
    """Install what the browser tests need through apt, where that is allowed; else say so."""
    missing = _missing()
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if missing and shutil.which("apt-get") and (not sudo or shutil.which("sudo")):
        print(f"Installing {' and '.join(missing)} for the browser tests …", flush=True)
        quiet = subprocess.DEVNULL
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, stdout=quiet)
        command = [*sudo, "apt-get", "install", "-y", "-qq", *missing]
        subprocess.run(command, check=False, stdout=quiet, stderr=quiet)
        missing = _missing()
    if missing:
        print(
            "Missing, and could not be installed: the browser tests cannot run. "
            f"To run them: sudo apt-get install {' '.join(missing)}",
            flush=True,
        )


def _missing() -> list[str]:
    """List the Debian packages of what the browser tests need and do not find."""
    missing = [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")  # Playwright's Node.js loads it
        except OSError:
            missing.append("libatomic1")
    return missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
