"""Whether calls land in another account or region than the visitor looks at."""

from __future__ import annotations

from console.accounts.models import Account
from console.aws.scope import Scope
from console.pages.place import Place
from functions.models import Function
from triggers.models import Table

MOST = 3


def places(scope: Scope) -> list[Place]:
    """Name up to three other places that hold functions or tables, for an empty one's page."""
    owners = dict(Account.objects.values_list("tenancy_id", "number"))
    found: set[tuple[int, str]] = set()
    for rows in (Table.objects, Function.objects):
        found |= set(rows.order_by().values_list("tenancy_id", "region").distinct()[:100])
    found.discard((scope.tenancy, scope.region))
    named = [Place(owners[tenancy], region) for tenancy, region in found if tenancy in owners]
    return sorted(named, key=lambda one: (one.account != scope.account, one.account, one.region))[
        :MOST
    ]
