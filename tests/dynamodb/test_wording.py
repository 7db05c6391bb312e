"""AWS's words: how sets of names are listed."""

from __future__ import annotations

import pytest

from triggers.dynamodb.wording import listed


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["id", "user", "created_at"], "[created_at, id, user]"),
        (["user", "id", "user"], "[id, user]"),
        ([], "[]"),
        ([chr(code) for code in range(ord("m"), ord("a") - 1, -1)], None),
    ],
)
def test_sets_of_names_come_in_the_order_of_their_hashes(
    names: list[str], expected: str | None
) -> None:
    assert listed(names) == (expected or f"[{', '.join(sorted(names))}]")
