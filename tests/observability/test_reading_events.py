"""Pages of one stream, searches over several, and the tail that the console follows."""

from __future__ import annotations

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import browsing, groups, limits, reading
from functions.observability.browsing import Search
from functions.observability.models import LogGroup
from functions.observability.reading import ALWAYS, Line, Span
from functions.observability.writing import put_events

pytestmark = pytest.mark.postgres
T = 1_790_000_000_000


def write(scope: Scope, *events: tuple[int, str], stream: str = "s") -> LogGroup:
    put_events(scope.tenancy, scope.region, "g", stream, [(T + at, one) for at, one in events], T)
    return groups.find_group(scope, "g")


def said(lines: list[Line]) -> str:
    return "".join(line.message for line in lines)


def test_without_a_token_the_newest_events_come(scope: Scope) -> None:
    group = write(scope, *enumerate("abcdefg"))

    leaf = browsing.page(scope, group, "s", ALWAYS, count=3)

    assert said(leaf.lines) == "efg"
    assert leaf.forward.startswith("f/")
    assert leaf.backward.startswith("b/")


def test_backward_tokens_lead_to_the_start_and_stay_there(scope: Scope) -> None:
    group = write(scope, *enumerate("abcdefg"))
    leaf = browsing.page(scope, group, "s", ALWAYS, count=3)

    pages = []
    while True:
        token = leaf.backward
        leaf = browsing.page(scope, group, "s", ALWAYS, token=token, count=3)
        if leaf.backward == token:
            break
        pages.append(said(leaf.lines))

    assert pages == ["bcd", "a"]
    assert leaf.lines == []


def test_forward_tokens_lead_to_the_end_and_go_on_when_more_is_written(scope: Scope) -> None:
    group = write(scope, *enumerate("abcd"))
    first = browsing.page(scope, group, "s", ALWAYS, from_head=True, count=3)
    second = browsing.page(scope, group, "s", ALWAYS, token=first.forward, count=3)
    end = browsing.page(scope, group, "s", ALWAYS, token=second.forward, count=3)

    assert [said(one.lines) for one in (first, second, end)] == ["abc", "d", ""]
    assert end.forward == second.forward

    write(scope, (9, "e"))
    assert said(browsing.page(scope, group, "s", ALWAYS, token=end.forward, count=3).lines) == "e"


def test_events_of_the_same_millisecond_are_not_lost_between_pages(scope: Scope) -> None:
    group = write(scope, *[(0, letter) for letter in "abcdef"])

    first = browsing.page(scope, group, "s", ALWAYS, from_head=True, count=4)
    rest = browsing.page(scope, group, "s", ALWAYS, token=first.forward, count=4)
    back = browsing.page(scope, group, "s", ALWAYS, token=rest.backward, count=2)

    assert said(first.lines) + said(rest.lines) == "abcdef"
    assert said(back.lines) == "cd"


def test_an_empty_stream_can_be_followed(scope: Scope) -> None:
    group = groups.create_group(scope, "g")
    groups.create_stream(scope, "g", "s")
    leaf = browsing.page(scope, group, "s", ALWAYS, count=3)

    write(scope, (0, "a"))

    assert said(browsing.page(scope, group, "s", ALWAYS, token=leaf.forward, count=3).lines) == "a"


def test_a_span_includes_its_start_and_excludes_its_end(scope: Scope) -> None:
    group = write(scope, *enumerate("abcde"))

    leaf = browsing.page(scope, group, "s", Span(T + 1, T + 3), from_head=True, count=9)

    assert said(leaf.lines) == "bc"


def test_a_page_holds_a_megabyte(scope: Scope) -> None:
    group = write(scope, *[(at, "x" * 400_000) for at in range(3)])

    assert len(browsing.page(scope, group, "s", ALWAYS, from_head=True, count=9).lines) == 2
    assert len(browsing.page(scope, group, "s", ALWAYS, count=9).lines) == 2


@pytest.mark.parametrize("token", ["x", "f/x", "n/0", "", "f/"])
def test_a_token_that_was_not_given_out_is_refused(scope: Scope, token: str) -> None:
    group = write(scope, (0, "a"))

    with pytest.raises(AwsError, match=r"The specified nextToken is invalid\."):
        browsing.page(scope, group, "s", ALWAYS, token=token, count=3)


def test_a_token_of_another_stream_or_account_is_refused(scope: Scope, other: Scope) -> None:
    group = write(scope, (0, "a"))
    write(scope, (0, "a"), stream="t")
    theirs = browsing.page(other, write(other, (0, "a")), "s", ALWAYS, count=3).forward
    next_door = browsing.page(scope, group, "t", ALWAYS, count=3).forward

    for token in (theirs, next_door):
        with pytest.raises(AwsError, match=r"The specified nextToken is invalid\."):
            browsing.page(scope, group, "s", ALWAYS, token=token, count=3)


def test_a_search_merges_streams_by_time(scope: Scope) -> None:
    write(scope, (0, "a"), (4, "c"))
    group = write(scope, (2, "b"), (6, "d"), stream="t")

    catch = browsing.find(scope, group, Search(), count=9)

    assert [(line.stream, line.message) for line in catch.lines] == [
        ("s", "a"),
        ("t", "b"),
        ("s", "c"),
        ("t", "d"),
    ]
    assert catch.token is None


def test_a_search_chooses_streams_by_name_or_prefix(scope: Scope) -> None:
    write(scope, (0, "a"), stream="2026/x")
    write(scope, (0, "b"), stream="2026/y")
    group = write(scope, (0, "c"), stream="2025/x")

    by_prefix = browsing.find(scope, group, Search(prefix="2026/"), count=9)
    by_name = browsing.find(scope, group, Search(names=["2025/x", "nowhere"]), count=9)

    assert (said(by_prefix.lines), said(by_name.lines)) == ("ab", "c")


def test_a_search_goes_on_where_it_stopped(scope: Scope) -> None:
    group = write(scope, *enumerate(["hit 1", "miss", "hit 2", "hit 3"]))
    search = Search(pattern="hit")

    first = browsing.find(scope, group, search, count=2)
    rest = browsing.find(scope, group, search, token=first.token, count=2)

    assert said(first.lines) + said(rest.lines) == "hit 1hit 2hit 3"
    assert rest.token is None


def test_a_search_looks_at_a_bounded_number_of_events(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SCANNED_EVENTS", 3)
    group = write(scope, *enumerate(["miss"] * 4 + ["hit"]))

    first = browsing.find(scope, group, Search(pattern="hit"), count=9)
    rest = browsing.find(scope, group, Search(pattern="hit"), token=first.token, count=9)

    assert (first.lines, said(rest.lines)) == ([], "hit")


def test_the_tail_follows_what_is_written(scope: Scope, other: Scope) -> None:
    write(scope, *enumerate("abc"))
    write(other, (0, "foreign"))

    newest = reading.tail(scope, "g", None, 0, count=2)
    write(scope, (-5, "d"), stream="t")
    further = reading.tail(scope, "g", None, newest[-1].id)

    assert said(newest) == "bc"
    assert said(further) == "d"
    assert reading.tail(scope, "g", "s", newest[-1].id) == []
    assert reading.tail(scope, "nowhere", None, 0) == []
