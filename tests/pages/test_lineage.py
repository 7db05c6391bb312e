"""The drawing of shards: parents left of children, one row for each shard without any."""

from __future__ import annotations

from console.pages.tables.lineage import GAP, ROW, WIDTH, Shard, draw

ALL = 2**64 - 1
HALF = 2**63


def shard(name: str, parent: str = "", low: int = 0, high: int = ALL) -> Shard:
    return Shard(name, parent, low, high, records=1, closed=False)


def places(*shards: Shard) -> dict[str, tuple[int, int]]:
    return {node.shard.name: (node.x, node.y) for node in draw(shards).nodes}


def test_a_split_shard_stands_between_its_children() -> None:
    found = places(shard("p"), shard("a", "p", 0, HALF - 1), shard("b", "p", HALF, ALL))

    assert found == {"p": (0, ROW // 2), "a": (WIDTH + GAP, 0), "b": (WIDTH + GAP, ROW)}


def test_a_shard_that_rolled_over_stands_beside_its_child() -> None:
    assert places(shard("p"), shard("a", "p")) == {"p": (0, 0), "a": (WIDTH + GAP, 0)}


def test_shards_stand_in_the_order_of_their_keys() -> None:
    found = places(shard("b", low=HALF), shard("a", high=HALF - 1))

    assert found["a"][1] < found["b"][1]


def test_a_child_whose_parent_is_gone_begins_a_row() -> None:
    drawing = draw([shard("a", "gone")])

    assert [(node.x, node.y) for node in drawing.nodes] == [(0, 0)]
    assert drawing.wires == ()


def test_every_shard_is_drawn_once_with_a_wire_from_its_parent() -> None:
    chain = [shard("0")] + [shard(str(n), str(n - 1)) for n in range(1, 60)]
    drawing = draw(chain)

    assert len({(node.x, node.y) for node in drawing.nodes}) == 60
    assert len(drawing.wires) == 59


def test_the_bar_shows_which_keys_a_shard_takes() -> None:
    assert shard("a", low=HALF).share == 50
    first, last = draw([shard("a", high=HALF - 1), shard("b", low=HALF)]).nodes
    assert first.bar[0] == 0
    assert last.bar[0] == first.bar[1]


def test_nothing_is_drawn_without_shards() -> None:
    assert draw([]).nodes == ()
