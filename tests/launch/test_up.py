"""`manage.py up` in ways it should not be started, and with parts that die."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from tests.product import ROOT, Product, clean_environment, eventually, free_port, running

pytestmark = pytest.mark.journey


def up(*options: str) -> subprocess.CompletedProcess[str]:
    """Start the product where it must refuse to."""
    return manage("up", *options)


def manage(*words: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command that must refuse; `data` for those without --data."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**clean_environment(), **({"SHARDLIGHT_DATA": str(data)} if data else {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("up")) as one:
        yield one


@pytest.mark.parametrize("option", ["--port", "--gateway-port"])
def test_a_port_that_is_taken_is_named_in_one_line(tmp_path: Path, option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = {"--port": "--gateway-port", "--gateway-port": "--port"}[option]

        refused = up("--data", str(tmp_path), option, str(port), other, str(free_port()))

    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"CommandError: Port {port} is taken by another program: stop it, or choose another port "
        f"with {option}."
    )


@pytest.mark.parametrize(
    ("command", "option"),
    [("up", "--port"), ("up", "--gateway-port"), ("web", "--port"), ("gateway", "--port")],
)
def test_a_number_that_is_no_port_is_refused(tmp_path: Path, command: str, option: str) -> None:
    refused = manage(command, option, "65536", data=tmp_path)

    assert refused.returncode == 2
    assert refused.stderr.strip().splitlines()[-1] == (
        f"manage.py {command}: error: argument {option}: 65536 is no port: choose a number from 1 "
        "to 65535"
    )


def test_console_and_gateway_want_a_port_each(tmp_path: Path) -> None:
    port = str(free_port())

    refused = up("--data", str(tmp_path), "--port", port, "--gateway-port", port)

    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"CommandError: Console and gateway cannot both listen on port {port}: choose another one "
        "with --port or --gateway-port."
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "::1"])
def test_a_host_that_is_not_of_this_machine_is_not_called_a_taken_port(
    tmp_path: Path, host: str
) -> None:
    ports = ("--port", str(free_port()), "--gateway-port", str(free_port()))

    refused = up("--data", str(tmp_path), "--host", host, *ports)

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"CommandError: Cannot listen on {host} (")
    assert refused.stderr.endswith("): name an IPv4 address of this machine with --host.\n")


def test_one_data_folder_is_started_once(product: Product) -> None:
    ports = ("--port", str(free_port()), "--gateway-port", str(free_port()))

    refused = up("--data", str(product.data), *ports)

    assert refused.returncode == 1
    assert "already runs on" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_the_first_start_says_where_things_are(product: Product) -> None:
    def said(words: str) -> bool:
        return any(words in line for line in product.lines)

    assert eventually(lambda: said(f"Console   {product.console}"))
    assert eventually(lambda: said(f"Gateway   {product.gateway}"))
    tables = product.client("dynamodb").list_tables()["TableNames"]
    assert tables == ["Orders"]


def test_a_page_leaves_no_connection_to_the_database(product: Product) -> None:
    token = "t" * 32
    form = {"name": "Made", "partition_key": "id", "partition_type": "S", "sort_type": "S"}
    request = urllib.request.Request(  # noqa: S310 - our own
        f"{product.console}/tables/create",
        urllib.parse.urlencode(form | {"stream": "OFF", "billing": "PAY_PER_REQUEST"}).encode(),
        {"Cookie": f"csrftoken={token}", "X-CSRFToken": token},
    )

    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 - our own
        assert answer.url.endswith("/tables/Made/")

    # Who has written has the file of the writers' queue open.
    assert eventually(lambda: not open_files(product, "shardlight.sqlite3.gate"))


def test_pages_that_follow_what_changes_share_few_connections(product: Product) -> None:
    many = 12
    address = f"{product.console}/events?topics=indexes:Orders"
    with ExitStack() as stack:
        for _ in range(many):
            stream = stack.enter_context(urllib.request.urlopen(address, timeout=300))  # noqa: S310
            while not stream.readline().startswith(b"event"):
                pass

        assert 0 < open_files(product, "shardlight.sqlite3") < many


def open_files(product: Product, name: str) -> int:
    """How often the console has a file of that name open."""
    found = 0
    for one in Path(f"/proc/{product.part('web').pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += one.readlink().name == name
    return found


@pytest.mark.parametrize("word", ["gateway", "web", "worker"])
def test_a_part_that_dies_is_started_again(product: Product, word: str) -> None:
    dead = product.part(word)

    dead.kill()

    def back() -> bool:
        try:
            fresh = product.part(word)
        except (StopIteration, psutil.NoSuchProcess):
            return False
        return fresh.pid != dead.pid

    eventually(back)
    name = {"web": "console"}.get(word, word)
    eventually(lambda: any(f"{name} was killed, starting it again" in x for x in product.lines))
    address = product.console if word == "web" else product.gateway
    eventually(lambda: answers(address))


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own
            return bool(answer.status == 200)
    except OSError:
        return False


def test_the_sample_is_loaded_on_the_first_start_only(tmp_path: Path) -> None:
    with running(tmp_path / "data") as product:
        product.client("dynamodb").delete_table(TableName="Orders")
        assert product.stop() == 0
        product.start()

        assert product.client("dynamodb").list_tables()["TableNames"] == []


def test_the_folder_of_a_killed_start_goes_with_the_next(tmp_path: Path) -> None:
    record = tmp_path / "data" / "runtime-folder"
    with running(tmp_path / "data") as product:
        left = Path(record.read_text())
        product.kill()
        assert left.is_dir()

        product.start()

        assert not left.exists()
        assert Path(record.read_text()).is_dir()


def test_the_gateway_answers_to_the_name_that_others_are_told(tmp_path: Path) -> None:
    port = free_port()
    told = {"GATEWAY_URL": f"http://gateway-host:{port}"}
    options = ("--host", "0.0.0.0", "--no-demo")  # noqa: S104
    product = Product(tmp_path, free_port(), port, told, options)
    product.start()
    try:
        queue = product.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        request = urllib.request.Request(product.gateway, headers={"Host": f"gateway-host:{port}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            health = answer.status
    finally:
        product.stop()

    assert queue == f"http://gateway-host:{port}/000000000000/q"
    assert health == 200
    assert any(f"Gateway   http://gateway-host:{port} " in line for line in product.lines)
