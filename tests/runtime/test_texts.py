"""Whatever functions say can be kept: in SQLite, and in PostgreSQL, whose texts have no NUL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runtime.logs import LogDecoder
from functions.runtime.outcomes import Failed, judge
from functions.runtime.texts import kept


def test_output_keeps_its_place_where_no_text_can_have_it() -> None:
    decoder = LogDecoder()
    decoder.feed(b"a\0b\n", 1)

    assert decoder.take(1, ended=True) == [(1, "a\N{REPLACEMENT CHARACTER}b\n")]


@pytest.mark.parametrize("hostile", [r"\u0000", r"\ud800"])
def test_what_a_runtime_posts_as_its_error_can_be_kept(hostile: str) -> None:
    payload = f'{{"errorType":"E{hostile}","errorMessage":"a{hostile}b"}}'.encode()

    verdict = judge(Failed(payload, during_init=False), "r-1")

    assert verdict.payload == payload
    for text in (verdict.error_type, verdict.error_message):
        assert "\N{REPLACEMENT CHARACTER}" in text
        assert "\0" not in text
        assert text.encode()


@given(st.one_of(st.binary(), st.text(st.characters())))
def test_anything_becomes_text_that_stays_as_it_is(said: bytes | str) -> None:
    text = kept(said)

    assert "\0" not in text
    assert kept(text) == kept(text.encode()) == text
