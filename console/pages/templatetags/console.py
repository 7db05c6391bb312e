"""Tags that templates use: icons, catalogue texts, live parts, times, sizes. They decide nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from console.aws.clock import SYSTEM_CLOCK, as_datetime
from console.pages import labels, place
from console.pages import live as live_parts
from console.pages.functions import runtimes
from console.pages.items import attributes

register = template.Library()
ICONS = "vendor/lucide-static-1.62.0/icons.svg"


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static(ICONS),
        name,
    )


@register.simple_tag
def label(name: str) -> str:
    """Give the catalogue's text for a stable id."""
    return labels.text(name)


@register.inclusion_tag("components/button.html")
def button(
    name: str,
    icon: str = "",
    kind: str = "",
    field: str = "",
    value: str = "",
    form: str = "",
    about: str = "",
) -> dict[str, str]:
    """Draw a submit button; `about` names what it acts on for a screen reader."""
    return locals() | {"text": labels.text(name)}


@register.inclusion_tag("components/link.html")
def button_link(
    name: str, href: str, icon: str = "", kind: str = "", about: str = "", asks: bool = False
) -> dict[str, str | bool]:
    """Draw a link that looks like a button; one that `asks` leads to a question, in a dialog."""
    return locals() | {"text": labels.text(name)}


@register.inclusion_tag("components/live.html", takes_context=True)
def live(context: Context, topic: str, tag: str = "div", classes: str = "") -> dict[str, str]:
    """Put a live part on the page: its rendering now, and where later ones come from."""
    scope = place.scope(context["request"])
    html = mark_safe(live_parts.render(scope, topic))  # noqa: S308 - our own rendering
    return {"topic": topic, "tag": tag, "classes": classes, "html": html}


@register.inclusion_tag("components/time.html")
def moment(when: datetime | float | int | None) -> dict[str, object]:
    """Show how long ago something was; `when` is a datetime or epoch milliseconds."""
    if when is None:
        return {"when": None}
    at = as_datetime(when / 1000) if isinstance(when, int | float) else when
    return {"when": at, "ago": ago(SYSTEM_CLOCK.now() - at.timestamp())}


@register.inclusion_tag("components/target.html")
def target(arn: str) -> dict[str, str]:
    """Name a queue, topic, bucket or function by its ARN, with the way to its page."""
    service, name = arn.split(":")[2] if arn.count(":") > 4 else "", arn.rpartition(":")[2]
    if ":function:" in arn:
        name = arn.partition(":function:")[2].partition(":")[0]
    route = {"sqs": "queue", "sns": "topic", "s3": "bucket", "lambda": "function"}.get(service)
    return {"name": name, "href": reverse(route, args=[name]) if route and name else ""}


@register.filter
def clock_time(at_ms: int) -> str:
    """Write epoch milliseconds as a time of day, UTC: 14:31:56.110."""
    return f"{as_datetime(at_ms / 1000):%H:%M:%S.%f}"[:-3]


@register.filter
def time_of_day(seconds: int) -> str:
    """Write epoch seconds as a time of day, UTC: 14:31."""
    return f"{as_datetime(seconds):%H:%M}"


@register.filter
def key_schema(elements: list[dict[str, str]]) -> str:
    """Write a KeySchema in one line: its attributes, partition key first."""
    roles = {"HASH": "partition", "RANGE": "sort"}
    return ", ".join(f"{one['AttributeName']} ({roles[one['KeyType']]})" for one in elements)


@register.filter
def path_label(path: str) -> str:
    """Write a row's path as people count: 1, 3.1, 3.2."""
    return ".".join(str(int(part) + 1) for part in path.split("."))


@register.filter
def full_time(at_ms: int) -> str:
    """Write epoch milliseconds as ISO 8601, UTC."""
    return as_datetime(at_ms / 1000).isoformat(timespec="milliseconds")


@register.filter
def size(number: int) -> str:
    """Write a number of bytes for people: 212 B, 4.5 KB."""
    if number < 1024:
        return f"{number} B"
    if number < 1024 * 1024:
        return f"{number / 1024:.1f} KB"
    return f"{number / 1024 / 1024:.1f} MB"


@register.filter
def brief(number: float) -> str:
    """Write a number in little room: 0.5, 20, 5K, 2M."""
    for size_of, sign in ((1_000_000, "M"), (1_000, "K")):
        if number >= size_of:
            return f"{number / size_of:g}{sign}"
    return f"{number:g}"


@register.filter
def pretty(document: Any) -> str:
    """Write a JSON document, given as text or as values, over several lines."""
    try:
        value = json.loads(document) if isinstance(document, str | bytes) else document
    except ValueError:
        return str(document)
    return json.dumps(value, indent=2, ensure_ascii=False)


@register.filter
def runtime_name(runtime: str) -> str:
    """Write a runtime's name for people."""
    return runtimes.title(runtime)


@register.filter
def log_class(message: str) -> str:
    """Tell the runtime's own lines and errors from what the function printed."""
    if message.startswith(("START ", "END ", "REPORT ", "INIT_START ")):
        return "frame-line"
    return "error-line" if "[ERROR]" in message or "Task timed out" in message else ""


@register.filter
def record_summary(body: str | dict[str, Any]) -> str:
    """Show the keys of a stream record in one line, without their types."""
    keys = (json.loads(body) if isinstance(body, str) else body)["dynamodb"]["Keys"]
    return ", ".join(f"{name} = {attributes.shown(value)}" for name, value in keys.items())


@register.filter
def like_key(query: str) -> str:
    """Turn the address of an item into that of a new item like it."""
    return "like" + query.removeprefix("key")


@register.filter
def account_number(number: str) -> str:
    """Write an account number in groups of four: 0000-0000-0000."""
    return "-".join(number[i : i + 4] for i in range(0, len(number), 4))


def ago(seconds: float) -> str:
    """Say roughly how long `seconds` are: 3 s ago, 4 min ago, 2 h ago, 5 days ago."""
    if seconds < 1.5:
        return "just now"
    for unit, length, upto in (("s", 1, 90), ("min", 60, 90), ("h", 3600, 36)):
        if seconds / length < upto:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{seconds / 86400:.0f} days ago"


@register.filter
def duration(seconds: float | None) -> str:
    """Say how long `seconds` are: 0.4 s, 13 min 6 s, 2 h 4 min."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@register.filter
def long_time(seconds: float) -> str:
    """Say a length of time that is only an estimate: 40 s, 3 min, 24 h, 7 days."""
    for unit, length, upto in (("s", 1, 120), ("min", 60, 120), ("h", 3600, 72)):
        if seconds / length < upto:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"


@register.filter
def short_shard(name: str) -> str:
    """Shorten a shard's name to its last eight characters."""
    return f"…{name[-8:]}"


@register.filter
def after_colon(arn: str) -> str:
    """Take the last part of an ARN: the name of a queue or topic."""
    return arn.rpartition(":")[2]
