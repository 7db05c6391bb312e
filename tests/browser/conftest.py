"""The whole product, started once, and a real Chromium to use it with."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.console import PATIENCE_SECONDS
from tests.product import clean_environment, free_port

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = PATIENCE_SECONDS
PATIENCE_MS = PATIENCE_SECONDS * 1000

expect.set_options(timeout=PATIENCE_MS)

Opened = Callable[..., Page]


def _chromium() -> str:
    """Find a Chromium; without one these tests are skipped."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium here: apt install chromium, then the browser tests run")


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start `manage.py up` on an empty folder; the console's address."""
    _chromium()
    data, port = tmp_path_factory.mktemp("product"), free_port()
    words = ["up", "--no-demo", "--data", str(data)]
    words += ["--port", str(port), "--gateway-port", str(free_port())]
    said = (data / "up.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=clean_environment(),
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/health/", process, data / "up.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)
        said.close()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the console answers and sees a worker."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own
                if b"1 seen" in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"the product did not start:\n{log.read_text()}")


@pytest.fixture(scope="package")
def chromium(product: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, product: str) -> Iterator[Opened]:
    """Open a visitor: `visit(scripts=False)` for one without JavaScript, `account=` for another."""
    contexts: list[BrowserContext] = []

    def open_page(
        *,
        scripts: bool = True,
        width: int = 1560,
        scheme: str = "light",
        account: str = "000000000000",
    ) -> Page:
        context = chromium.new_context(
            base_url=product,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        context.add_cookies(
            [{"name": "shardlight-place", "value": f"{account}/us-east-1", "url": product}]
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
