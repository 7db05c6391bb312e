"""Bytes out of a function's pipe, cut into events. No process is started."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from functions.runtime.logs import LogDecoder


def frame(text: str, kind: int = 0x0F) -> bytes:
    raw = text.encode()
    return bytes([0xA5, 0x5A, 0, kind]) + len(raw).to_bytes(4, "big") + bytes(8) + raw


def decode(*pieces: bytes, ended: bool = True) -> list[str]:
    decoder = LogDecoder()
    for piece in pieces:
        decoder.feed(piece, 1)
    return [text for _, text in decoder.take(1, ended=ended)]


def test_lines_are_events() -> None:
    assert decode(b"one\ntwo\n") == ["one\n", "two\n"]


def test_carriage_returns_do_not_split() -> None:
    assert decode(b"one\rtwo\r\n") == ["one\rtwo\r\n"]


def test_a_frame_keeps_its_lines_together() -> None:
    assert decode(b"a\n" + frame("b\nc") + b"d\n") == ["a\n", "b\nc", "d\n"]


def test_a_frame_ends_an_unfinished_line() -> None:
    assert decode(b"no newline" + frame("framed\n")) == ["no newline", "framed\n"]


def test_an_unfinished_line_waits_for_its_end() -> None:
    decoder = LogDecoder()
    decoder.feed(b"begun, ", 1)
    assert decoder.take(1) == []

    decoder.feed(b"ended\n", 2)
    assert decoder.take(2) == [(2, "begun, ended\n")]


def test_text_that_is_not_utf8_is_shown_anyway() -> None:
    assert decode(b"\xff\xfe\n") == ["\ufffd\ufffd\n"]


def test_a_header_that_promises_too_much_is_dropped() -> None:
    lying = bytes([0xA5, 0x5A, 0, 3]) + b"\xff\xff\xff\xff" + bytes(8)

    assert decode(lying + b"after\n")[0] == "after\n"


@given(
    st.lists(
        st.one_of(
            st.text("abc \n", max_size=20).map(lambda text: text.encode()),
            st.text("xyz\n", max_size=20).map(frame),
        ),
        max_size=10,
    ),
    st.lists(st.integers(0, 400), max_size=10),
)
def test_where_the_pipe_is_cut_makes_no_difference(parts: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(parts)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[start:end] for start, end in pairwise(edges)]

    assert decode(*pieces) == decode(whole)
