"""The short, private folder of one start, for sockets: made, and removed however the start ends."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "shardlight-"


@contextmanager
def runtime_folder(record: Path) -> Iterator[Path]:
    """Make the folder and note it in `record`; what a killed start noted there goes first."""
    with suppress(FileNotFoundError):
        left = Path(record.read_text())
        if left.name.startswith(_PREFIX):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    record.write_text(str(folder))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        record.unlink(missing_ok=True)
