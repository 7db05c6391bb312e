"""The PartiQL editor: one statement with its parameters, run as ExecuteStatement, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, place, visitor
from console.pages.aws import call
from console.pages.forms.statements import StatementForm
from console.pages.items import attributes, kept, plainjson
from console.pages.items.exploring import keys, values
from console.pages.tables import standing
from triggers.dynamodb.partiql.nodes import Exists
from triggers.dynamodb.partiql.parser import parse
from triggers.models import Index, Table

COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Source:
    """A table or index that statements can name, and a statement that reads it."""

    name: str
    index: str

    @property
    def statement(self) -> str:
        """Read all of it."""
        inside = f'."{self.index}"' if self.index else ""
        return f'SELECT * FROM "{self.name}"{inside}'

    @property
    def address(self) -> str:
        """Where the editor opens with that statement."""
        return urlencode({"statement": self.statement})


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement answered: items as rows (address of the item and cells) and as documents."""

    columns: list[str]
    rows: list[tuple[str, list[str]]]
    plain: str
    typed: str
    token: str
    units: float
    milliseconds: float


def edit(request: HttpRequest) -> HttpResponse:
    """Show the editor; POST runs the statement."""
    scope = place.scope(request)
    if request.method != "POST":
        start = {name: request.GET.get(name, "") for name in ("statement", "parameters")}
        return _page(request, scope, StatementForm(initial=start), None)
    form, result = StatementForm(request.POST), None
    if form.is_valid():
        with form.refused_by_aws():
            result = run(scope, form, request.POST.get("token", ""))
    if result is None:
        return _page(request, scope, form, result)
    ran = json.dumps({name: form[name].value() for name in ("statement", "parameters")})
    who = kept.remember(request, scope, kept.PARTIQL, ran)
    response = _page(request, scope, form, result, who)
    visitor.remember(response, who)
    return response


def run(scope: Scope, form: StatementForm, token: str) -> Result:
    """Run the statement. Raises AwsError."""
    members = form.members(token)
    began = SYSTEM_CLOCK.monotonic()
    said = call(scope, "dynamodb", "ExecuteStatement", **members)
    took = (SYSTEM_CLOCK.monotonic() - began) * 1000
    found = [values(item) for item in said.get("Items", [])]
    table = _table(scope, members["Statement"], members["Parameters"] or [])
    key = keys(table) if table else ()
    columns = list(dict.fromkeys([*key, *(name for item in found for name in item)]))[:COLUMNS]
    return Result(
        columns,
        [(_address(item, table, key), _cells(item, columns)) for item in found],
        "[\n" + ",\n".join(plainjson.write(item, 2) for item in found) + "\n]",
        json.dumps(found, indent=2, ensure_ascii=False),
        said.get("NextToken", ""),
        said.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0),
        took,
    )


def _table(scope: Scope, statement: str, parameters: list[Any]) -> Table | None:
    """Find the table that a statement is about."""
    try:
        tree = parse(statement, parameters)
    except AwsError:
        return None
    name = tree.table if not isinstance(tree, Exists) else ""
    return standing.tables(scope).filter(name=name).first()


def _address(item: dict[str, Any], table: Table | None, key: tuple[str, ...]) -> str:
    """Lead to the item's editor, when the answer has its whole key."""
    if table is None or any(name not in item for name in key):
        return ""
    text = json.dumps({name: item[name] for name in key})
    return f"{table.name}/items/edit?{urlencode({'key': text})}"


def _cells(item: dict[str, Any], columns: list[str]) -> list[str]:
    return [attributes.shown(item[name]) if name in item else "" for name in columns]


def _page(
    request: HttpRequest, scope: Scope, form: StatementForm, result: Result | None, who: str = ""
) -> HttpResponse:
    found = standing.tables(scope)
    sources = [Source(one.name, "") for one in found]
    sources += [
        Source(one.table.name, one.name)
        for one in Index.objects.filter(table__in=found).select_related("table")
    ]
    return answer.page(
        request,
        "partiql/edit.html",
        section="partiql",
        trail=[(labels.text("nav.partiql"), "")],
        status=422 if form.errors else 200,
        form=form,
        result=result,
        shelf=kept.of_statements(scope, who or visitor.of(request)),
        sources=sorted(sources, key=lambda one: (one.name, one.index)),
    )
