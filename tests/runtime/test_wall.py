"""What a function can reach and what is left of it: the wall itself, and killing as a tree."""

from __future__ import annotations

import http.server
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.runtime import host, memory
from functions.runtime.isolation import Isolation
from functions.runtime.pool import Pool
from functions.runtime.spec import Event
from tests.runtime.conftest import ARN, Write, is_gone, run, until

pytestmark = pytest.mark.sandbox

LOOK = """
    import os
    def handler(event, context):
        try:
            if os.path.isdir(event):
                return sorted(os.listdir(event))
            return open(event, errors="replace").read()
        except OSError as error:
            return type(error).__name__
"""


@pytest.mark.parametrize("path", ["/etc/shadow", "/proc/1/environ", "/home", "/var/lib", "/srv"])
def test_files_of_the_host_are_not_there(walled: Pool, write: Write, path: str) -> None:
    answer = json.loads(run(walled, write(LOOK), path).payload)

    assert answer in ("FileNotFoundError", "PermissionError", "")


def test_data_and_project_are_out_of_sight(walled: Pool, write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "shardlight.sqlite3"
    secret.write_text("secret")
    project = Path(__file__).resolve().parents[2]

    seen = [run(walled, write(LOOK), str(path)).payload for path in (secret, project, tmp_path)]

    assert seen == [b'"FileNotFoundError"'] * 3


def test_a_function_sees_its_own_code_only(walled: Pool, write: Write, code_root: Path) -> None:
    other = write("SECRET = 1\n")
    spec = write(LOOK)

    assert json.loads(run(walled, spec, "/var/task").payload) == ["app.py"]
    assert run(walled, spec, str(other.code)).payload == b'"FileNotFoundError"'
    assert run(walled, spec, str(code_root)).payload == b'"FileNotFoundError"'


@pytest.mark.parametrize(
    "path", ["/var/task/x", "/usr/x", "/x", "/dev/shm/x", "/var/runtime/x", "/etc/x"]
)
def test_nothing_but_tmp_can_be_written(walled: Pool, write: Write, path: str) -> None:
    spec = write(
        """
        def handler(event, context):
            open("/tmp/x", "w").write("yes")
            try:
                open(event, "w")
            except OSError as error:
                return error.errno
        """
    )

    assert json.loads(run(walled, spec, path).payload) in (13, 30)  # EACCES, EROFS


def test_tmp_has_the_size_that_was_asked_for(walled: Pool, write: Write) -> None:
    spec = write(
        "import os\ndef handler(event, context):\n"
        "    found = os.statvfs('/tmp')\n    return found.f_blocks * found.f_frsize\n",
        ephemeral_mb=600,
    )

    assert run(walled, spec).payload == str(600 * 1024 * 1024).encode()


def test_two_environments_do_not_share_tmp(walled: Pool, write: Write) -> None:
    spec = write(
        "import os\ndef handler(event, context):\n"
        "    found = os.listdir('/tmp')\n    open('/tmp/mine', 'w')\n    return found\n"
    )
    first, second = walled.lend(spec), walled.lend(spec)

    answers = [one.invoke(Event("r", b"0", ARN)).payload for one in (first, second, first)]
    walled.give_back(first)
    walled.give_back(second)

    assert answers == [b"[]", b"[]", b'["mine"]']


def test_only_two_ports_can_be_reached(walled: Pool, write: Write) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    spec = write(
        """
        import socket
        def handler(event, context):
            reached = []
            for host, port in event:
                try:
                    socket.create_connection((host, port), 1).close()
                    reached.append(port)
                except OSError:
                    pass
            return reached
        """
    )
    port = listener.getsockname()[1]
    places = [("127.0.0.1", p) for p in (9001, 4566, port, 8000, 6379, 22)]
    places += [("169.254.169.254", 80), ("10.0.0.1", 80), ("1.1.1.1", 53)]

    answer = run(walled, spec, places)
    listener.close()

    assert answer.payload == b"[9001, 4566]"


def test_only_its_own_processes_are_seen(walled: Pool, write: Write) -> None:
    spec = write(
        "import os\ndef handler(event, context):\n"
        "    return sorted(int(name) for name in os.listdir('/proc') if name.isdigit())\n"
    )

    assert run(walled, spec).payload == b"[1, 2]"


def test_nothing_of_the_host_is_inherited(walled: Pool, write: Write) -> None:
    spec = write(
        """
        import os
        def handler(event, context):
            kinds = {}
            for fd in os.listdir("/proc/self/fd"):
                try:
                    kinds[int(fd)] = os.readlink(f"/proc/self/fd/{fd}").split(":")[0]
                except OSError:
                    pass
            return [sorted(set(kinds.values())), dict(os.environ), os.getuid()]
        """,
        variables=(("COLOUR", "blue"),),
    )

    kinds, variables, uid = json.loads(run(walled, spec).payload)

    assert set(kinds) <= {"/dev/null", "pipe", "socket"}
    assert variables["COLOUR"] == "blue"
    assert variables["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9001"
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert not {"DJANGO_SETTINGS_MODULE", "SHARDLIGHT_DATA", "VIRTUAL_ENV"} & set(variables)
    assert uid == 993


def test_secrets_are_not_in_any_command_line(walled: Pool, write: Write) -> None:
    spec = write("def handler(event, context): pass\n", variables=(("PASSWORD", "canary-7391"),))
    environment = walled.lend(spec)
    environment.invoke(Event("r", b"0", ARN))

    tree = environment.tree
    pids = [tree.process.pid, tree.init_pid, *memory.descendants(tree.process.pid)]
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids]
    walled.give_back(environment)

    assert len(lines) >= 3
    assert not any(b"canary" in line for line in lines)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give users away")
def test_each_version_has_a_user_of_its_own(walled: Pool, write: Write) -> None:
    code = "def handler(event, context): pass\n"
    environments = [walled.lend(write(code, function_arn=f"{ARN}{n}")) for n in range(3)]

    users = {Path(f"/proc/{one.tree.init_pid}").stat().st_uid for one in environments}
    for one in environments:
        walled.give_back(one)

    assert len(users) == 3
    assert 0 not in users


def test_privileges_cannot_be_gained(walled: Pool, write: Write) -> None:
    spec = write(
        """
        import ctypes, os
        CLONE_NEWUSER = 0x10000000
        def handler(event, context):
            libc = ctypes.CDLL(None, use_errno=True)
            status = open("/proc/self/status").read()
            caps = [line.split()[1] for line in status.splitlines() if line.startswith("Cap")]
            privileges = "NoNewPrivs:\\t1" in status
            mounted = libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
            return [set(map(int, caps, [16] * 5)) == {0}, privileges, mounted,
                    libc.unshare(CLONE_NEWUSER)]
        """
    )

    assert json.loads(run(walled, spec).payload) == [True, True, -1, -1]


def test_a_fork_bomb_stops_at_the_limit(walled: Pool, write: Write) -> None:
    spec = write(
        """
        import os, time
        def handler(event, context):
            made = 0
            try:
                while made < 5000:
                    if os.fork() == 0:
                        time.sleep(60)
                        os._exit(0)
                    made += 1
            except BlockingIOError:
                return made
        """,
        timeout_seconds=120,
        memory_mb=10_240,
    )

    outcome = run(walled, spec)

    assert 0 < json.loads(outcome.payload) < 742


@pytest.mark.parametrize("ending", ["timeout", "kill"])
def test_no_process_outlives_its_environment(walled: Pool, write: Write, ending: str) -> None:
    spec = write(
        """
        import os, signal, subprocess, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        def handler(event, context):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    time.sleep(600)
                os._exit(0)
            subprocess.Popen(["sleep", "600"], start_new_session=True)
            time.sleep(600 if event else 0)
        """,
        timeout_seconds=1 if ending == "timeout" else 60,
    )
    environment = walled.lend(spec)

    environment.invoke(Event("r", json.dumps(ending == "timeout").encode(), ARN))
    pid = environment.tree.init_pid
    if ending == "kill":
        assert len(list(memory.descendants(pid))) >= 3
    environment.kill()

    assert until(lambda: is_gone(pid))
    walled.give_back(environment)


def test_environments_end_with_their_worker_also_at_rest(
    write: Write, isolation: Isolation, code_root: Path
) -> None:
    spec = write("def handler(event, context): pass\n")
    level = isolation.level
    wall = None if isolation.is_sandboxed else f"Isolation(Level({level.value!r}), 'for this test')"
    script = f"""
import sys, time
from pathlib import Path
from functions.runtime.isolation import Isolation, Level
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
isolation = {wall}
spec = EnvironmentSpec({ARN!r}, "probe", "$LATEST", {spec.runtime!r}, "app.handler", "us-east-1",
                       Path({str(spec.code)!r}), "a", "1")
pool = Pool(Path({str(code_root)!r}), "http://127.0.0.1:9", isolation=isolation)
environment = pool.lend(spec)
environment.invoke(Event("r", b"0", "arn"))
pool.give_back(environment)
while not environment.is_frozen:
    time.sleep(0.01)
print(environment.tree.init_pid, flush=True)
time.sleep(600)
"""
    root = Path(__file__).resolve().parents[2]
    worker = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=root,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "console.settings"},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    with worker.stdout as stream:
        pid = int(stream.readline())
    assert not is_gone(pid)

    worker.kill()
    worker.wait()

    assert until(lambda: is_gone(pid))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that nobody else may enter")
