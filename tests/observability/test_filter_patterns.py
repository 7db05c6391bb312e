"""Which messages a text pattern means."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from functions.observability.patterns import parse


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("   ", "anything", True),
        ("ERROR", "[ERROR 400] BAD REQUEST", True),
        ("ERROR", "[error 400] bad request", False),
        ("ERROR REQUEST", "[ERROR 400] BAD REQUEST", True),
        ("REQUEST ERROR", "[ERROR 400] BAD REQUEST", True),
        ("ERROR timeout", "[ERROR 400] BAD REQUEST", False),
        ('"BAD REQUEST"', "[ERROR 400] BAD REQUEST", True),
        ('"REQUEST BAD"', "[ERROR 400] BAD REQUEST", False),
        ('"Task timed out" after_x', "after_x Task timed out", True),
        (r'"say \"hi\""', 'they say "hi" again', True),
        ("ERROR -REQUEST", "[ERROR 400] BAD REQUEST", False),
        ("ERROR -REQUEST", "[ERROR 500] CRASH", True),
        ('-"BAD REQUEST"', "[ERROR 400] BAD REQUEST", False),
        ("?ERROR ?WARN", "[WARN] slow", True),
        ("?ERROR ?WARN", "[INFO] fine", False),
        ('?ERROR ?"very slow"', "[INFO] very slow", True),
        ("?WARN ERROR", "[ERROR] bad", True),
        ("?WARN ERROR", "[WARN] slow", False),
        ("?WARN -slow", "[ERROR] bad", True),
    ],
)
def test_terms_are_found(pattern: str, message: str, matches: bool) -> None:
    assert parse(pattern).matches(message) is matches


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("Status: timeout", "Invalid character(s) in term ':'"),
        ("a,b", "Invalid character(s) in term ','"),
    ],
)
def test_what_is_not_a_text_pattern_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        parse(pattern)

    assert refused.value.code == "InvalidParameterException"
    assert refused.value.message.startswith(message)


@given(st.text(), st.text(), st.text())
def test_a_quoted_phrase_is_found_wherever_it_stands(left: str, phrase: str, right: str) -> None:
    quoted = phrase.replace("\\", "\\\\").replace('"', '\\"')

    assert parse(f'"{quoted}"').matches(left + phrase + right)


@given(st.text(alphabet='ab -?"\\', max_size=12))
def test_any_text_without_foreign_characters_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(AwsError):
        parse(text).matches("ab")
