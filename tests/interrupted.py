"""A signal at one moment of many. For programs of their own: it replaces their handler of SIGTERM."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def signalled(moment: int, stop: Callable[[], None]) -> Iterator[None]:
    """Have SIGTERM, which calls `stop`, come at the `moment`th bytecode of what is called inside."""
    passed = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal passed
        frame.f_trace_opcodes = True
        passed += event == "opcode"
        if event == "opcode" and passed == moment:
            signal.raise_signal(signal.SIGTERM)
        return trace

    signal.signal(signal.SIGTERM, lambda *_: stop())
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)
