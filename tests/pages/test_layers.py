"""Layers: published from a package, listed with who uses them, given to functions, deleted."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from console.pages.functions import source
from functions.models import Function
from tests.pages.conftest import Browser, markup, text
from tests.product import RUNTIME

ARN = "arn:aws:lambda:us-east-1:000000000000:layer:shared:1"
GENERAL = {
    "memory": "128",
    "ephemeral": "512",
    "timeout": "3",
    "runtime": RUNTIME,
    "handler": "lambda_function.lambda_handler",
}


def _publish(browser: Browser, name: str = "shared", body: bytes | None = None) -> HttpResponse:
    packed = source.pack("python/shared.py", "VAT = 25\n") if body is None else body
    file = SimpleUploadedFile("shared.zip", packed, content_type="application/zip")
    return browser.client.post("/layers/", {"name": name, "description": "rates", "file": file})


def test_a_layer_is_published_and_listed(browser: Browser) -> None:
    assert "No layers yet" in browser.read("/layers/")

    assert _publish(browser)["Location"] == "/layers/shared/"
    _publish(browser)

    assert "shared 2 rates" in browser.read("/layers/")
    assert ARN in browser.read("/layers/shared/")


def test_what_is_no_package_or_name_is_refused_beside_its_field(browser: Browser) -> None:
    broken, named = _publish(browser, body=b"no zip"), _publish(browser, "not a name")

    assert (broken.status_code, named.status_code) == (422, 422)
    assert 'id="id_file_error"' in markup(broken)
    assert 'id="id_name_error"' in markup(named)


@pytest.fixture
def used(browser: Browser) -> None:
    browser.function()
    _publish(browser)
    browser.post("/functions/reader/configuration", **GENERAL, layers=ARN)


@pytest.mark.usefixtures("used")
def test_a_function_takes_a_layer_and_is_named_with_it(browser: Browser) -> None:
    assert Function.objects.get().layers == [ARN]
    assert ARN in browser.read("/functions/reader/configuration")
    assert f"{ARN} rates reader" in browser.read("/layers/shared/")


@pytest.mark.usefixtures("used")
def test_a_layer_that_is_not_there_is_refused_beside_its_field(browser: Browser) -> None:
    gone = ARN.replace(":1", ":7")
    answer = browser.post("/functions/reader/configuration", **GENERAL, layers=gone)

    assert answer.status_code == 422
    assert 'id="id_layers_error"' in markup(answer)


def test_a_version_is_deleted_after_the_question(browser: Browser) -> None:
    _publish(browser)

    assert "Delete version 1 of shared?" in browser.read("/layers/shared/1/delete")
    answer = browser.client.post("/layers/shared/1/delete", follow=True)

    assert "Version 1 of shared was deleted." in text(answer)
    assert "No layers yet" in text(answer)
