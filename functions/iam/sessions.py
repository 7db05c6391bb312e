"""Temporary credentials: issued, and read again when somebody calls with them. Evaluates no policies.

A session token carries its session, sealed under the installation's key, so that nothing is stored
and nothing has to be looked up. It is bound to the tenancy (an account that is emptied forgets its
sessions) and to the id of its role or user (one made anew under the old name does not inherit them).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.iam import keyring

_KIND = "session"
FUNCTION_SECONDS = 6 * 3600
"""How long an environment keeps its credentials; they outlive that by MARGIN_SECONDS."""
MARGIN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls with temporary credentials.

    `principal` is the ARN that others see; `holder` the id of the role or user behind it, empty for
    the account itself; `policies` are session policies, which only narrow; `function` is the ARN of
    the function that runs with them. Times are epoch seconds.
    """

    key_id: str
    account: str
    tenancy: int
    principal: str
    holder: str
    issued_at: int
    expires_at: int
    policies: tuple[str, ...] = ()
    function: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client signs with, until `expires_at` (epoch seconds)."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: int


def issue(
    scope: Scope,
    principal: str,
    holder: str,
    seconds: int,
    *,
    policies: tuple[str, ...] = (),
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Credentials:
    """Make credentials of a session that begins now."""
    now = int(clock.now())
    key_id = keyring.new_id(keyring.TEMPORARY, scope.account, ids)
    return _sealed(
        Session(
            key_id, scope.account, scope.tenancy, principal, holder, now, now + seconds, policies
        )
    )


def term(now: float) -> int:
    """Number the stretch of time for which a function's credentials stay the same."""
    return int(now // FUNCTION_SECONDS)


def for_function(
    scope: Scope, role_arn: str, role_id: str, function_name: str, number: int
) -> Credentials:
    """Give a function the credentials of its execution role for the term `number`.

    An environment that holds those of an earlier term is replaced when it is asked for next, long
    before they expire. The session is named after the function.
    Source: Lambda developer guide, "Lambda execution role" (assumed-role sessions).
    """
    begin = number * FUNCTION_SECONDS
    name = role_arn.rpartition("/")[2]
    bound = f"function\0{scope.tenancy}\0{role_id}\0{function_name}\0{begin}"
    salt = hmac.new(signing_secret(), bound.encode(), hashlib.sha256).digest()
    return _sealed(
        Session(
            key_id=keyring.id_of(keyring.TEMPORARY, scope.account, salt),
            account=scope.account,
            tenancy=scope.tenancy,
            principal=scope.global_arn("sts", f"assumed-role/{name}/{function_name}"),
            holder=role_id,
            issued_at=begin,
            expires_at=begin + FUNCTION_SECONDS + MARGIN_SECONDS,
            function=scope.arn("lambda", f"function:{function_name}"),
        )
    )


def read(session_token: str) -> Session | None:
    """Take a session out of its token; None when this installation did not seal it."""
    payload = tokens.unseal(signing_secret(), _KIND, session_token)
    if payload is None:
        return None
    return Session(
        key_id=payload["k"],
        account=payload["a"],
        tenancy=payload["t"],
        principal=payload["p"],
        holder=payload["h"],
        issued_at=payload["i"],
        expires_at=payload["e"],
        policies=tuple(payload.get("s", ())),
        function=payload.get("f", ""),
    )


def _sealed(session: Session) -> Credentials:
    payload = {
        "k": session.key_id,
        "a": session.account,
        "t": session.tenancy,
        "p": session.principal,
        "h": session.holder,
        "i": session.issued_at,
        "e": session.expires_at,
    }
    if session.policies:
        payload["s"] = list(session.policies)
    if session.function:
        payload["f"] = session.function
    return Credentials(
        session.key_id,
        keyring.secret_of(session.key_id),
        tokens.seal(signing_secret(), _KIND, payload),
        session.expires_at,
    )
