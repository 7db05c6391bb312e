"""The secret key of an installation is made once, however many parts start at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.secretkey import secret_key

PARTS = 4


def test_a_key_that_was_never_written_is_made_now(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    path.touch()  # who made it has been killed, or is about to write

    key = secret_key(None, path)

    assert len(key) > 40
    assert secret_key(None, path) == key


@pytest.mark.usefixtures("eager_switches")
def test_parts_that_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    gate = threading.Barrier(PARTS)

    def start(path: Path) -> str:
        gate.wait()
        return secret_key(None, path)

    with ThreadPoolExecutor(PARTS) as parts:
        for number in range(50):
            path = tmp_path / str(number) / "secret-key"
            keys = list(parts.map(start, [path] * PARTS))

            assert len(set(keys)) == 1
            assert path.stat().st_mode & 0o777 == 0o600
