"""What the worst filters cost, counted in executed lines, never in time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from triggers.mappings.filters import compile_filters

OURS = str(Path("triggers") / "mappings")


def lines(work: Callable[[], object]) -> int:
    """Count the lines of the filters' modules that `work` executes."""
    count = 0

    def watch(frame, event, _argument):
        nonlocal count
        if OURS not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def filling(unit: str, frame: str = '{"a": [%s]}') -> str:
    """Repeat `unit` in a pattern until it is as long as a pattern may be."""
    room = (4096 - len(frame)) // (len(unit) + 1)
    return frame % ",".join([unit] * room)


def nested(depth: int, inner: object) -> dict:
    for _ in range(depth):
        inner = {"a": inner}
    return inner


WORST = {
    "many prefixes, many elements": (
        filling('{"prefix":"x"}'),
        lambda size: {"a": ["y" * 5] * size},
    ),
    "many choices over one array": (
        filling('{"b":["x"]}', '{"a": {"$or": [%s]}}'),
        lambda size: {"a": [{"b": "y"}] * size},
    ),
    "choices in choices": (
        '{"$or": [' + ",".join(['{"$or": [{"a":["x"]},{"a":["z"]}]}'] * 100) + "]}",
        lambda size: {"a": ["y"] * size},
    ),
    "one value excluded often": (
        filling('{"anything-but":["y"]}'),
        lambda size: {"a": ["y"] * size},
    ),
    "a deep path through deep arrays": (
        json.dumps(nested(100, ["x"])),
        lambda size: nested(100, ["y"] * size),
    ),
    "arrays in arrays": (
        '{"a": ["x"]}',
        lambda size: {"a": [[[["y"]]]] * size},
    ),
    "long texts": (
        filling('{"suffix":"xxxxxxxxxxxxxxxxxxxxxxxx"}'),
        lambda size: {"a": "x" * size + "y"},
    ),
}


@pytest.mark.parametrize(("pattern", "data"), WORST.values(), ids=WORST)
def test_the_worst_records_cost_in_proportion_to_their_size(pattern, data):
    chosen = compile_filters([pattern])
    small, large = data(20), data(160)

    few = lines(lambda: chosen.matches(small))
    many = lines(lambda: chosen.matches(large))

    assert not chosen.matches(large)
    assert 0 < many <= 8 * few + 100


@pytest.mark.parametrize(("pattern", "data"), WORST.values(), ids=WORST)
def test_a_value_costs_at_most_a_few_lines_for_each_character_of_the_pattern(pattern, data):
    chosen = compile_filters([pattern])
    size = 40

    assert lines(lambda: chosen.matches(data(size))) <= 4 * size * len(pattern)


@pytest.mark.parametrize("unit", ['{"prefix":"x"}', '"x"', "1", '{"numeric":[">",1,"<",2]}'])
def test_compiling_costs_in_proportion_to_the_pattern(unit):
    frame = '{"fresh": [%s]}'  # compiled nowhere else
    short, long = frame.replace("%s", unit), filling(unit, frame)

    once = lines(lambda: compile_filters([short]))
    whole = lines(lambda: compile_filters([long]))

    assert whole <= once * long.count(unit)


def test_a_pattern_is_compiled_once():
    text = filling('"once"')
    compile_filters([text])

    assert lines(lambda: compile_filters([text])) < 10
