"""A table's Indexes tab: what there is, adding a global index, deleting one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, live, place
from console.pages.aws import call
from console.pages.forms.indexes import IndexForm
from console.pages.forms.tables import PROVISIONED
from console.pages.tables import listing
from triggers.dynamodb.indexchanges import status_of
from triggers.dynamodb.status import ACTIVE
from triggers.dynamodb.tables import get_table
from triggers.models import Index, Table


@require_GET
def index(request: HttpRequest, name: str) -> HttpResponse:
    """List a table's indexes; live only while one settles, since counting their items costs."""
    try:
        row = get_table(place.scope(request), name)
    except AwsError as error:
        return answer.refused(request, error, section="tables", back=reverse("tables"))
    topic = f"indexes:{row.name}"
    settling = any(
        status_of(one, SYSTEM_CLOCK) != ACTIVE for one in Index.objects.filter(table=row)
    )
    return listing.tab(request, row, "indexes", topic=topic, topics=[topic] if settling else [])


@live.topic("indexes")
def render(scope: Scope, name: str) -> str:
    """Render the list of a table's indexes; empty once the table is gone."""
    try:
        table = call(scope, "dynamodb", "DescribeTable", TableName=name)["Table"]
    except AwsError:
        table = {}
    return render_to_string(
        "tables/index_list.html",
        {
            "name": name,
            "globals": table.get("GlobalSecondaryIndexes", []),
            "locals": table.get("LocalSecondaryIndexes", []),
        },
    )


@listing.of_table
def create(request: HttpRequest, scope: Scope, row: Table) -> HttpResponse:
    """Add a global index."""
    form = IndexForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            _add(scope, row, form)
            messages.success(
                request, f"Index {form.cleaned_data['name']} is being made and filled."
            )
            return answer.see(reverse("table-indexes", args=[row.name]))
    return answer.page(
        request,
        "tables/index_create.html",
        section="tables",
        trail=listing.trail(
            (row.name, reverse("table", args=[row.name])),
            (labels.text("table.indexes"), reverse("table-indexes", args=[row.name])),
            (labels.text("index.create"), ""),
        ),
        status=422 if form.errors else 200,
        form=form,
        name=row.name,
        provisioned=row.billing_mode == PROVISIONED,
    )


def _add(scope: Scope, row: Table, form: IndexForm) -> None:
    made = form.member(provisioned=row.billing_mode == PROVISIONED)
    call(
        scope,
        "dynamodb",
        "UpdateTable",
        TableName=row.name,
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind}
            for attribute, kind in form.definitions().items()
        ],
        GlobalSecondaryIndexUpdates=[{"Create": made}],
    )


def delete(request: HttpRequest, name: str, index_name: str) -> HttpResponse:
    """Ask, then delete a global index."""
    back = reverse("table-indexes", args=[name])

    def run() -> str:
        changes = [{"Delete": {"IndexName": index_name}}]
        named = {"TableName": name, "GlobalSecondaryIndexUpdates": changes}
        call(place.scope(request), "dynamodb", "UpdateTable", **named)
        return f"Index {index_name} is being deleted."

    return ending.ask(
        request,
        run,
        back=back,
        section="tables",
        trail=listing.trail(
            (name, reverse("table", args=[name])),
            (labels.text("table.indexes"), back),
            (labels.text("index.delete"), ""),
        ),
        title=f"Delete {index_name}",
        question=f"Delete the index {index_name}?",
        consequence="Queries and scans through it fail from then on. The items of the table stay.",
        verb="index.delete",
    )
