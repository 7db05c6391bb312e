"""Which version a call of an alias runs."""

from __future__ import annotations

import pytest

from functions.catalog import routing


@pytest.mark.parametrize(
    ("drawn", "version"),
    [("00000000", "2"), ("3fffffff", "2"), ("40000000", "1"), ("ffffffff", "1")],
)
def test_the_draw_follows_the_weight(drawn: str, version: str) -> None:
    assert routing.choose("1", {"2": 0.25}, drawn) == version


def test_without_weights_there_is_nothing_to_draw() -> None:
    assert routing.choose("7", {}, "00000000") == "7"


def test_a_weight_of_nothing_is_never_drawn() -> None:
    assert routing.choose("1", {"2": 0.0}, "00000000") == "1"


@pytest.mark.parametrize(
    ("qualifier", "kind"),
    [("", "none"), ("$LATEST", "none"), ("12", "number"), ("live", "alias"), ("1a", "alias")],
)
def test_a_qualifier_is_a_number_or_an_alias(qualifier: str, kind: str) -> None:
    assert routing.is_number(qualifier) == (kind == "number")
    assert routing.is_alias(qualifier) == (kind == "alias")
