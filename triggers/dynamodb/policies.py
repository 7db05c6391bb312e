"""Resource-based policies: puts, shows and removes those of tables and streams, and lets them speak.

Only principals of the own account can be named, and only sessions of roles and users whose account
holds them to policies are bound: who is the account itself is asked nothing.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import evaluation, roles, trust, users
from functions.iam.context import NOTHING, Context
from functions.iam.documents import Document, Statement, read
from functions.iam.evaluation import Decision
from triggers.dynamodb import policytexts, resourcearns
from triggers.dynamodb.models import ResourcePolicy, Table
from triggers.dynamodb.tables import get_table, unknown
from triggers.streams.following import get_stream
from triggers.streams.models import Stream

NONE_EXPECTED = "NO_POLICY"
"""ExpectedRevisionId of a policy that must be the first. Source: API reference, PutResourcePolicy."""


def put_policy(
    scope: Scope,
    text: str,
    document: str,
    *,
    expected: str | None = None,
    confirmed: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Give a table or stream a policy and return its revision; an equal policy keeps its own.

    Raises AwsError: ResourceNotFoundException, PolicyNotFoundException when the `expected` revision
    is not the one that is there, ValidationException, also when the caller would lose the right to
    change the policy and has not `confirmed` that.
    """
    arn = resourcearns.read(text)
    with transaction.atomic():
        owner = _owner(scope, arn)
        form = policytexts.canonical(document, scope.account, lambda one: _exists(scope, one))
        there = _rows(scope, arn).select_for_update().first()
        _check_expected(arn, there, expected)
        if there is not None and there.document == form:
            return there.revision
        if not confirmed and _locks_out(scope, arn, form):
            raise AwsError(
                "ValidationException",
                "The policy takes the caller's right to change it: set "
                "ConfirmRemoveSelfResourceAccess to confirm that.",
            )
        revision = str(max(int(clock.now() * 1000), int(there.revision) + 1 if there else 0))
        ResourcePolicy.objects.update_or_create(
            tenancy_id=scope.tenancy,
            arn=str(arn),
            defaults={
                "table": owner if isinstance(owner, Table) else None,
                "stream": owner if isinstance(owner, Stream) else None,
                "document": form,
                "revision": revision,
            },
        )
    return revision


def put_first(scope: Scope, table: Table, document: str) -> None:
    """Give a table that is being made its policy."""
    put_policy(scope, scope.arn("dynamodb", f"table/{table.name}"), document, confirmed=True)


def get_policy(scope: Scope, text: str) -> ResourcePolicy:
    """Find a policy. Raises AwsError: PolicyNotFoundException, ResourceNotFoundException."""
    arn = resourcearns.read(text)
    _owner(scope, arn)
    there = _rows(scope, arn).first()
    if there is None:
        raise _not_found(text)
    return there


def delete_policy(scope: Scope, text: str, *, expected: str | None = None) -> str | None:
    """Remove a policy and return its revision; None when there was none.

    Raises AwsError: PolicyNotFoundException for another revision than `expected`,
    ResourceNotFoundException.
    """
    arn = resourcearns.read(text)
    with transaction.atomic():
        _owner(scope, arn)
        there = _rows(scope, arn).select_for_update().first()
        _check_expected(arn, there, expected)
        if there is None:
            return None
        there.delete()
    return there.revision


def decide(
    scope: Scope, role_arn: str, action: str, resource: str, context: Context = NOTHING
) -> Decision | None:
    """Say what the policy of a table or stream says of its caller's wish; None when it has none.

    The caller is `scope.principal`, of the role `role_arn` when it has assumed one. `resource` may
    be an index, for which its table's policy speaks.
    """
    arn = Arn.parse(resource)
    if arn is None or not scope.owns(arn):
        return None
    whole = replace(arn, resource=arn.resource.partition("/index/")[0])
    there = _rows(scope, whole).first()
    if there is None:
        return None
    document = _about(read(f"the policy of {whole.resource}", there.document), scope, role_arn)
    return evaluation.evaluate([document], action, resource, context)


def has_policy(scope: Scope, resource: str) -> bool:
    """Say whether a table or stream has a policy, which few do."""
    arn = Arn.parse(resource)
    return arn is not None and scope.owns(arn) and _rows(scope, arn).exists()


def _about(document: Document, scope: Scope, role_arn: str) -> Document:
    """Leave the statements about a caller: naming the account denies to all, but allows nobody."""
    names = trust.names_of(scope.account, scope.principal, role_arn)
    everybody = tuple(("AWS", one) for one in names)
    himself = tuple(("AWS", one) for one in (scope.principal, role_arn, "*") if one)

    def concerns(statement: Statement) -> bool:
        return trust.means(statement, himself if statement.allows else everybody)

    return replace(document, statements=tuple(filter(concerns, document.statements)))


def _locks_out(scope: Scope, arn: Arn, form: str) -> bool:
    about = _about(read("policy", form), scope, _role_of(scope))
    return evaluation.evaluate([about], "dynamodb:PutResourcePolicy", str(arn)).denied


def _role_of(scope: Scope) -> str:
    """Name the role of a session by the session's ARN; roles with paths are not told apart."""
    arn = Arn.parse(scope.principal)
    if arn is None or not arn.resource.startswith("assumed-role/"):
        return ""
    return scope.global_arn("iam", f"role/{arn.resource.split('/')[1]}")


def _exists(scope: Scope, text: str) -> bool:
    arn = Arn.parse(text)
    if arn is None or arn.account != scope.account:
        return False
    if arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        return True
    return roles.find_by_arn(scope, text) is not None or users.exists(scope, text)


def _owner(scope: Scope, arn: Arn) -> Table | Stream:
    if arn.account != scope.account:
        raise AwsError(
            "ValidationException",
            "This action is only supported by accounts that match the resource owner\u2019s "
            "account.",
        )
    if not scope.owns(arn):
        raise AwsError(
            "ValidationException",
            f"One or more parameter values were invalid: Invalid resource Arn: {arn}",
        )
    if resourcearns.is_stream(arn):
        return get_stream(scope, str(arn))
    name = resourcearns.table_in(arn)
    try:
        return get_table(scope, name)
    except AwsError as error:
        if error.code == "ValidationException":
            raise unknown(name) from None
        raise


def _check_expected(arn: Arn, there: ResourcePolicy | None, expected: str | None) -> None:
    if expected is None or expected == (there.revision if there else NONE_EXPECTED):
        return
    table = resourcearns.table_in(arn)
    if there is None:
        what = (
            f"Requested update for policy with revision id {expected}, but table {table} has no "
            "associated policy."
        )
    elif expected == NONE_EXPECTED:
        what = (
            f"Requested policy update expecting none to be present for table {table}, but a policy "
            f"exists with revision id {there.revision}."
        )
    else:
        what = (
            f"Requested update for policy with revision id {expected}, but the policy associated to "
            f"target table {table} has revision id {there.revision}."
        )
    raise _not_found(what)


def _rows(scope: Scope, arn: Arn) -> QuerySet[ResourcePolicy]:
    return ResourcePolicy.objects.filter(tenancy_id=scope.tenancy, arn=str(arn))


def _not_found(what: str) -> AwsError:
    return AwsError(
        "PolicyNotFoundException",
        f"Resource-based policy not found for the provided ResourceArn: {what}",
    )
