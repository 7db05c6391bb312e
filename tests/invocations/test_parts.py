"""A streamed response reaches its caller whole, whatever hints are lost on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from functions.invocations.invoking import Result
from functions.invocations.parts import Part
from functions.invocations.rows import Ended
from functions.invocations.streaming import _told


def ended(result: bytes, function_error: str = "") -> Ended:
    return Ended("done", "3", result, function_error, "", "", "")


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=8), st.data())
def test_lost_parts_come_with_the_end(sent: list[bytes], data: st.DataObject) -> None:
    offsets = [sum(map(len, sent[:at])) for at in range(len(sent))]
    parts = [Part("3", offset, piece) for offset, piece in zip(offsets, sent, strict=True)]
    kept = data.draw(st.lists(st.sampled_from(parts), unique=True, min_size=1))
    kept.sort(key=lambda part: part.offset)

    told = list(_told(kept[0], iter([*kept[1:], ended(b"".join(sent))])))

    *pieces, result = told
    assert b"".join(one for one in pieces if isinstance(one, bytes)) == b"".join(sent)
    assert result == Result(200, b"".join(sent), executed_version="3")


def test_what_has_failed_brings_no_rest() -> None:
    told = list(_told(Part("3", 0, b"one"), iter([ended(b'{"errorType":"E"}', "Unhandled")])))

    assert told == [b"one", Result(200, b'{"errorType":"E"}', "Unhandled", "3")]


def test_a_worker_that_dies_in_the_middle_is_told_at_the_end() -> None:
    lost = Ended("lost", "", None, "", "ServiceException", "gone", "")

    told = list(_told(Part("3", 0, b"one"), iter([lost])))

    assert told == [b"one", Result(200, b"gone", "ServiceException")]
