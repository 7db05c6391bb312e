"""A function made ready to be run: found, not Pending, its code at hand. Runs nothing."""

from __future__ import annotations

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.glance import glance
from functions.catalog.models import Function
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST
from functions.catalog.states import Standing, standing
from functions.iam import roles, sessions
from functions.iam.sessions import Credentials
from functions.invocations import codecache
from functions.runtime.spec import EnvironmentSpec


def prepare(
    tenancy: int,
    account: str,
    region: str,
    function_name: str,
    qualifier: str = "",
    *,
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> EnvironmentSpec:
    """Find a function, have its code at hand, and say all that an environment must know of it.

    Which version an alias leads to is found out, or drawn, here: for every attempt anew.
    `revision` is what the caller's own glance has just seen of $LATEST, if it has.
    Raises AwsError ResourceNotFoundException (also for a function that was deleted meanwhile) or
    ResourceConflictException while it is Pending.
    """
    if not revision:
        seen = glance(tenancy, region, function_name, qualifier, clock.now())
        revision = seen.revision if seen is not None else ""
    term = sessions.term(SYSTEM_CLOCK.now())  # of credentials, which AWS's SDKs check by real time
    if revision:
        known = _known.get((tenancy, region, function_name, revision, term))
        if known is not None and known.code.is_dir():
            return known
    whole = Function.objects.filter(tenancy_id=tenancy, region=region, name=function_name).first()
    function = None if whole is None else finding.to_run(whole, qualifier, ids)
    if function is None:
        raise not_found(FunctionName(account, region, function_name, qualifier))
    times = (function.created_at, function.changed_at, function.settles_at)
    check_state(standing(*times, as_datetime(clock.now())))
    scope = Scope(account, region, tenancy)
    keys = _credentials(scope, function.role_arn, function_name, term)
    spec = EnvironmentSpec(
        function_arn=FunctionName(account, region, function_name).arn,
        name=function_name,
        version=function.version,
        runtime=function.runtime,
        handler=function.handler,
        region=region,
        code=codecache.folder_of(function.code_id),
        code_sha256=function.code_id,
        revision=function.revision,
        role_arn=function.role_arn,
        memory_mb=function.memory_mb,
        timeout_seconds=function.timeout,
        ephemeral_mb=function.ephemeral_mb,
        log_group=log_group(function_name),
        variables=tuple((function.environment or {}).items()),
        layers=codecache.folder_of_layers(function.layers),
        log_format=function.logging.get("LogFormat", "Text"),
        application_level=function.logging.get("ApplicationLogLevel", ""),
        system_level=function.logging.get("SystemLogLevel", ""),
        access_key_id=keys.access_key_id,
        secret_access_key=keys.secret_access_key,
        session_token=keys.session_token,
    )
    if spec.version == LATEST:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[tenancy, region, function_name, spec.revision, term] = spec
    return spec


_known: dict[tuple[int, str, str, str, int], EnvironmentSpec] = {}
"""What was prepared of $LATEST, by all that it depends on: a change makes a new revision, and
credentials have a term."""
_MOST_KNOWN = 1000


def _credentials(scope: Scope, role_arn: str, function_name: str, term: int) -> Credentials:
    """Give a function the credentials of its execution role.

    Raises AwsError AccessDeniedException for a role that is gone. Source: its text is what Invoke
    answers then, pasted in public issues.
    """
    role = roles.find_by_arn(scope, role_arn)
    if role is None:
        raise AwsError(
            "AccessDeniedException",
            "The role defined for the function cannot be assumed by Lambda.",
            status=403,
        )
    return sessions.for_function(scope, role_arn, role.role_id, function_name, term)


def not_found(name: FunctionName) -> AwsError:
    """Make Invoke's error of a missing function: it names the version. Source: recorded, 2025."""
    version = FunctionName(name.account, name.region, name.name, name.qualifier or LATEST)
    return AwsError(
        "ResourceNotFoundException",
        f"Function not found: {version.arn}",
        fields={"Type": "User"},
    )


def check_state(now: Standing) -> None:
    """Refuse to invoke a function that is Pending. Raises AwsError("ResourceConflictException")."""
    if now.is_pending:
        raise AwsError(
            "ResourceConflictException",
            "The operation cannot be performed at this time. The function is currently in the "
            f"following state: {now.state}",
            fields={"Type": "User"},
        )


def log_group(function_name: str) -> str:
    """Name the log group of a function."""
    return f"/aws/lambda/{function_name}"
