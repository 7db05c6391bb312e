"""Generate load: the page that starts and stops it, and shows how far it is.

The web process only asks; a worker writes the items (`triggers.dynamodb.loads`).
"""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, live, place
from console.pages.forms.loads import LoadForm
from console.pages.items import exploring as items
from console.pages.tables import standing
from triggers.dynamodb import loads
from triggers.dynamodb.tables import get_table
from triggers.models import Load, Table

SHOWN = 5


def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form and what runs; POST starts it or, with `do=stop`, stops it."""
    scope = place.scope(request)
    try:
        table = get_table(scope, name)
        if request.POST.get("do") == "stop":
            loads.stop_load(scope, name)
            return answer.see(reverse("table-load", args=[name]))
    except AwsError as error:
        return answer.refused(request, error, section="items", back=reverse("tables"))
    form = LoadForm(request.POST or None, initial={"shape": shape_for(table)})
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            loads.start_load(scope, name, form.plan())
            messages.success(request, "A worker writes the items now.")
            return answer.see(reverse("table-load", args=[name]))
    topic = f"load:{name}"
    return answer.page(
        request,
        "items/load.html",
        section="items",
        trail=items.trail(
            name,
            (labels.text("item.explore"), reverse("items", args=[name])),
            (labels.text("load.heading"), ""),
        ),
        status=422 if form.errors else 200,
        name=name,
        form=form,
        topic=topic,
        topics=[topic],
    )


def shape_for(table: Table) -> str:
    """Suggest a shape that has the table's keys."""
    samples = {"S": "item-{{key}}", "N": "{{key}}", "B": "e3t9fQ=="}
    shape = {table.hash_name: {table.hash_type: samples[table.hash_type]}}
    if table.range_name:
        later = {"S": "{{iso}}", "N": "{{n}}", "B": "e3t9fQ=="}
        shape[table.range_name] = {table.range_type: later[table.range_type]}
    shape |= {
        "amount": {"N": "{{int 1 500}}"},
        "status": {"S": "{{pick NEW PAID SHIPPED}}"},
        "updated": {"N": "{{now}}"},
    }
    return json.dumps(shape, indent=2)


@live.topic("load")
def render(scope: Scope, name: str) -> str:
    """Render the newest loads of a table, the running one first."""
    row = standing.tables(scope).filter(name=name).first()
    found = Load.objects.filter(table=row).order_by("-started_at") if row else Load.objects.none()
    now = SYSTEM_CLOCK.now()
    shown = [
        {
            "load": one,
            "total": one.rate * round((one.ends_at - one.started_at).total_seconds()),
            "left": max(0, round(one.ends_at.timestamp() - now)),
        }
        for one in found[:SHOWN]
    ]
    return render_to_string("items/load_state.html", {"loads": shown})
