"""Environments forked from a zygote cannot be told from fresh ones, and cost less."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.runtime import forkers, preloading
from functions.runtime.forkers import Prepared, Zygote
from functions.runtime.isolation import Isolation
from functions.runtime.pool import Pool
from functions.runtime.processes import Forked
from functions.runtime.spawning import StartError
from functions.runtime.spec import EnvironmentSpec, Event
from tests.runtime.conftest import ARN, NOWHERE, Write, is_gone, run, until
from tests.runtime.test_pool import Hand

pytestmark = pytest.mark.sandbox
NOTHING = "def handler(event, context): pass\n"


@pytest.fixture
def pool(code_root: Path, sandboxed: Isolation) -> Iterator[Pool]:
    made = Pool(code_root, NOWHERE, isolation=sandboxed)
    yield made
    made.close()


@pytest.fixture
def fresh(code_root: Path, sandboxed: Isolation) -> Iterator[Pool]:
    made = Pool(code_root, NOWHERE, isolation=sandboxed, zygotes=False)
    yield made
    made.close()


def is_forked(pool: Pool, spec: EnvironmentSpec) -> bool:
    environment = pool.lend(spec)
    environment.invoke(Event("r", b"0", ARN))
    forked = isinstance(environment.tree.process, Forked)
    pool.give_back(environment)
    return forked


def zygotes(pool: Pool) -> list[int]:
    return [one.init_pid for one in pool._zygotes._found.values() if one is not None]


def spares(pool: Pool) -> list[Prepared]:
    known = [one for one in pool._zygotes._found.values() if one is not None]
    return [one.spare for one in known if one.spare is not None]


def private_kib(pids: set[int]) -> int:
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    lines = [line.split() for text in texts for line in text.splitlines()]
    return sum(int(line[1]) for line in lines if line[0].startswith("Private_"))


LOOK = """
    import os, sys, time
    def handler(event, context):
        status = open("/proc/self/status").read().splitlines()
        kept = ("Uid", "Gid", "Groups", "CapPrm", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp:", "Sig")
        mounts = [line.split()[4:6] for line in open("/proc/self/mountinfo")]
        return {
            "status": [line for line in status if line.startswith(kept)],
            "pids": [os.getpid(), os.getppid(), os.getsid(0) > 0],
            "writable": sorted({place for place, options in mounts if options.startswith("rw")}),
            "variables": {k: v for k, v in os.environ.items() if "STREAM" not in k and "TRACE" not in k},
            "path": sys.path, "arguments": sys.argv, "folder": os.getcwd(),
            "zone": time.tzname, "files": sorted(map(int, os.listdir("/proc/self/fd")))[:4],
            "encoding": [sys.getfilesystemencoding(), sys.stdout.encoding],
            "limits": open("/proc/self/limits").read(),
            "modules": "bootstrap" in sys.modules, "main": sys.modules["__main__"].__file__ is None,
        }
"""


def test_a_fork_sees_what_a_fresh_start_sees(pool: Pool, fresh: Pool, write: Write) -> None:
    spec = write(LOOK, variables=(("TZ", "Asia/Tokyo"), ("COLOUR", "blue")))

    forked, started = (json.loads(run(one, spec).payload) for one in (pool, fresh))

    assert is_forked(pool, spec)
    assert not is_forked(fresh, spec)
    assert forked == started
    assert forked["zone"] == ["JST", "JST"]


def test_forks_do_not_share_anything(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import os, random, uuid
        drawn = [random.random(), str(uuid.uuid4()), os.urandom(4).hex()]
        def handler(event, context):
            open("/tmp/mine", "a").write("x")
            return [*drawn, open("/tmp/mine").read()]
        """
    )
    first, second = pool.lend(spec), pool.lend(spec)

    answers = [json.loads(one.invoke(Event("r", b"0", ARN)).payload) for one in (first, second)]
    for one in (first, second):
        pool.give_back(one)

    assert zygotes(pool) != []
    assert len(zygotes(pool)) == 1
    assert all(a != b for a, b in zip(answers[0][:3], answers[1][:3], strict=True))
    assert [answer[3] for answer in answers] == ["x", "x"]


@pytest.mark.parametrize(
    "bundled",
    ["boto3/__init__.py", "urllib3.py", "six.py", "lib/libown.so.1", "colorsys.py"],
)
def test_a_package_with_copies_of_its_own_starts_afresh(
    pool: Pool, write: Write, bundled: str
) -> None:
    module = Path(bundled).parts[0].partition(".")[0]
    code = f"import {module}\n" if module != "lib" else "module = None\n"
    spec = write(
        f"{code}def handler(event, context): return getattr({module}, 'OWN', 1)\n".replace(
            "lib,", "None,"
        )
    )
    path = spec.code / bundled
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("OWN = 1\n")

    assert run(pool, spec).payload == b"1"
    assert not is_forked(pool, spec)


