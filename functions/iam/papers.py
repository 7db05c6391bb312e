"""A role and every policy that speaks for it, read in one statement by hand: lanes ask before they
invoke. Decides nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection

from console.aws.arn import Arn
from console.aws.scope import Scope
from functions.iam import library
from functions.iam.documents import Document, read
from functions.iam.models import Role

_ROLE, _INLINE, _ATTACHED = range(3)
_READ = f"""
WITH found AS (
  SELECT id, role_id, CAST(tags AS text) AS tags FROM functions_role
   WHERE tenancy_id = %s AND name = %s AND path = %s
)
SELECT {_ROLE}, role_id, tags FROM found
 UNION ALL
SELECT {_INLINE}, p.name, p.document FROM functions_rolepolicy p JOIN found ON found.id = p.role_id
 UNION ALL
SELECT {_ATTACHED}, a.policy_arn, ''
  FROM functions_attachedpolicy a JOIN found ON found.id = a.role_id
"""


@dataclass(frozen=True, slots=True)
class Papers:
    """A role, not to be saved, and its documents: inline ones first, each kind by name."""

    role: Role
    documents: list[Document]


def of(scope: Scope, role_arn: str) -> Papers | None:
    """Read the papers of a role of this account; None for anything else."""
    place = place_of(scope, role_arn)
    if place is None:
        return None
    path, name = place
    with connection.cursor() as cursor:
        cursor.execute(_READ, [scope.tenancy, name, path])
        rows = sorted(cursor.fetchall())
    if not rows:
        return None
    _, role_id, tags = rows[0]
    role = Role(name=name, path=path, role_id=role_id, tags=json.loads(tags))
    inline = [read(title, text) for kind, title, text in rows if kind == _INLINE]
    arns = [arn for kind, arn, _ in rows if kind == _ATTACHED]
    managed = sorted(library.known(scope, arns), key=lambda one: (one.name, one.arn))
    return Papers(role, inline + [one.document for one in managed])


def place_of(scope: Scope, role_arn: str) -> tuple[str, str] | None:
    """Read path and name out of the ARN of a role of this account; None for anything else."""
    arn = Arn.parse(role_arn)
    if arn is None or arn.service != "iam" or arn.region or arn.account != scope.account:
        return None
    kind, slash, rest = arn.resource.partition("/")
    if kind != "role" or not slash:
        return None
    path, _, name = f"/{rest}".rpartition("/")
    return f"{path}/", name
