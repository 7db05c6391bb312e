"""The designer's drawing: the triggers of a function or of one of its qualifiers, and the wires.

Nodes have fixed heights, so the server knows where each wire begins and ends and no script
measures anything. What a trigger's State is, is `triggers.mappings`' business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Max, Q, Sum
from django.template.loader import render_to_string
from django.urls import reverse

from console.aws.scope import Scope
from console.pages import live
from console.pages.tables.standing import table_of
from console.pages.triggers import destinations, qualifiers
from console.pages.triggers.qualifiers import Choice, qualified
from functions.messaging import finding, targets
from functions.models import Function
from triggers.mappings import drafts, lifecycle
from triggers.models import Lane, TriggerDraft

NODE, GAP, ADDER = 62, 12, 38
SELF, TIED = 74, 34
LOOKS = {
    "Enabled": ("ok", "circle-check", "live"),
    "Disabled": ("off", "circle-pause", "off"),
    "Creating": ("busy", "loader", "busy"),
    "Enabling": ("busy", "loader", "busy"),
    "Updating": ("busy", "loader", "busy"),
    "Disabling": ("busy", "loader", "off"),
    "Deleting": ("busy", "loader", "off"),
}
"""How a State looks: its class, its icon, its wire."""


@dataclass(frozen=True, slots=True)
class Node:
    """One trigger in the drawing."""

    key: str  # a mapping's UUID, or draft-<id>
    title: str
    state: str
    look: str
    icon: str
    about: str
    href: str
    classes: str
    wire: str


@dataclass(frozen=True, slots=True)
class Wire:
    """One curve from a trigger to the function, as an SVG path."""

    path: str
    look: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where something goes from the function: its log, or a destination."""

    title: str
    about: str
    href: str
    icon: str
    badge: str
    wire: str = ""  # how its wire looks
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything the drawing shows."""

    function: Function
    qualifier: str  # whose triggers these are; empty for $LATEST
    choices: list[Choice]
    about: str  # what the function runs
    nodes: list[Node]
    wires: list[Wire]
    outlets: list[Outlet]
    outlet_wires: list[Wire]
    height: float
    chosen: str
    role: str
    drafts: int


@live.topic("designer")
def render(scope: Scope, argument: str) -> str:
    """Render the drawing of "function:qualifier/chosen node"; nothing once the function is gone."""
    named, _, chosen = argument.partition("/")
    name, qualifier = qualifiers.apart(named)
    function = Function.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, name=name
    ).first()
    if function is None:
        return ""
    return render_to_string(
        "designer/diagram.html", {"diagram": draw(scope, function, qualifier, chosen)}
    )


def draw(scope: Scope, function: Function, qualifier: str = "", chosen: str = "") -> Diagram:
    """Lay out the triggers of a qualifier; `chosen` is the key of the node that is selected."""
    saved = qualifiers.mappings_of(scope, function.name, qualifier)
    choices = qualifiers.choices(scope, function, qualifier)
    backlog = waiting([found.row.uuid for found in saved])
    nodes = [_saved(found, function.name, chosen, backlog) for found in saved]
    wanted = qualified(function.name, qualifier)
    staged = [
        _staged(draft, function.name, chosen)
        for draft in drafts.listed(scope, function.name)
        if draft.settings.get("FunctionName", function.name) == wanted
    ]
    nodes += staged
    left = max(len(nodes), 1) * (NODE + GAP) + ADDER
    outlets = _outlets(scope, function, qualifier, saved)
    right = len(outlets) * (NODE + GAP) - GAP
    height = float(max(left, SELF + TIED, right))
    top = (height - left) / 2
    centre = height / 2 - TIED / 2
    return Diagram(
        function=function,
        qualifier=qualifier,
        choices=choices if len(choices) > 1 else [],
        about=next((one.about for one in choices if one.qualifier == qualifier), ""),
        nodes=nodes,
        wires=list(_wires(nodes, top, centre)),
        outlets=outlets,
        outlet_wires=[
            Wire(_curve(centre, (height - right) / 2 + at * (NODE + GAP) + NODE / 2), one.wire)
            for at, one in enumerate(outlets)
        ],
        height=height,
        chosen=chosen,
        role=function.role_arn.rpartition("/")[2],
        drafts=len(staged),
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the lanes of one mapping have before them, and how often the batch in hand failed."""

    records: int
    attempts: int


