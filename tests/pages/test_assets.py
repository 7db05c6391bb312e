"""Static files: whole, cached, and without a word in the console's log."""

from __future__ import annotations

from django.test import AsyncClient, Client

from tests.loops import on_a_loop_of_its_own


def test_a_file_goes_out_in_one_piece() -> None:
    answer = Client().get("/static/css/tokens.css")

    assert answer.status_code == 200
    assert not answer.streaming
    assert answer["Content-Type"].startswith("text/css")
    assert int(answer["Content-Length"]) == len(answer.content)


def test_an_asynchronous_server_answers_it_without_a_warning() -> None:
    answer = on_a_loop_of_its_own(AsyncClient().get("/static/js/console.js"))

    assert b"import" in answer.content


def test_a_file_that_has_not_changed_is_not_sent_again() -> None:
    first = Client().get("/static/css/tokens.css")

    again = Client().get(
        "/static/css/tokens.css", headers={"If-Modified-Since": first["Last-Modified"]}
    )

    assert (again.status_code, again.content) == (304, b"")


def test_a_missing_file_is_missing() -> None:
    assert Client().get("/static/css/nothing.css").status_code == 404
