"""Pages of CloudWatch Logs: groups, their streams, events searched, grouped or followed live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, lists, live, place
from console.pages.aws import call
from console.pages.forms.logs import RetentionForm
from console.pages.functions import frame, listing
from console.pages.refusals import Refusal, explain
from functions.invocations import journal
from functions.models import Function, LogGroup
from functions.observability import groups, listings, reading, requests, trimming
from functions.observability.reading import Line

NEWEST = 300
PAGES = 10
"""How often a search goes on by itself when a page is empty."""
STREAMS = 50
NEWEST_FIRST = listings.StreamOrder(by_time=True, descending=True)
SPANS = ("300", "3600", "43200", "86400")
"""Seconds that the time filter offers."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: a stream, a pattern, seconds back from now, lines or requests."""

    stream: str
    pattern: str
    span: str
    by_request: bool

    @property
    def searches(self) -> bool:
        """Say whether events are searched, not followed."""
        return bool(self.pattern or self.span)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `more` says that it was cut."""

    lines: list[Line]
    more: bool = False
    refusal: Refusal | None = None


@live.topic("tail")
def tail(scope: Scope, argument: str) -> str:
    """Render the newest lines of "group" or "group:stream"; neither name has a colon."""
    return render_to_string("logs/lines.html", {"lines": _newest(scope, argument)})


@live.topic("requests")
def tail_requests(scope: Scope, argument: str) -> str:
    """Render the newest lines of "group" or "group:stream", by request."""
    found = requests.grouped(_newest(scope, argument))
    return render_to_string("logs/requests.html", {"requests": found})


def _newest(scope: Scope, argument: str) -> list[Line]:
    group, _, stream = argument.partition(":")
    return reading.tail(scope, group, stream or None, 0, NEWEST)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the log groups of this account and region."""
    found = listings.list_groups(place.scope(request), count=1000).rows
    listed = lists.of_things(request, "log.groups", found, lambda one: one.name)
    stored = groups.stored_bytes(list(listed.page))
    return answer.page(
        request,
        "logs/index.html",
        section="logs",
        trail=[(labels.text("log.groups"), "")],
        rows=[(one, trimming.kept_days(one), stored[one.pk]) for one in listed.page],
        listed=listed,
    )


@require_GET
def group(request: HttpRequest) -> HttpResponse:
    """Show a group: followed live, or searched by `?filter=` and `?span=`, perhaps by request."""
    return _page(request, place.scope(request), request.GET.get("name", ""))


