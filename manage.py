#!/usr/bin/env python3
"""The command line. With a Python that lacks the dependencies it goes on in the virtual environment
`.venv` beside this file; `up` and `test` make that first."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
EXTRAS = {"up": "", "test": "[test]"}
OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> None:
    """Find an environment that has everything, then run Django's command line."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.stdout.reconfigure(line_buffering=True)  # the banner shows at once in a pipe or a file too
    if not _has_all(command):
        if command not in EXTRAS:
            _enter_venv()
            sys.exit("Packages are missing. Run once: python3 manage.py up (it installs them)")
        _go_on_in_venv(command)
    if command == "test":
        os.chdir(HERE)
        os.execv(sys.executable, [sys.executable, "-m", "tests", *sys.argv[2:]])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    if command == "up" and (folder := _option("--data")):
        os.environ["SHARDLIGHT_DATA"] = str(Path(folder).absolute())
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Shardlight cannot start: {error}")


def _has_all(command: str) -> bool:
    """Look for one package of each set; a half-finished installation is finished by pip."""
    wanted = ["django", "celery", "uvloop"] + (["pytest_django"] if command == "test" else [])
    return all(importlib.util.find_spec(name) for name in wanted)


def _enter_venv() -> None:
    """Go on in the virtual environment, if there is one and this is not it."""
    if PYTHON.exists() and Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), str(HERE / "manage.py"), *sys.argv[1:]])


def _go_on_in_venv(command: str) -> None:
    _enter_venv()
    if not PYTHON.exists():
        _check_version()
        print(f"Making a virtual environment in {VENV} …", flush=True)
        _make_venv()
    print("Installing what is needed (the first time only) …", flush=True)
    target = f"{HERE}{EXTRAS[command]}"
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--editable", target], check=False).returncode != 0:
        sys.exit("Installing failed: pip says why above. Is a package index reachable?")
    os.execv(PYTHON, [str(PYTHON), str(HERE / "manage.py"), *sys.argv[1:]])


def _check_version() -> None:
    """Refuse a Python that is too old or too new; name one of this machine that is not."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    found = [name for name in (f"python3.{minor}" for minor in minors) if shutil.which(name)]
    hint = f" Run: {found[0]} manage.py {' '.join(sys.argv[1:])}" if found else ""
    sys.exit(f"Shardlight needs Python 3.11 to 3.13; this is {sys.version.split()[0]}.{hint}")


def _make_venv() -> None:
    """Make the environment; Debian and Ubuntu keep what this takes in a package of its own."""
    make = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(make, check=False, stdout=subprocess.DEVNULL).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    for name in (package, "python3-venv"):
        if _apt_install(name) and subprocess.run(make, check=False).returncode == 0:
            return
    sys.exit(f"Cannot make a virtual environment. Run: sudo apt-get install {package}")


def _apt_install(package: str) -> bool:
    """Install a Debian package when that is allowed without asking for a password."""
    if shutil.which("apt-get") is None:
        return False
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and shutil.which("sudo") is None:
        return False
    print(f"Installing {package} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "check": False}
    subprocess.run([*sudo, "apt-get", "update", "-qq"], **quiet)
    install = [*sudo, "apt-get", "install", "-y", "-qq", package]
    return subprocess.run(install, **quiet).returncode == 0


def _option(name: str) -> str | None:
    """Read an option that settings need before Django parses the command line."""
    for position, word in enumerate(sys.argv):
        if word == name and position + 1 < len(sys.argv):
            return sys.argv[position + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


if __name__ == "__main__":
    main()
