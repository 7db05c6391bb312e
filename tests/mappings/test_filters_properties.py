"""Compiled filters against a slow reading of the same pattern, on whatever Hypothesis makes up."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from triggers.mappings.filters import compile_filters, explain

NAMES = st.sampled_from(["a", "b", "c"])
WORDS = st.sampled_from(["", "x", "X", "xy", "Yx", "1", "ß", "null"])
NUMBERS = st.sampled_from([0, 1, -1, 2, 1.0, 2.5, 300])
VALUES = st.one_of(WORDS, NUMBERS, st.booleans(), st.none())
DATA = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)
RECORDS = st.dictionaries(NAMES, DATA, max_size=3)

WORD_OPERANDS = WORDS | st.builds(lambda word: {"equals-ignore-case": word}, WORDS)
RANGES = st.tuples(st.sampled_from([">", ">="]), NUMBERS, st.sampled_from(["<", "<="]), NUMBERS)
OPERATIONS = st.one_of(
    st.builds(lambda word: {"prefix": word}, WORD_OPERANDS),
    st.builds(lambda word: {"suffix": word}, WORD_OPERANDS),
    st.builds(lambda word: {"equals-ignore-case": word}, WORDS),
    st.builds(lambda word: {"anything-but": word}, WORDS | NUMBERS),
    st.builds(lambda words: {"anything-but": words}, st.lists(WORDS, min_size=1, max_size=2)),
    st.builds(lambda yes: {"exists": yes}, st.booleans()),
    st.builds(
        lambda sign, number: {"numeric": [sign, number]},
        st.sampled_from(["=", "<", "<=", ">", ">="]),
        NUMBERS,
    ),
    st.builds(lambda four: {"numeric": list(four)}, RANGES.filter(lambda four: four[1] < four[3])),
)
LEAVES = st.lists(VALUES | OPERATIONS, min_size=1, max_size=3)


def objects(inner):
    fields = st.dictionaries(NAMES, LEAVES | inner, min_size=1, max_size=3)
    choice = st.builds(
        lambda options, rest: {**rest, "$or": options},
        st.lists(fields, min_size=2, max_size=3),
        st.dictionaries(NAMES, LEAVES, max_size=1),
    )
    return fields | choice


PATTERNS = objects(st.recursive(st.dictionaries(NAMES, LEAVES, min_size=1), objects, max_leaves=4))


@settings(max_examples=600)
@given(PATTERNS, RECORDS)
def test_a_compiled_pattern_agrees_with_a_slow_reading(pattern, record):
    text = json.dumps(pattern)

    assert compile_filters([text]).matches(record) is slowly(pattern, record)


@settings(max_examples=300)
@given(PATTERNS, RECORDS)
def test_an_explanation_agrees_with_the_filter(pattern, record):
    text = json.dumps(pattern)
    finding = explain(text, record)

    assert finding.holds is compile_filters([text]).matches(record)
    assert finding.holds or next(finding.failures(), None) is not None


def slowly(pattern, data) -> bool:
    """Read a pattern as the documentation words it, without compiling anything."""
    if isinstance(pattern, list):
        found = [one for one in spread(data) if not isinstance(one, dict)]
        return any(
            one == {"exists": bool(found)} or any(accepts(one, value) for value in found)
            for one in pattern
        )
    places = [one for one in spread(data) if isinstance(one, dict)] or [{}]
    return any(
        all(
            any(slowly(option, place) for option in inner)
            if name == "$or"
            else slowly(inner, place.get(name, {}))
            for name, inner in pattern.items()
        )
        for place in places
    )


def spread(data) -> list:
    if isinstance(data, list):
        return [inner for one in data for inner in spread(one)]
    return [data]


def accepts(alternative, value) -> bool:
    if not isinstance(alternative, dict):
        return json.dumps(alternative) == json.dumps(value)
    ((operator, operand),) = alternative.items()
    if operator == "anything-but":
        excluded = operand if isinstance(operand, list) else [operand]
        return json.dumps(value) not in map(json.dumps, excluded)
    if operator == "numeric":
        pairs = zip(operand[::2], operand[1::2], strict=True)
        is_number = type(value) in (int, float)
        return is_number and all(compare(sign, value, amount) for sign, amount in pairs)
    return isinstance(value, str) and reads(operator, operand, value)


def reads(operator, operand, text) -> bool:
    if isinstance(operand, dict):
        operand, text = operand["equals-ignore-case"].casefold(), text.casefold()
    match operator:
        case "prefix":
            return text[: len(operand)] == operand
        case "suffix":
            return text[max(0, len(text) - len(operand)) :] == operand
        case "equals-ignore-case":
            return text.casefold() == operand.casefold()
    return False


def compare(sign, value, amount) -> bool:
    return {
        "=": value == amount,
        "<": value < amount,
        "<=": value <= amount,
        ">": value > amount,
        ">=": value >= amount,
    }[sign]
