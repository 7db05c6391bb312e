"""Sequence numbers are 24 digits whose text order is their order in the stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.streams.sequence import parse_sequence_number, sequence_number

places = st.tuples(st.integers(0, 10**8 - 1), st.integers(0, 10**15 - 1))


@given(places, places)
def test_text_order_is_stream_order(one: tuple[int, int], other: tuple[int, int]) -> None:
    left, right = sequence_number(*one), sequence_number(*other)

    assert len(left) == 24
    assert (left < right) == (one < other)
    assert parse_sequence_number(left) == one


@pytest.mark.parametrize("text", ["", "1", "x" * 24, "2" + "0" * 23, "1" + "0" * 24])
def test_other_texts_are_none_of_ours(text: str) -> None:
    assert parse_sequence_number(text) is None
