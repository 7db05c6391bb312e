"""The picture of a lane, from examples: cells, batch, attempts and splits as they happened."""

from __future__ import annotations

from dataclasses import replace

from console.pages.triggers import concurrent, spark
from console.pages.triggers.shardview import (
    BEFORE,
    NEWEST,
    STEP,
    Attempt,
    Facts,
    Gathering,
    Look,
    Run,
    draw,
)

FAILED = {"worked": False, "error": "KeyError: 'amount'", "milliseconds": 41.0}


def _looks(facts: Facts) -> list[Look]:
    return [cell.look for cell in draw(facts).cells]


def test_a_shard_without_records_has_no_cells() -> None:
    drawing = draw(Facts(head=0, checkpoint=0))

    assert (drawing.cells, drawing.flag, drawing.attempts) == ((), None, ())


def test_settled_records_look_like_their_fates() -> None:
    runs = (
        Run(0, 3, "delivered", ((2, 2),)),
        Run(3, 4, "filtered"),
        Run(4, 5, "discarded"),
        Run(5, 6, "expired"),
    )

    looks = _looks(Facts(head=7, checkpoint=6, runs=runs))

    assert looks == [
        Look.PROCESSED,
        Look.FILTERED,
        Look.PROCESSED,
        Look.FILTERED,
        Look.DISCARDED,
        Look.EXPIRED,
        Look.WAITING,
    ]


def test_records_before_a_latest_trigger_are_not_its_own() -> None:
    assert _looks(Facts(head=3, checkpoint=2)) == [Look.BEFORE, Look.BEFORE, Look.WAITING]


def test_trimmed_records_have_expired_whether_read_or_not() -> None:
    assert _looks(Facts(head=3, checkpoint=1, trimmed=2)) == [
        Look.EXPIRED,
        Look.EXPIRED,
        Look.WAITING,
    ]


def test_a_running_batch_is_in_flight_and_a_failed_one_failing() -> None:
    running = Attempt(1, 2, 1, None)
    failed = Attempt(1, 2, 1, **FAILED)

    flying = Facts(head=3, checkpoint=0, cuts=(2,), attempts=(running,))
    failing = Facts(head=3, checkpoint=0, cuts=(2,), failures=1, attempts=(failed,))

    assert _looks(flying) == [Look.FLIGHT, Look.FLIGHT, Look.WAITING]
    assert _looks(failing) == [Look.FAILING, Look.FAILING, Look.WAITING]


def test_what_a_neighbouring_lane_has_done_shows_ahead_of_the_checkpoint() -> None:
    runs = (Run(0, 4, "delivered", ((2, 3),)),)

    assert _looks(Facts(head=4, checkpoint=1, runs=runs)) == [
        Look.PROCESSED,
        Look.WAITING,
        Look.WAITING,
        Look.PROCESSED,
    ]


def test_the_bracket_spans_the_batch_in_hand_and_names_its_attempt() -> None:
    batch = draw(Facts(head=10, checkpoint=2, cuts=(6, 8), failures=3)).batches

    assert batch[0].text == "batch 3–6 · 4 records · attempt 4"
    assert (batch[0].x, batch[0].kind) == (2 * STEP, "failing")
    assert (batch[1].x, batch[1].kind) == (6 * STEP, "owed")


def test_the_flag_stands_behind_the_checkpoint() -> None:
    open_end = draw(Facts(head=5, checkpoint=5))
    closed = draw(Facts(head=5, checkpoint=5, closed=True))

    assert (open_end.flag, open_end.flag_text) == (5 * STEP - 2, "checkpoint")
    assert closed.flag_text == "end of shard"


def test_splits_are_drawn_as_they_happened() -> None:
    attempts = (
        Attempt(1, 8, 1, **FAILED),
        Attempt(1, 4, 1, True, milliseconds=9.0),
        Attempt(5, 8, 1, **FAILED),
        Attempt(5, 6, 1, True),
        Attempt(7, 8, 1, **FAILED),
        *(Attempt(7, 7, number, **FAILED) for number in range(1, 15)),
    )

    drawing = draw(Facts(head=12, checkpoint=6, cuts=(7, 8), failures=14, attempts=attempts))
    rows = [(bar.text, bar.inside, bar.kind) for bar in drawing.attempts]

    assert rows == [
        ("Attempt 1", "1–8 ✕", "failed"),
        ("Split", "1–4 ✓", "done"),
        ("Split", "5–8 ✕", "failed"),
        ("Split", "5–6 ✓", "done"),
        ("Split", "7–8 ✕", "failed"),
        ("Split, 14 times", "7 ✕", "failed"),
        ("Not tried yet", "8", "owed"),
    ]
    assert drawing.attempts[0].beside == "KeyError: 'amount' · 41 ms"


def test_a_report_of_failures_is_followed_by_the_rest() -> None:
    attempts = (Attempt(1, 4, 1, True, reported=True), Attempt(3, 4, 1, None))

    drawing = draw(Facts(head=4, checkpoint=2, cuts=(4,), attempts=attempts))

    assert [(bar.text, bar.kind) for bar in drawing.attempts] == [
        ("Attempt 1", "failed"),
        ("Rest", "inhand"),
    ]
    assert drawing.attempts[0].beside == "reported batch item failures"


