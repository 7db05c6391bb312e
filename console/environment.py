"""Reads the knobs of `settings` from the environment; refuses what cannot be read, by name."""

from __future__ import annotations

import json
import math
import os
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def whole(name: str, default: int, *, least: int = 0) -> int:
    """Read a whole number."""
    text = os.environ.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and int(text) >= least):
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} on, not {text!r}.")
    return int(text)


def number(name: str, default: float) -> float:
    """Read a number that is not negative."""
    text = os.environ.get(name, str(default))
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise ImproperlyConfigured(f"{name} must be a number from 0 on, not {text!r}.")
    return found


def address(name: str, default: str) -> str:
    """Read where an HTTP server listens: what is behind it is spoken to without TLS."""
    text = os.environ.get(name) or default
    if not _is_address(text):
        raise ImproperlyConfigured(f"{name} must be http://host:port, not {text!r}.")
    return text


def objects(name: str) -> list[dict[str, Any]]:
    """Read a JSON list of objects, empty by default."""
    try:
        found = json.loads(os.environ.get(name) or "[]")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is no JSON: {error}.") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ImproperlyConfigured(f"{name} must be a JSON list of objects.")
    return found


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        named = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is no number
        return False
    return named and parts.path in ("", "/")
