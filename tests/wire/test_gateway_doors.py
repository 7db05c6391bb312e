"""No web page can drive the gateway: neither from another origin nor under a name of its own."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:4566"])
def test_a_request_of_a_web_page_is_refused(gateway, origin):
    status, headers, _ = gateway.raw("POST", "/", {"Origin": origin}, b"{}")

    assert status == 403
    assert "access-control-allow-origin" not in headers


def test_a_preflight_is_refused(gateway):
    status, headers, _ = gateway.raw(
        "OPTIONS", "/", {"Access-Control-Request-Method": "POST", "Origin": "https://evil.example"}
    )

    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


def test_a_name_that_was_rebound_to_this_machine_is_refused(gateway):
    status, _, said = gateway.raw("GET", "/", {"Host": "evil.example:4566"})

    assert status == 403
    assert b"named in SHARDLIGHT_HOSTS" in said


@pytest.mark.parametrize("host", ["localhost:4566", "127.0.0.1", "[::1]:4566", "a.localhost"])
def test_names_of_this_machine_are_welcome(gateway, host):
    status, _, _ = gateway.raw("GET", "/", {"Host": host})

    assert status == 200


def test_a_forged_link_to_a_package_is_refused(gateway):
    status, _, _ = gateway.raw("GET", "/_shardlight/code/forged")

    assert status == 403