def test_attempts_of_batches_before_are_not_drawn() -> None:
    attempts = (Attempt(1, 4, 1, True), Attempt(5, 8, 1, **FAILED))

    drawing = draw(Facts(head=8, checkpoint=4, cuts=(8,), failures=1, attempts=attempts))

    assert [bar.inside for bar in drawing.attempts] == ["5–8 ✕"]


def test_a_backlog_shows_what_lies_around_the_checkpoint() -> None:
    drawing = draw(Facts(head=1000, checkpoint=500))

    assert len(drawing.cells) == NEWEST
    assert drawing.cells[0].seq == 501 - BEFORE
    assert (drawing.older, drawing.newer) == (500 - BEFORE, 1000 - 560 + BEFORE)


def test_a_lane_that_is_up_to_date_shows_its_newest_records() -> None:
    drawing = draw(Facts(head=1000, checkpoint=1000))

    assert (drawing.cells[-1].seq, drawing.older, drawing.newer) == (1000, 940, 0)


def test_one_cell_of_a_lane_takes_the_focus() -> None:
    drawing = draw(Facts(head=9, checkpoint=4))

    assert [cell.seq for cell in drawing.cells if cell.first] == [5]


def test_records_of_other_lanes_are_neither_drawn_nor_counted_as_ones_own() -> None:
    running = Attempt(1, 3, 1, None)
    others = frozenset({2})

    facts = Facts(head=4, checkpoint=0, cuts=(3,), attempts=(running,), others=others)

    assert _looks(facts) == [Look.FLIGHT, Look.OTHER, Look.FLIGHT, Look.WAITING]
    assert draw(facts).batches[0].text == "batch 1–3 · 2 records · attempt 1"


def test_the_next_try_stands_below_what_was_tried() -> None:
    attempts = (Attempt(1, 2, 1, **FAILED),)
    facts = Facts(head=2, checkpoint=0, cuts=(2,), failures=1, attempts=attempts)

    last = draw(replace(facts, next_try="next try in 0.2 s · 3 left")).attempts[-1]

    assert (last.text, last.inside, last.kind) == ("Retry 1", "1–2", "next")
    assert last.beside == "next try in 0.2 s · 3 left"


def test_a_batching_window_that_fills_counts_down() -> None:
    facts = Facts(head=4, checkpoint=1, gathering=Gathering(left=15.0, length=60.0, wanted=100))

    window = draw(facts).batches[0]

    assert window.text == "gathering · 3 of 100 records · 15 s left"
    assert (window.kind, window.part, window.x) == ("gathering", 0.25, STEP)


def test_a_spark_line_ends_at_the_newest_sample() -> None:
    drawn = spark.points([0.0, 10.0]).split()

    assert drawn == ["2.0,24.0", "138.0,2.0"]
    assert spark.points([1.0]) == ""


def test_an_age_grows_when_three_samples_in_a_row_do() -> None:
    assert spark.grows([0.0, 1.0, 2.0, 3.0])
    assert not spark.grows([0.0, 1.0, 2.0, 2.0])
    assert not spark.grows([1.0, 2.0, 3.0])


def _two() -> list[Facts]:
    """Two lanes: the first has 1 and 3 and fails, the second has 2 and 4 and is done."""
    runs = (Run(0, 4, "delivered", ((1, 1), (3, 3))),)
    first = Facts(
        head=4,
        checkpoint=0,
        cuts=(3,),
        failures=1,
        runs=runs,
        attempts=(Attempt(1, 3, 1, **FAILED),),
        others=frozenset({2, 4}),
    )
    return [first, Facts(head=4, checkpoint=4, runs=runs, others=frozenset({1, 3}))]


def test_lanes_of_one_shard_share_its_cells() -> None:
    cells = concurrent.draw(_two()).cells

    assert [(cell.seq, cell.tint) for cell in cells] == [(1, 0), (2, 1), (3, 0), (4, 1)]
    assert [cell.look for cell in cells] == [
        Look.FAILING,
        Look.PROCESSED,
        Look.FAILING,
        Look.PROCESSED,
    ]


def test_each_concurrent_batch_has_a_bracket_and_attempts_of_its_own() -> None:
    first, second = _two()
    waiting = replace(second, checkpoint=1, cuts=(4,), runs=())

    drawing = concurrent.draw([first, waiting])

    assert [(bar.tint, bar.y, bar.text) for bar in drawing.batches] == [
        (0, 0, "1: batch 1–3 · 2 records · attempt 2"),
        (1, 24, "2: batch 2–4 · 2 records · attempt 1"),
    ]
    assert drawing.above == 48
    assert [bar.text for bar in drawing.attempts] == ["1: Attempt 1"]


def test_the_flag_of_a_shard_stands_at_its_lowest_checkpoint() -> None:
    assert concurrent.draw(_two()).flag == -2
    assert not concurrent.draw(_two()).caught_up
