"""Functions run as users of their own also where root's home is closed to them, and leave nothing."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from functions.runtime import lending
from functions.runtime.isolation import Isolation
from functions.runtime.pool import Pool
from functions.runtime.users import FIRST_UID
from tests.runtime.conftest import NOWHERE, Write, run

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to lend"),
]

ROOT = Path(__file__).resolve().parents[2]
WHERE = """
    import os

    def handler(event, context):
        return [__file__, os.getuid(), os.environ["TMPDIR"]]
"""


@pytest.fixture
def opened() -> Iterator[Path]:
    """A folder that everyone may enter."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def read_as_another(path: Path) -> str:
    done = subprocess.run(
        ["/bin/cat", str(path)], user=FIRST_UID, group=FIRST_UID, extra_groups=[],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_what_everyone_reaches_stays_where_it_is(opened: Path) -> None:
    (opened / "file").write_text("open")
    (opened / "file").chmod(0o644)

    assert lending.lent(opened / "file") == opened / "file"


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_what_lies_behind_a_closed_door_is_lent(opened: Path, mode: int) -> None:
    home = opened / "home"
    home.mkdir(mode=0o700)
    (home / "tree").mkdir()
    (home / "tree" / "file").write_text("lent")
    (home / "tree" / "file").chmod(mode)

    lent = lending.lent(home / "tree")

    assert read_as_another(home / "tree" / "file") == ""
    assert read_as_another(lent / "file") == "lent"
    assert (home / "tree" / "file").stat().st_mode & 0o777 == mode


def test_code_behind_a_closed_door_is_lent_to_its_own_user_only(
    confined: Isolation, write: Write, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    pool = Pool(tmp_path, NOWHERE, isolation=confined)
    file, uid, scratch = json.loads(run(pool, write(WHERE)).payload)

    assert uid >= FIRST_UID
    assert not file.startswith(str(tmp_path))
    assert read_as_another(Path(file)) == ""
    assert os.path.isdir(scratch)

    pool.close()

    assert not os.path.exists(file)
    assert not os.path.exists(Path(scratch).parent)


def test_open_code_runs_where_it_lies(confined: Isolation, write: Write, opened: Path) -> None:
    pool = Pool(opened, NOWHERE, isolation=confined)
    spec = write(WHERE)
    spec.code.rename(opened / "package")
    outcome = run(pool, dataclasses.replace(spec, code=opened / "package"))
    pool.close()

    assert json.loads(outcome.payload)[0] == str(opened / "package" / "app.py")


def test_what_a_killed_worker_had_lent_goes_with_the_next(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    with lender(tmp_path) as (worker, first):
        worker.kill()
    with lender(tmp_path) as (_, second):
        assert second.is_dir()
        assert not first.exists()


@contextmanager
def lender(path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that has lent `path`, and what it lent; it ends with the block."""
    code = (
        "import sys; from pathlib import Path; from functions.runtime import lending;"
        "print(lending.lent(Path(sys.argv[1])), flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())


def test_folders_of_killed_workers_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "shardlight-lent-4194303-abc"  # beyond the last pid
    left.mkdir()
    (left / "tmp").mkdir()
    monkeypatch.setattr(lending, "place", lambda: tmp_path)

    made = lending.folder_of_an_environment()

    assert [*tmp_path.iterdir()] == [made]
    assert made.name.startswith(f"shardlight-lent-{os.getpid()}-")