@require_POST
def retain(request: HttpRequest) -> HttpResponse:
    """Keep a group's events for so many days, or for as long as without a choice."""
    scope, name = place.scope(request), request.POST.get("name", "")
    try:
        form = _retention(groups.find_group(scope, name), request)
        if not form.is_valid():
            return _page(request, scope, name, retaining=form)
        days = form.cleaned_data["retention"]
        if days is None:
            call(scope, "logs", "DeleteRetentionPolicy", logGroupName=name)
        else:
            call(scope, "logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
    except AwsError as error:
        return _refused(request, error)
    messages.success(request, f"The retention of {name} was saved.")
    return answer.see(_address(name))


def delete(request: HttpRequest) -> HttpResponse:
    """Ask, then delete a group with its streams and events."""
    asked = request.POST if request.method == "POST" else request.GET
    scope, name = place.scope(request), asked.get("name", "")
    try:
        groups.find_group(scope, name)
    except AwsError as error:
        return _refused(request, error)

    def run() -> str:
        call(scope, "logs", "DeleteLogGroup", logGroupName=name)
        return f"Log group {name} was deleted."

    return ending.ask(
        request,
        run,
        back=_address(name),
        then=reverse("log-groups"),
        section="logs",
        trail=[*_trail(), (name, _address(name)), (labels.text("log.delete"), "")],
        title=labels.text("log.delete"),
        question=f"Delete the log group {name}?",
        consequence="Its streams, events and metric filters go with it. "
        "A function makes its group anew when it runs.",
        verb="log.delete",
        hidden=[("name", name)],
    )


def _address(name: str) -> str:
    return f"{reverse('log-group')}?{urlencode({'name': name})}"


def _trail() -> answer.Trail:
    return [(labels.text("log.groups"), reverse("log-groups"))]


def _refused(request: HttpRequest, error: AwsError) -> HttpResponse:
    return answer.refused(request, error, section="logs", back=reverse("log-groups"))


def _retention(group: LogGroup, request: HttpRequest | None = None) -> RetentionForm:
    return RetentionForm(
        None if request is None else request.POST,
        kept=group.retention_days,
        otherwise=trimming.default_days(group),
    )


def _page(
    request: HttpRequest, scope: Scope, name: str, *, retaining: RetentionForm | None = None
) -> HttpResponse:
    try:
        found = groups.find_group(scope, name)
    except AwsError as error:
        return _refused(request, error)
    span = request.GET.get("span", "")
    wish = Wish(
        request.GET.get("stream", ""),
        request.GET.get("filter", "").strip(),
        span if span in SPANS else "",
        request.GET.get("view") == "requests",
    )
    result = _search(scope, name, wish) if wish.searches else Found([])
    kind = "requests" if wish.by_request else "tail"
    topic = f"{kind}:{name}:{wish.stream}" if wish.stream else f"{kind}:{name}"
    return answer.page(
        request,
        "logs/group.html",
        section="logs",
        trail=[*_trail(), (name, "")],
        status=422 if result.refusal or retaining else 200,
        group=found,
        wish=wish,
        streams=_streams(scope, found, wish.stream),
        spans=[(one, f"log.span.{one}") for one in SPANS],
        lines=result.lines,
        requests=requests.grouped(result.lines) if wish.by_request else [],
        more=result.more,
        refusal=result.refusal,
        retaining=retaining or _retention(found),
        topic=topic,
        topics=[] if wish.searches else [topic],
    )


def _streams(scope: Scope, group: LogGroup, chosen: str) -> list[str]:
    """Name the newest streams, and the chosen one however old it is."""
    rows = listings.list_streams(scope, group, NEWEST_FIRST, count=STREAMS).rows
    names = [one.name for one in rows]
    return names if not chosen or chosen in names else [chosen, *names]


@require_GET
@listing.of_function
def of_function(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Show the Logs tab of a function: its group, followed live."""
    group_name = f"/aws/lambda/{function.name}"
    topic = f"tail:{group_name}"
    return frame.show(
        request,
        scope,
        function,
        "functions/logs.html",
        tab="monitor",
        group_name=group_name,
        group_exists=LogGroup.objects.filter(
            tenancy_id=scope.tenancy, region=scope.region, name=group_name
        ).exists(),
        missing=journal.missing(scope, function.role_arn, group_name, function.name),
        topic=topic,
        topics=[topic],
    )


def _search(scope: Scope, group_name: str, wish: Wish) -> Found:
    since = None
    if wish.span:
        since = int((SYSTEM_CLOCK.now() - int(wish.span)) * 1000)
    lines: list[Line] = []
    token: str | None = None
    for _ in range(PAGES):
        try:
            found = call(
                scope,
                "logs",
                "FilterLogEvents",
                logGroupName=group_name,
                logStreamNames=[wish.stream] if wish.stream else None,
                filterPattern=_quoted(wish.pattern),
                startTime=since,
                nextToken=token,
            )
        except AwsError as error:
            return Found([], refusal=explain(error))
        lines += map(_line, found["events"])
        token = found.get("nextToken")
        if token is None:
            break
    return Found(lines, more=token is not None)


def _line(event: dict[str, Any]) -> Line:
    return Line(
        int(event["eventId"]),
        event["logStreamName"],
        event["timestamp"],
        event["ingestionTime"],
        event["message"],
    )


def _quoted(pattern: str) -> str:
    """Let a request id be searched for as it is: a hyphen inside a term needs quotes."""
    bare = pattern.replace("-", "").isalnum() and "-" in pattern.strip("-")
    return f'"{pattern}"' if bare else pattern
