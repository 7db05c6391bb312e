"""What a trigger would do is tried out on the poller's own machine before anything is saved."""

from __future__ import annotations

from typing import Any

from console.pages.triggers import rehearsal, safety
from triggers.mappings.settings import Settings


def _steps(**settings: Any) -> list[tuple[str, str, str]]:
    made = rehearsal.rehearse(Settings(**settings), timeout=3, backoff_cap=60.0)
    return [(row.time, row.inside, row.beside) for row in made.rows]


def test_a_failed_batch_comes_again_with_growing_waits_until_it_is_given_up() -> None:
    assert _steps(max_retries=2) == [
        ("0 s", "1–8 ✕", "waits 0.2 s"),
        ("1.2 s", "1–8 ✕", "waits 0.4 s"),
        ("2.6 s", "1–8 ✕", "waits 0.8 s"),
        ("3.6 s", "1–8 ↗", "given up"),
    ]


def test_splitting_finds_the_bad_record_and_lets_the_others_through() -> None:
    assert _steps(max_retries=0, bisect=True) == [
        ("0 s", "1–8 ✕", "splits"),
        ("1 s", "1–4 ✓", "done"),
        ("2 s", "5–8 ✕", "splits"),
        ("3 s", "✕", "splits"),
        ("4 s", "✕", "waits 0.2 s"),
        ("5 s", "↗", "given up"),
        ("5 s", "✓", "done"),
        ("6 s", "✓", "done"),
    ]


def test_a_report_moves_the_checkpoint_to_the_bad_record() -> None:
    first, second, *_ = _steps(max_retries=1, reports_failures=True)

    assert first == ("0 s", "1–8 ✕", "reports the bad one")
    assert second[1] == "5–8 ✕"


def test_without_a_limit_it_goes_on_and_on() -> None:
    assert _steps()[-1] == ("", "", "… again, 1 min apart")


def test_many_retries_are_drawn_as_the_first_two_and_the_last() -> None:
    times = _steps(max_retries=9)

    assert [text for _, _, text in times[2:]] == [
        "… 7 more, up to 51.2 s apart",
        "waits 1 min",
        "given up",
    ]


def test_one_record_is_a_batch_of_its_own() -> None:
    made = rehearsal.rehearse(Settings(batch_size=1, max_retries=0), timeout=3, backoff_cap=60.0)

    assert [one.bad for one in made.batch] == [True]
    assert [row.inside for row in made.rows] == ["✕", "↗"]


def test_large_records_reach_six_megabytes_before_the_count() -> None:
    made = rehearsal.rehearse(Settings(batch_size=10_000), timeout=3, backoff_cap=60.0)

    assert round(made.kilobytes, 2) == 0.61


def test_a_call_is_no_longer_than_the_timeout_allows() -> None:
    assert rehearsal.rehearse(Settings(), timeout=1, backoff_cap=60.0).call == 1.0


def test_only_what_has_no_limit_is_suggested() -> None:
    fields = [one.field for one in safety.suggest(Settings(), ["arn:aws:sqs:r:1:failures"])]
    chosen = Settings(max_retries=3, max_age_seconds=60, bisect=True, destination="arn")

    assert fields == ["bisect", "retries", "max_age", "destination"]
    assert safety.suggest(chosen, []) == []
