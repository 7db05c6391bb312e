"""Graphs: where bars and lines stand, how the scale is chosen, what is said of the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.pages.graphs import HEIGHT, SLOTS, WIDTH, Graph, rounded, slots


def graph(*values: float | None, statistic: str = "Sum") -> Graph:
    return Graph("monitor.changes", "Orders", "", statistic, 0, 60, values)


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (1, 1), (1.2, 2), (3, 5), (7, 10), (10, 10), (84, 100), (101, 200), (0.03, 0.05)],
)
def test_the_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert rounded(value) == pytest.approx(top)


def test_a_bar_is_as_tall_as_its_share_of_the_scale() -> None:
    assert graph(50, 0, 100).bars == [(0, HEIGHT / 2, HEIGHT / 2), (WIDTH / 3 * 2, 0, HEIGHT)]


def test_a_line_has_gaps_where_there_are_no_values() -> None:
    assert graph(1, 1, None, 1).line.count("M") == 2
    assert graph(1, 1, None, 1).line.count("L") == 1
    assert len(graph(1, 1, None, 1).dots) == 3


def test_sums_are_added_up_and_of_maxima_the_newest_is_told() -> None:
    assert graph(1, 2, None).told == 3
    assert graph(1, 2, None, statistic="Maximum").told == 2
    assert graph(None, None).is_empty


def test_points_fall_into_their_slots() -> None:
    values = slots([(0, 1.0), (61, 2.0), (SLOTS * 60, 9.0)], 0, 60)

    assert values[:3] == (1.0, 2.0, None)
    assert 9.0 not in values


def test_the_table_shows_values_newest_first() -> None:
    assert graph(1, None, 3).rows == [(120_000, [3]), (0, [1])]


def test_further_statistics_share_the_scale_and_the_table() -> None:
    drawn = replace(graph(1, 2), others=(("Maximum", (10.0, None)),))

    assert drawn.top == 10
    assert drawn.statistics == [drawn.statistic, "Maximum"]
    assert drawn.rows == [(60_000, [2, None]), (0, [1, 10])]
    assert [name for name, _ in drawn.curves] == ["Maximum"]


def test_a_share_is_drawn_on_a_scale_of_a_hundred() -> None:
    assert replace(graph(0, 25, statistic="Average"), unit="%").top == 100
