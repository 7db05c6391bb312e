"""Processes of the product take the open files that they may have."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from console.descriptors import allow_many
allow_many()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
@pytest.mark.parametrize(("soft", "hard", "now"), [(256, 900, "900 900"), (900, 900, "900 900")])
def test_the_limit_of_open_files_is_raised_as_far_as_it_may(soft: int, hard: int, now: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", ASK.format(soft=soft, hard=hard)], capture_output=True, check=True
    )

    assert said.stdout.decode().strip() == now