def waiting(uuids: Iterable[object]) -> dict[object, Backlog]:
    """Sum up the lanes of mappings, by UUID."""
    rows = (
        Lane.objects.filter(mapping_id__in=list(uuids))
        .values("mapping_id")
        .annotate(
            behind=Sum(F("shard__head") - F("checkpoint"), filter=Q(number=0)),
            failed=Max("attempt"),
        )
    )
    return {row["mapping_id"]: Backlog(row["behind"] or 0, row["failed"] or 0) for row in rows}


def _outlets(
    scope: Scope, function: Function, qualifier: str, saved: Iterable[lifecycle.Found]
) -> list[Outlet]:
    """Name the function's log and its destinations: of triggers, and of asynchronous calls."""
    name = function.name
    log = Outlet(
        "CloudWatch Logs",
        f"/aws/lambda/{name}",
        reverse("function-logs", args=[name]),
        "scroll-text",
        "logs",
    )
    reasons: dict[str, list[str]] = {}
    for one in destinations.of_triggers(saved):
        reasons.setdefault(one.arn, []).append(one.reason)
    for one in destinations.of_calls(scope, function, qualifier):
        reasons.setdefault(one.arn, []).append(one.reason)
    shown = (_destination(scope, arn, list(dict.fromkeys(why))) for arn, why in reasons.items())
    return [log, *(one for one in shown if one is not None)]


def _destination(scope: Scope, arn: str, reasons: list[str]) -> Outlet | None:
    """Draw a destination; none once it is deleted."""
    why = " and ".join(reasons)
    wire = "" if reasons == [destinations.ON_SUCCESS] else "destination"
    if ":function:" in arn:
        name = arn.partition(":function:")[2]
        href = reverse("function", args=[name.partition(":")[0]])
        return Outlet(f"Lambda: {name}", why, href, "square-function", "function", wire)
    target = targets.find(scope, arn)
    if target is None:
        return None
    route, icon, kind = {
        "sqs": ("queue", "layers", "SQS"),
        "sns": ("topic", "bell", "SNS"),
        "s3": ("bucket", "archive", "S3"),
    }[target.kind]
    queue = finding.find_by_arn(scope, arn) if target.kind == "sqs" else None
    tally = finding.tally(queue) if queue is not None else None
    count = tally.visible + tally.in_flight if tally is not None else 0
    noun = "message" if count == 1 else "messages"
    about = f"{count:,} {noun} · {why}" if queue is not None else why
    href = reverse(route, args=[target.name])
    return Outlet(
        f"{kind}: {target.name}", about, href, icon, "destination", wire, bool(wire) and count > 0
    )


def _saved(
    found: lifecycle.Found, function_name: str, chosen: str, backlog: dict[object, Backlog]
) -> Node:
    look, icon, wire = LOOKS[found.state]
    seen = backlog.get(found.row.uuid, Backlog(0, 0))
    key = str(found.row.uuid)
    failing = seen.attempts > 0 and found.state == "Enabled"
    classes = ["failing"] if failing else ["off"] if wire == "off" else []
    if key == chosen:
        classes.append("chosen")
    return Node(
        key=key,
        title=f"DynamoDB: {table_of(found.row.stream_arn)}",
        state=found.state,
        look=look,
        icon=icon,
        about=_about(found.state, seen),
        href=f"{reverse('function', args=[function_name])}?trigger={key}#panel",
        classes=" ".join(classes),
        wire="failing" if failing else wire,
    )


def _about(state: str, seen: Backlog) -> str:
    if seen.attempts and state == "Enabled":
        return f"failed {seen.attempts} times"
    if seen.records:
        return f"{seen.records:,} waiting"
    return "up to date" if state == "Enabled" else ""


def _staged(draft: TriggerDraft, function_name: str, chosen: str) -> Node:
    key = f"draft-{draft.pk}"
    bad = bool(draft.error_code)
    classes = "draft failing" if bad else "draft"
    return Node(
        key=key,
        title=f"DynamoDB: {table_of(draft.settings['EventSourceArn'])}",
        state="Refused" if bad else "Not saved yet",
        look="bad" if bad else "busy",
        icon="circle-x" if bad else "pencil",
        about="choose Save to add it" if not bad else "",
        href=f"{reverse('function', args=[function_name])}?draft={draft.pk}#panel",
        classes=f"{classes} chosen" if key == chosen else classes,
        wire="draft",
    )


def _wires(nodes: list[Node], top: float, centre: float) -> Iterable[Wire]:
    for number, node in enumerate(nodes):
        start = top + number * (NODE + GAP) + NODE / 2
        yield Wire(_curve(start, centre), node.wire)


def _curve(start: float, end: float) -> str:
    return f"M0 {start:g}C46 {start:g} 30 {end:g} 76 {end:g}"
