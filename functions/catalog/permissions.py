"""Resource policies of functions, versions and aliases: who outside the account may call them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from console.accounts.models import Account
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import aliases, answers, finding, revisions, statements
from functions.catalog.configuration import invalid
from functions.catalog.finding import Published
from functions.catalog.models import Alias, Function, Permission
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST, is_alias
from functions.catalog.statements import Grant
from functions.iam import caller, trustees

_READER = "GetPolicy"


def add(
    scope: Scope,
    name: FunctionName,
    grant: Grant,
    *,
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> dict[str, Any]:
    """Add a statement to a policy and give it.

    Raises AwsError ResourceConflictException for a statement id that is taken, and others.
    """
    if name.qualifier == LATEST:
        raise invalid("We currently do not support adding policies for $LATEST.")
    with transaction.atomic():
        function, owner = _locked(scope, name)
        revisions.check(revision, _told(owner, clock), reader=_READER)
        mine = function.permissions.filter(qualifier=_key(name))
        if mine.filter(sid=grant.sid).exists():
            raise AwsError(
                "ResourceConflictException",
                f"The statement id ({grant.sid}) provided already exists. Please provide a new "
                "statement id, or remove the existing statement.",
            )
        statement = statements.write(grant, name.arn)
        _check_principal(scope, statement["Principal"])
        statements.check_size([*_statements(function, name), statement])
        Permission.objects.create(
            function=function, qualifier=_key(name), sid=grant.sid, statement=statement
        )
        _touch(owner, ids)
        return statement


def remove(
    scope: Scope,
    name: FunctionName,
    sid: str,
    *,
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> None:
    """Take a statement out of a policy. Raises AwsError("ResourceNotFoundException")."""
    with transaction.atomic():
        try:
            function, owner = _locked(scope, name)
        except AwsError as error:
            if name.qualifier:
                raise
            raise _missing(f"No policy found for: {name.arn}") from error
        mine = function.permissions.filter(qualifier=_key(name))
        if not mine.exists():
            raise _missing("No policy is associated with the given resource.")
        found = mine.filter(sid=sid).first()
        if found is None:
            raise _missing(f"Statement {sid} is not found in resource policy.")
        revisions.check(revision, _told(owner, clock), reader=_READER)
        found.delete()
        _touch(owner, ids)


def policy(
    scope: Scope, name: FunctionName, clock: Clock = SYSTEM_CLOCK
) -> tuple[dict[str, Any], str]:
    """Give a policy and its RevisionId. Raises AwsError when there is none.

    Source of the texts: recorded answers.
    """
    function = finding.get_function(scope, name.qualified(""))
    found = _statements(function, name)
    if not found:
        raise _missing("The resource you requested does not exist.")
    _, owner = _found(scope, name)
    return statements.document(found), _told(owner, clock)


def is_public(function: Function, name: FunctionName, actions: Iterable[str]) -> bool:
    """Say whether the policy of a function or an alias lets everybody in by its open address."""
    granted = [one.statement for one in function.permissions.filter(qualifier=_key(name))]
    return all(
        any(statements.lets_in(one, "", "", action, "NONE") for one in granted)
        for action in actions
    )


def admitted(scope: Scope, name: FunctionName, action: str, *, url_auth: str = "") -> Scope:
    """Give the scope in which a caller may do something to a function: its own, or the owner's.

    The owner's when the policy of another account's function lets the caller in. Otherwise raises
    AwsError("ResourceNotFoundException"), as for a function that is not there.
    """
    if name.account == scope.account:
        return scope
    owner = Account.objects.filter(number=name.account).first()
    theirs = (
        Scope(name.account, name.region, owner.tenancy_id, trace=scope.trace) if owner else None
    )
    function = finding.functions_of(theirs).filter(name=name.name).first() if theirs else None
    missing = finding.not_found(name.qualified(_key(name)))
    if theirs is None or function is None:
        raise missing
    who = caller.arn(scope)
    granted = function.permissions.filter(qualifier=_key(name))
    mine = scope.account, who, action, url_auth
    if any(statements.lets_in(one.statement, *mine) for one in granted):
        return theirs
    raise missing


def _check_principal(scope: Scope, principal: str | dict[str, str]) -> None:
    """Refuse users and roles that do not exist. Source: AWS's answers pasted in public."""
    if isinstance(principal, str) or "AWS" not in principal:
        return
    if not trustees.can_call(scope, principal["AWS"]):
        raise statements.bad_principal()


def _statements(function: Function, name: FunctionName) -> list[dict[str, Any]]:
    rows = function.permissions.filter(qualifier=_key(name)).order_by("pk")
    return [one.statement for one in rows]


def _key(name: FunctionName) -> str:
    return name.qualifier or LATEST


def _locked(scope: Scope, name: FunctionName) -> tuple[Function, Published | Alias]:
    finding.get_function(scope, name.qualified(""), lock=True)
    return _found(scope, name)


def _found(scope: Scope, name: FunctionName) -> tuple[Function, Published | Alias]:
    """Find a function and whose RevisionId a policy has: the function's, a version's, an alias'."""
    if is_alias(name.qualifier):
        alias = aliases.get_alias(scope, name)
        return alias.function, alias
    published = finding.get_published(scope, name)
    function = published if isinstance(published, Function) else published.function
    return function, published


def _told(owner: Published | Alias, clock: Clock) -> str:
    return answers.revision(owner, as_datetime(clock.now()))


def _touch(owner: Published | Alias, ids: Ids) -> None:
    owner.revision = ids.uuid()
    owner.save(update_fields=["revision"])


def _missing(message: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message)