@pytest.mark.parametrize(
    "name", ["PYTHONOPTIMIZE", "LD_PRELOAD", "LANG", "LC_ALL", "MALLOC_ARENA_MAX"]
)
def test_a_variable_that_counts_at_the_start_starts_afresh(write: Write, name: str) -> None:
    assert preloading.modules(write(NOTHING, variables=((name, "x"),))) is None


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import boto3\n", ("boto3",)),
        ("def f():\n    from botocore.config import Config\n", ("boto3",)),
        (
            "import boto3\ns = boto3.client('sqs')\nt = boto3.resource('s3')\n",
            ("boto3:s3", "boto3:sqs"),
        ),
        ("import boto3stubs\n", ()),
        ("x = 'import boto3'\n", ()),
    ],
)
def test_the_sdk_is_loaded_for_those_who_import_it(
    write: Write, code: str, loaded: tuple[str, ...]
) -> None:
    assert preloading.modules(write(code)) == (*preloading.CLIENT, *loaded)


def test_nothing_is_read_through_links(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("import boto3\nboto3.client('sqs')\n")
    spec = write(NOTHING)
    for name, to in (
        ("pkg", "."),
        ("linked.py", "secret.py"),
        ("gone.py", "gone"),
        ("r.py", "r.py"),
    ):
        (spec.code / name).symlink_to(tmp_path / to if name != "r.py" else to)
    (spec.code / "folder.py").mkdir()

    assert preloading.modules(spec) == preloading.CLIENT


@pytest.mark.parametrize("linked", ["lib", "python", "python/lib", "python/lib/python3.11"])
def test_layers_that_are_linked_start_afresh(write: Write, tmp_path: Path, linked: str) -> None:
    layers, there = tmp_path / "layers", tmp_path / "there"
    (there / "python3.11" / "site-packages").mkdir(parents=True)
    (there / "lib").symlink_to(".")
    (there / "site-packages").mkdir()
    (layers / linked).parent.mkdir(parents=True)
    plain = preloading.modules(write(NOTHING, layers=layers))
    (layers / linked).symlink_to(there)

    assert plain == preloading.CLIENT
    assert preloading.modules(write(NOTHING, layers=layers)) is None


def test_a_client_of_the_sdk_works_in_a_fork(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import boto3
        from botocore.exceptions import BotoCoreError
        client = boto3.client("dynamodb")
        def handler(event, context):
            again = boto3.session.Session().client("dynamodb")
            assert again.meta.service_model.metadata == client.meta.service_model.metadata
            assert boto3.client("sqs").meta.region_name == "us-east-1"
            try:
                client.list_tables()
            except BotoCoreError as error:  # nobody is at home
                return [client.meta.endpoint_url, type(error).__name__]
        """,
        memory_mb=512,
        timeout_seconds=60,
        variables=(("AWS_MAX_ATTEMPTS", "1"),),
    )

    answer = json.loads(run(pool, spec).payload)

    assert is_forked(pool, spec)
    assert answer == ["http://127.0.0.1:4566", "ConnectionClosedError"]


def test_an_idle_trivial_environment_holds_little_memory(pool: Pool, write: Write) -> None:
    """Memory is counted, not timed: at most 8 MiB of its own."""
    environment = pool.lend(write(NOTHING))
    environment.invoke(Event("r", b"0", ARN))
    tree = environment.tree

    held = private_kib({tree.init_pid, tree.main_pid})
    pool.give_back(environment)

    assert held <= 8 * 1024


def test_the_next_environment_waits_prepared_and_knows_nothing(pool: Pool, write: Write) -> None:
    code = "import os\ndef handler(event, context): return os.environ['AWS_SECRET_ACCESS_KEY']\n"
    spec = write(code, secret_access_key="of-the-first")
    run(pool, spec)
    assert until(lambda: bool(spares(pool)))
    prepared = spares(pool)[0].tree
    secrets = Path(f"/proc/{prepared.init_pid}/environ").read_bytes()

    other = dataclasses.replace(spec, access_key_id="2", secret_access_key="of-the-second")
    environment = pool.lend(other)
    answer = environment.invoke(Event("r", b"0", ARN)).payload
    pool.give_back(environment)

    assert environment.tree is prepared
    assert answer == b'"of-the-second"'
    assert b"AWS_SECRET" not in secrets
    assert until(lambda: bool(spares(pool)))
    assert private_kib({spares(pool)[0].tree.init_pid}) <= 4 * 1024


def test_a_prepared_environment_ends_with_its_pool(
    code_root: Path, sandboxed: Isolation, write: Write
) -> None:
    pool = Pool(code_root, NOWHERE, isolation=sandboxed)
    run(pool, write(NOTHING))
    assert until(lambda: bool(spares(pool)))
    pid = spares(pool)[0].tree.init_pid

    pool.close()

    assert until(lambda: is_gone(pid))


def test_a_prepared_environment_that_was_killed_is_done_without(pool: Pool, write: Write) -> None:
    spec = write(NOTHING)
    run(pool, spec)
    assert until(lambda: bool(spares(pool)))
    pid = spares(pool)[0].tree.init_pid
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: is_gone(pid))

    environments = [pool.lend(spec), pool.lend(spec)]
    outcomes = [one.invoke(Event("r", b"0", ARN)) for one in environments]
    for one in environments:
        pool.give_back(one)

    assert [outcome.function_error for outcome in outcomes] == [None, None]
    assert all(isinstance(one.tree.process, Forked) for one in environments)


def test_a_zygote_that_was_killed_is_done_without(pool: Pool, write: Write) -> None:
    spec = write(NOTHING)
    assert is_forked(pool, spec)
    pid = zygotes(pool)[0]
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: is_gone(pid))

    assert run(pool, spec).function_error is None
    assert not is_forked(pool, spec)


def test_a_zygote_rests_and_ends(code_root: Path, sandboxed: Isolation, write: Write) -> None:
    clock = Hand()
    pool = Pool(code_root, NOWHERE, isolation=sandboxed, idle_seconds=300, clock=clock)
    assert is_forked(pool, write(NOTHING))
    pid = zygotes(pool)[0]

    clock.sleep(301)
    pool.retire()
    assert not is_gone(pid)
    clock.sleep(301)
    pool.retire()

    assert until(lambda: is_gone(pid))
    pool.close()


def test_no_more_zygotes_rest_than_the_limit(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.runtime.zygotes.MOST_RESTING", 1)
    specs = [write(NOTHING, function_arn=f"{ARN}{n}") for n in range(3)]
    environments = [pool.lend(spec) for spec in specs]
    assert len(zygotes(pool)) == 3

    for environment in environments:
        environment.kill()
        pool.give_back(environment)

    assert len(zygotes(pool)) == 1
    assert is_forked(pool, specs[0])


def test_new_credentials_need_no_new_zygote(pool: Pool, write: Write) -> None:
    code = "import os\ndef handler(event, context): return os.environ['AWS_ACCESS_KEY_ID']\n"
    spec = write(code, access_key_id="first")
    other = dataclasses.replace(spec, access_key_id="second")

    answers = [json.loads(run(pool, one).payload) for one in (spec, other)]

    assert answers == ["first", "second"]
    assert len(zygotes(pool)) == 1


def test_what_lives_outlives_a_zygote_that_fails(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = write("n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n")
    environment = pool.lend(spec)
    environment.invoke(Event("r", b"0", ARN))
    monkeypatch.setattr("functions.runtime.forkers._PORTS", [1, 2])  # nobody may have these

    pool.give_back(spare := pool.lend(spec))  # this one may have been prepared before
    spare.kill()
    other = pool.lend(spec)
    answers = [one.invoke(Event("r", b"0", ARN)).payload for one in (other, environment)]
    for one in (other, environment):
        pool.give_back(one)

    assert answers == [b"1", b"2"]
    assert not isinstance(other.tree.process, Forked)


def test_user_code_cannot_reach_its_init(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import os
        def handler(event, context):
            held = []
            for name in ("mem", "environ", "fd", "maps", "root", "cwd"):
                try:
                    path = f"/proc/1/{name}"
                    held.append(os.listdir(path) if name in ("fd",) else open(path, "r+b"))
                except OSError:
                    pass
            return len(held)
        """
    )

    assert run(pool, spec).payload == b"0"


def test_a_zygote_that_starts_while_its_pool_closes_ends(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Zygote] = []
    begin = forkers.begin

    def closing(*args: Any) -> Zygote:
        started.append(begin(*args))
        pool.close()
        return started[0]

    monkeypatch.setattr(forkers, "begin", closing)
    with pytest.raises(StartError, match="stopping"):
        pool.lend(write(NOTHING))

    assert started[0].ended
    assert zygotes(pool) == []
