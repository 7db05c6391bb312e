"""HTTP itself: what comes in pieces, several at once, without an end, or only after a go-ahead."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from console.gateway.http import HEAD_LIMIT

HEALTH = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def link(gateway):
    with socket.create_connection(("127.0.0.1", urlsplit(gateway.url).port), timeout=300) as link:
        yield link


def everything(link: socket.socket) -> bytes:
    """Read until the other side closes."""
    got = b""
    while chunk := link.recv(65536):
        got += chunk
    return got


def test_a_head_without_an_end_is_refused(link):
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: "
    link.sendall(head.ljust(HEAD_LIMIT, b"x"))
    link.sendall(b"x")  # nothing may be left unread, or the answer is lost in a reset

    assert everything(link).startswith(b"HTTP/1.1 400 ")


def test_a_head_may_come_in_pieces(link):
    for byte in HEALTH:
        link.sendall(bytes([byte]))

    assert link.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_requests_sent_at_once_are_answered_in_their_order(link):
    missing = b"GET /_shardlight/code/forged HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    link.sendall(HEALTH + missing + last)

    answers = everything(link).split(b"HTTP/1.1 ")[1:]

    assert [answer[:3] for answer in answers] == [b"200", b"403", b"200"]


def test_a_client_that_asks_first_is_told_to_go_on(link):
    link.sendall(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n"
        b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
    )

    assert link.recv(65536).startswith(b"HTTP/1.1 100 ")
    link.sendall(b"{}")
    assert everything(link).startswith(b"HTTP/1.1 400 ")  # it is not signed


def test_what_is_no_http_is_refused(link):
    link.sendall(b"\x16\x03\x01 hello\r\n\r\n")

    assert everything(link).startswith(b"HTTP/1.1 400 ")
