"""Coroutines in tests that share a process with a browser driver, which keeps a loop running."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def on_a_loop_of_its_own(calls: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end on another thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, calls).result()
