"""Who calls, and is it really they? From a request's signature to a scope, and what binds the caller.

Keys that this installation gave out are checked; all others are taken at their word (a key of
twelve digits is its own account), as befits an installation of one person. Calls that come out of
sandboxes of this machine are not: a function has the key of its role or none. What a caller may do is
`authorisation`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.accounts.tenancy import scope_for
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.registry import Operation
from console.aws.scope import Scope
from console.aws.wire.messages import Request
from console.aws.wire.signature import identify
from console.aws.wire.verification import session_token, verify
from functions.iam import keyring, principals
from functions.iam.principals import Principal
from functions.runtime.limits import FUNCTIONS_ADDRESS


@dataclass(frozen=True, slots=True)
class Admitted:
    """Where a call lands; `principal` is None for a caller whom no policies bind."""

    scope: Scope
    principal: Principal | None = None


def admit(
    request: Request, operation: Operation | None = None, clock: Clock = SYSTEM_CLOCK
) -> Admitted:
    """Find out who calls, and whether such credentials are of use for `operation` at all.

    Raises AwsError MissingAuthenticationTokenException, IncompleteSignatureException,
    UnrecognizedClientException, ExpiredTokenException, InvalidSignatureException or AccessDenied.
    """
    caller = identify(request)
    if not keyring.is_ours(caller.access_key):
        if request.client == FUNCTIONS_ADDRESS:  # its role must not be got round
            raise principals.unknown()
        return Admitted(scope_for(caller.account, caller.region))
    token = session_token(request)
    principal = principals.of_key(
        caller.access_key, token, caller.region, caller.service, clock=clock
    )
    verify(request, keyring.secret_of(caller.access_key), clock.now())
    if operation is not None:
        principals.check_reach(principal, operation.service, operation.name)
    return Admitted(principal.scope, principal if principal.bound else None)