def test_an_interpreter_under_a_private_home_runs(walled: Pool, write: Write) -> None:
    """True here only where Python lies under such a home; elsewhere the code does."""
    private = (*host.interpreter().parents, *write(LOOK).code.parents)
    assert any(not path.stat().st_mode & stat.S_IXOTH for path in private)

    assert run(walled, write("def handler(event, context): return 1\n")).payload == b"1"


@pytest.fixture
def echo() -> Iterator[str]:
    """A gateway that sends back what it gets."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("size", [0, 100, 5_000_000])
def test_a_function_reaches_the_gateway(
    code_root: Path, isolation: Isolation, echo: str, write: Write, size: int
) -> None:
    spec = write(
        """
        import os, urllib.request
        def handler(size, context):
            sent = os.urandom(size)
            answer = urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"], data=sent)
            return answer.read() == sent
        """,
    )
    pool = Pool(code_root, echo, isolation=isolation)

    answer = run(pool, spec, size)
    pool.close()

    assert answer.payload == b"true"


def test_a_gateway_that_is_away_refuses(walled: Pool, write: Write) -> None:
    spec = write(
        """
        import os, urllib.request
        def handler(event, context):
            urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"], data=b"x")
        """
    )

    outcome = run(walled, spec)

    assert outcome.error_type in ("RemoteDisconnected", "URLError", "ConnectionResetError")
