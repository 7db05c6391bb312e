"""Code packages: kept once per content, and links to download them. Unpacks nothing for good."""

from __future__ import annotations

import base64

from django.conf import settings
from django.db.models import Exists, OuterRef

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.clock import SYSTEM_CLOCK, Clock
from functions.catalog.models import CodePackage, Function, LayerVersion, Version
from functions.runtime import packages

#: Path at the gateway below which packages are downloaded.
PATH = "/_shardlight/code/"
#: Seconds that a link is good. Source: Lambda API reference, GetFunction ("valid for 10 minutes").
LINK_SECONDS = 600.0
_KIND = "code"


def keep(archive: bytes) -> CodePackage:
    """Store a package that `packages.check` has let pass; call it inside a transaction.

    The row stays locked until the end of the transaction, so that it cannot be forgotten before
    a function points to it.
    """
    package = CodePackage(sha256=packages.sha256(archive), body=archive, size=len(archive))
    CodePackage.objects.bulk_create(
        [package], update_conflicts=True, unique_fields=["sha256"], update_fields=["size"]
    )
    return package


def forget_unused(sha256: str) -> None:
    """Delete a package when no function, version or layer points to it any more."""
    unused = CodePackage.objects.filter(pk=sha256)
    for users in (Function.objects, Version.objects, LayerVersion.objects):
        unused = unused.filter(~Exists(users.filter(code=OuterRef("pk"))))
    unused.delete()


def aws_digest(sha256: str) -> str:
    """Write a hexadecimal hash as CodeSha256 does."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def location(sha256: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """Make a link to a package, good for ten minutes, without a signature of the caller's."""
    payload = {"sha256": sha256, "until": clock.now() + LINK_SECONDS}
    token = tokens.seal(signing_secret(), _KIND, payload)
    return f"{settings.GATEWAY_URL.rstrip('/')}{PATH}{token}"


def download(token: str, *, clock: Clock = SYSTEM_CLOCK) -> bytes | None:
    """Find the package behind the last part of a link; None when it is not good (any more)."""
    payload = tokens.unseal(signing_secret(), _KIND, token)
    if payload is None or payload["until"] < clock.now():
        return None
    body = CodePackage.objects.filter(pk=payload["sha256"]).values_list("body", flat=True).first()
    return None if body is None else bytes(body)
