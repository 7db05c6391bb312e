"""AssumeRole and GetSessionToken: may the caller have these credentials, and for how long?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.iam import caller, facts, grammar, library, limits, roles, sessions, trust, trustees
from functions.iam.context import Context, Source
from functions.iam.documents import read
from functions.iam.models import Role, User
from functions.iam.sessions import Credentials


@dataclass(frozen=True, slots=True)
class Assumed:
    """A session: its role, its ARN, its credentials.

    `packed` says how much of the room for session policies is used, in per cent; None: there are none.
    """

    role: Role
    arn: str
    credentials: Credentials
    packed: int | None = None


def assume(
    scope: Scope,
    role_arn: str,
    session_name: str,
    *,
    seconds: int = 3600,
    external_id: str = "",
    policy: str = "",
    policy_arns: Iterable[str] = (),
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Assumed:
    """Give the caller a session of a role that trusts it.

    The role may belong to another account. Raises AwsError ValidationError, AccessDenied,
    MalformedPolicyDocument or NoSuchEntity.
    """
    home, role = _find(scope, role_arn)
    asked: dict[str, Source] = {
        "sts:RoleSessionName": (session_name,),
        "sts:ExternalId": (external_id,) if external_id else None,
    }
    if role is None or home is None or not _trusted(scope, home, role, asked, clock):
        raise _denied(scope, role_arn)
    _check_duration(scope, role, seconds)
    narrowed = _session_policies(home, policy, policy_arns)
    arn = home.global_arn("sts", f"assumed-role/{role.name}/{session_name}")
    made = sessions.issue(home, arn, role.role_id, seconds, policies=narrowed, clock=clock, ids=ids)
    return Assumed(role, arn, made, _packed(narrowed))


def session_token(
    scope: Scope, seconds: int | None, *, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS
) -> Credentials:
    """Give the caller temporary credentials of its own. Raises AwsError AccessDenied for a session.

    The account itself has them for an hour at most, as on AWS.
    """
    kind = caller.parts(scope)[0]
    if kind == "assumed-role":
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials")
    longest = limits.ROOT_TOKEN_SECONDS if kind == "root" else limits.TOKEN_SECONDS
    wanted = min(seconds or limits.TOKEN_DEFAULT_SECONDS, longest)
    holder = caller.user_id(scope) if kind == "user" else ""
    return sessions.issue(scope, caller.arn(scope), holder, wanted, clock=clock, ids=ids)


def _find(scope: Scope, role_arn: str) -> tuple[Scope | None, Role | None]:
    """Find a role and the account that it belongs to, which need not be the caller's."""
    arn = Arn.parse(role_arn)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise AwsError("ValidationError", f"{role_arn} is invalid")
    home = trustees.home_of(scope, arn.account)
    return home, None if home is None else roles.find_by_arn(home, role_arn)


def _trusted(
    scope: Scope, home: Scope, role: Role, asked: Mapping[str, Source], clock: Clock
) -> bool:
    """Ask a role's trust policy, which knows the caller, the moment and what is `asked`."""
    kind, name, session = caller.parts(scope)
    own = Role.objects.filter(tenancy_id=scope.tenancy, name=name).first()
    user = User.objects.filter(tenancy_id=scope.tenancy, name=name).first()
    known, own_role = facts.of_account(scope), ""
    if kind == "assumed-role" and own is not None:
        known, own_role = facts.of_role(scope, own, session), roles.arn_of(scope, own)
    elif kind == "user" and user is not None:
        known = facts.of_user(scope, user)
    context = Context(
        known
        | facts.of_moment(clock.now())
        | {"aws:ResourceAccount": (home.account,), "aws:SecureTransport": ("false",), **asked}
    )
    names = trust.names_of(scope.account, caller.arn(scope), own_role)
    return trust.decide(read(role.name, role.trust), names, context).allowed


def _check_duration(scope: Scope, role: Role, seconds: int) -> None:
    if caller.parts(scope)[0] == "assumed-role" and seconds > limits.CHAINED_SECONDS:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
        )
    if seconds > role.max_session:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )


def _session_policies(home: Scope, policy: str, policy_arns: Iterable[str]) -> tuple[str, ...]:
    if policy:
        grammar.check_permissions(policy)
    texts = [policy] if policy else []
    texts += [library.find(home, arn).text for arn in policy_arns]
    if (_packed(texts) or 0) > 100:
        raise AwsError(
            "PackedPolicyTooLarge", "Packed policy consumes more than 100% of allotted space."
        )
    return tuple(texts)


def _packed(texts: Sequence[str]) -> int | None:
    """Count per cent, rounded up; approximate, because AWS packs policies in a form of its own."""
    if not texts:
        return None
    return ceil(100 * sum(map(limits.weight, texts)) / limits.SESSION_POLICY_CHARACTERS)


def _denied(scope: Scope, role_arn: str) -> AwsError:
    return AwsError(
        "AccessDenied",
        f"User: {caller.arn(scope)} is not authorized to perform: sts:AssumeRole on resource: "
        f"{role_arn}",
    )
