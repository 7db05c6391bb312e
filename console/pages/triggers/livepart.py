"""The live part of a trigger's page: state, why it waits, its shards, the newest attempts."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import live
from console.pages.tables import standing
from console.pages.triggers import shards, why
from console.pages.triggers.designer import LOOKS
from functions.models import Invocation
from triggers.mappings import lifecycle
from triggers.models import Lane

NEWEST = 20
TABLE = "table"


@live.topic("trigger")
def render(scope: Scope, argument: str) -> str:
    """Render "uuid" or "uuid/table" (cells as rows); nothing once the trigger is gone."""
    uuid, _, shape = argument.partition("/")
    try:
        found = lifecycle.get_mapping(scope, uuid)
    except AwsError:
        return render_to_string("triggers/gone.html")
    row = found.row
    look, icon, _ = LOOKS[found.state]
    views = shards.views(row)
    stalled = [one for one in views if one.lane.attempt]
    lanes = Lane.objects.filter(mapping=row).values("pk")
    attempts = Invocation.objects.filter(lane_id__in=lanes)
    return render_to_string(
        "triggers/detail.html",
        {
            "mapping": row,
            "name": row.function_name,
            "state": found.state,
            "look": look,
            "state_icon": icon,
            "table": standing.table_of(row.stream_arn),
            "views": views,
            "pictures": [] if shape == TABLE else shards.pictures(row, views),
            "as_table": shape == TABLE,
            "stalled": stalled,
            "reasons": [one for one in why.reasons(scope, row, views) if one.name != why.POISON],
            "attempts": attempts.order_by("-created_at")[:NEWEST],
            "group": f"/aws/lambda/{row.function_name}",
            "log": reverse("function-logs", args=[row.function_name]),
        },
    )
