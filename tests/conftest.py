"""What holds for all tests: searches by Hypothesis look at the same examples wherever they run.

A slow or loaded machine fails none of them: how long an example takes is nobody's promise. To look
at new examples instead, run with `--hypothesis-profile=search`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", _PATIENT)
settings.register_profile("same", _PATIENT, derandomize=True, database=None)
settings.load_profile("same")


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Have threads interrupt each other wherever they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
