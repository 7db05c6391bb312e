"""What GetLogEvents and FilterLogEvents give out: pages of events with their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, listings, patterns, places, reading
from functions.observability.models import LogGroup
from functions.observability.reading import ALWAYS, Line, Span


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of one stream, with the tokens for what lies after and before it."""

    lines: list[Line]
    forward: str
    backward: str


@dataclass(frozen=True, slots=True)
class Catch:
    """A page of a search, with the token to go on; None when everything was looked at."""

    lines: list[Line]
    token: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """Which events of a group are wanted: of the streams named or prefixed, else of all."""

    names: Sequence[str] = ()
    prefix: str = ""
    span: Span = ALWAYS
    pattern: str = ""


def page(
    scope: Scope,
    group: LogGroup,
    stream_name: str,
    span: Span,
    *,
    token: str | None = None,
    from_head: bool = False,
    count: int,
) -> Leaf:
    """Read a page of a stream: the one a token names, else the first (`from_head`) or the last.

    At either end of the stream the page is empty and the token is the one that was sent.
    Raises AwsError ResourceNotFoundException or InvalidParameterException.
    """
    stream = groups.find_stream(group, stream_name)
    place: reading.Position | None = None
    if token is not None:
        from_head, place = places.turn(scope, stream, token)
    if from_head:
        lines = reading.after(stream, span, place or reading.START, count)
    else:
        lines = reading.before(stream, span, place, count)
    edge = place or reading.START
    first, last = (lines[0].position, lines[-1].position) if lines else (edge, edge)
    return Leaf(lines, places.forward(scope, stream, last), places.backward(scope, stream, first))


def find(
    scope: Scope, group: LogGroup, search: Search, *, token: str | None = None, count: int
) -> Catch:
    """Search streams of a group, oldest events first.

    A page may be empty although more follows: each looks at a bounded number of events.
    Raises AwsError InvalidParameterException.
    """
    if search.names and search.prefix:
        raise AwsError(
            "InvalidParameterException",
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
        )
    listing = f"search in {group.pk}"
    at, pk = places.unseal(scope, listing, token) if token else reading.START
    lines, rest = reading.search(
        listings.streams_of(group, names=search.names, prefix=search.prefix),
        search.span,
        (at, pk),
        patterns.parse(search.pattern).matches,
        count,
    )
    return Catch(lines, None if rest is None else places.seal(scope, listing, rest))
