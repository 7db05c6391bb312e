"""Numbers keep their value, have one spelling, and sort as bytes as they do as numbers."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from triggers.dynamodb import numbers


@st.composite
def decimals(draw: st.DrawFn) -> Decimal:
    digits = draw(st.integers(min_value=1, max_value=10**38 - 1))
    magnitude = draw(st.integers(min_value=-130, max_value=125))
    sign = draw(st.sampled_from((1, -1)))
    exponent = magnitude - len(str(digits)) + 1
    return Decimal(f"{sign * digits}E{exponent}")


any_number = st.one_of(decimals(), st.integers(-(10**20), 10**20).map(Decimal))


@given(any_number)
def test_a_number_keeps_its_value_and_has_one_spelling(value: Decimal) -> None:
    spelled = numbers.canonical(str(value))

    assert Decimal(spelled) == value
    assert numbers.canonical(f"{value:e}") == spelled
    assert numbers.canonical(spelled) == spelled
    assert "E" not in spelled.upper()


@given(any_number, any_number)
def test_bytes_sort_as_numbers_do(one: Decimal, other: Decimal) -> None:
    left, right = (numbers.sortable(numbers.canonical(str(n))) for n in (one, other))

    assert (left < right) == (one < other)
    assert (left == right) == (one == other)


@given(st.integers(-999, 999), st.integers(0, 6), st.integers(-999, 999), st.integers(0, 6))
def test_close_numbers_sort_too(a: int, shift_a: int, b: int, shift_b: int) -> None:
    one, other = Decimal(a).scaleb(-shift_a), Decimal(b).scaleb(-shift_b)
    left, right = (numbers.sortable(numbers.canonical(str(n))) for n in (one, other))

    assert (left < right) == (one < other)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("1.0", "1"),
        ("-0", "0"),
        ("0e1000", "0"),
        ("+3", "3"),
        (".123", "0.123"),
        ("5.", "5"),
        ("0001.2300", "1.23"),
        ("1e+5", "100000"),
        ("1e20", "100000000000000000000"),
        ("-17.4E37", "-174" + "0" * 36),
    ],
)
def test_numbers_are_normalised(text: str, spelled: str) -> None:
    assert numbers.canonical(text) == spelled


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("b", "The parameter cannot be converted to a numeric value: b"),
        ("", "The parameter cannot be converted to a numeric value"),
        (" 1", "The parameter cannot be converted to a numeric value:  1"),
        ("1 ", "The parameter cannot be converted to a numeric value: 1 "),
        ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
        ("Infinity", "The parameter cannot be converted to a numeric value: Infinity"),
        (".", "The parameter cannot be converted to a numeric value: ."),
        ("٣", "The parameter cannot be converted to a numeric value: ٣"),
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        (
            "1e126",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            "-1e-131",
            "Number underflow. Attempting to store a number with magnitude smaller than supported range",
        ),
    ],
)
def test_what_is_no_number_is_refused_in_awss_words(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        numbers.canonical(text)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


def test_a_short_text_cannot_cost_much() -> None:
    began = time.thread_time()
    for text in ("1e999999999999999999", "1e-" + "9" * 1000, "9" * 100_000, "0." + "0" * 100_000):
        with pytest.raises(AwsError):
            numbers.canonical(text + "1")

    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("number", "size"),
    [("0", 1), ("1", 2), ("100", 2), ("101", 3), ("-1", 3), ("0.001", 2), ("1.5", 3), ("12.34", 3)],
)
def test_sizes_count_aligned_digit_pairs(number: str, size: int) -> None:
    assert numbers.size(number) == size


def test_sums_are_exact_to_38_digits() -> None:
    assert numbers.plus("1", "10000000000000000000000") == "10000000000000000000001"
    assert numbers.minus("0.3", "0.1") == "0.2"
    assert numbers.plus("1.5", "-1.5") == "0"


@pytest.mark.parametrize(("one", "other"), [("1e50", "1"), ("9e125", "9e125")])
def test_a_sum_that_does_not_fit_overflows(one: str, other: str) -> None:
    with pytest.raises(AwsError, match="Number overflow"):
        numbers.plus(numbers.canonical(one), numbers.canonical(other))
