"""Whose credentials are these, and which policies bind them? Verifies no signature, decides no call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from console.accounts.enforcement import is_enforced
from console.accounts.tenancy import scope_for
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import accesskeys, evaluation, keyring, roles, sessions, users
from functions.iam import facts as who
from functions.iam.context import Context, Source
from functions.iam.documents import Document, read
from functions.iam.evaluation import Decision
from functions.iam.models import AccessKey, Role, User
from functions.iam.sessions import Session


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose key this installation gave out.

    `holder` is the role or user whose policies speak, None for the account itself; `bound` says
    whether they are asked at all.
    """

    scope: Scope
    key_id: str
    holder: Role | User | None
    bound: bool
    session: Session | None = None

    @property
    def policies(self) -> list[Document]:
        """The identity-based policies."""
        return [] if self.holder is None else roles.documents(self.scope, self.holder)


def of_key(
    key_id: str, token: str, region: str, service: str, *, clock: Clock = SYSTEM_CLOCK
) -> Principal:
    """Find out who calls with a key that is ours (`keyring.is_ours`).

    Raises AwsError UnrecognizedClientException for keys that are gone, switched off or come without
    their token, ExpiredTokenException.
    """
    if key_id.startswith(keyring.TEMPORARY):
        return _of_session(key_id, token, region, clock)
    return _of_user(key_id, region, service, clock)


def check_reach(principal: Principal, service: str, operation: str) -> None:
    """Refuse calls that the credentials of GetSessionToken are never good for.

    Raises AwsError UnrecognizedClientException or AccessDenied. There is no second factor here,
    with which they could call IAM. Source: STS API reference, GetSessionToken.
    """
    if principal.session is None or isinstance(principal.holder, Role):
        return
    if service == "iam":
        raise unknown()
    if (service, operation) == ("sts", "GetSessionToken"):
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials")


def decide(
    principal: Principal, action: str, resources: Iterable[str], context: Context
) -> tuple[Decision, bool]:
    """Decide whether a bound caller may do something; True when a session policy was what refused.

    `resources` are the ARNs under which policies may know the one resource: any may be allowed,
    none may be denied.
    """
    wanted = tuple(resources)
    identity = _best(principal.policies, action, wanted, context)
    if not identity.allowed or principal.session is None or not principal.session.policies:
        return identity, False
    narrowing = [
        read(f"session policy {place}", text)
        for place, text in enumerate(principal.session.policies, start=1)
    ]
    narrowed = _best(narrowing, action, wanted, context)
    return (identity, False) if narrowed.allowed else (narrowed, True)


def facts(principal: Principal) -> dict[str, Source]:
    """Give the condition keys that tell who calls."""
    scope, holder = principal.scope, principal.holder
    if isinstance(holder, Role):
        found = who.of_role(scope, holder, scope.principal.rpartition("/")[2])
    else:
        found = who.of_account(scope) if holder is None else who.of_user(scope, holder)
    if principal.session is not None:
        found["aws:TokenIssueTime"] = (str(principal.session.issued_at),)
        if principal.session.function:
            found["lambda:SourceFunctionArn"] = (principal.session.function,)
    return found


def _of_session(key_id: str, token: str, region: str, clock: Clock) -> Principal:
    session = sessions.read(token) if token else None
    if session is None or session.key_id != key_id:
        raise unknown()
    if session.expires_at <= clock.now():
        raise AwsError(
            "ExpiredTokenException", "The security token included in the request is expired"
        )
    scope = scope_for(session.account, region, session.principal)
    if scope.tenancy != session.tenancy:  # the account was emptied meanwhile
        raise unknown()
    if not session.holder:
        return Principal(scope, key_id, None, bound=False, session=session)
    holder = _holder(scope, session)
    bound = isinstance(holder, Role) or is_enforced(scope.account)
    return Principal(scope, key_id, holder, bound, session)


def _holder(scope: Scope, session: Session) -> Role | User:
    found: Role | User | None = Role.objects.filter(
        tenancy_id=scope.tenancy, role_id=session.holder
    ).first()
    found = found or User.objects.filter(tenancy_id=scope.tenancy, user_id=session.holder).first()
    if found is None:  # deleted meanwhile
        raise unknown()
    return found


def _of_user(key_id: str, region: str, service: str, clock: Clock) -> Principal:
    key = AccessKey.objects.select_related("user").filter(pk=key_id, active=True).first()
    if key is None:
        raise unknown()
    scope = scope_for(keyring.account_of(key_id), region)
    if scope.tenancy != key.user.tenancy_id:
        raise unknown()
    accesskeys.note_use(key, service, region, clock=clock)
    scope = replace(scope, principal=users.arn_of(scope, key.user))
    return Principal(scope, key_id, key.user, is_enforced(scope.account))


def _best(
    documents: list[Document], action: str, resources: tuple[str, ...], context: Context
) -> Decision:
    """Evaluate the ARNs of one resource: a denial of any counts, then an allowance of any."""
    found = [evaluation.evaluate(documents, action, one, context) for one in resources]
    denied = next((one for one in found if one.denied), None)
    return denied or next((one for one in found if one.allowed), found[0])


def unknown() -> AwsError:
    """Make the answer to a key that nobody has."""
    return AwsError(
        "UnrecognizedClientException", "The security token included in the request is invalid."
    )
