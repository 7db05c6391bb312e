"""Who signed a request, for which region and service. Reads the signature's scope, verifies nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.aws.errors import AwsError
from console.aws.wire.messages import Request

DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"
_CREDENTIAL = re.compile(r"Credential=([^,\s]*)")
_PARTS = ("Credential", "Signature", "SignedHeaders")
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)*-[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Caller:
    """The access key of a request and the credential scope that it was signed for."""

    access_key: str
    region: str
    service: str

    @property
    def account(self) -> str:
        """A key of twelve digits is its own account; any other belongs to account 000000000000."""
        return self.access_key if _ACCOUNT.fullmatch(self.access_key) else DEFAULT_ACCOUNT


def signed_service(request: Request) -> str:
    """Name the service of the credential scope; empty when the request is not signed."""
    parts = _credential(request).split("/")
    return parts[3] if len(parts) > 3 else ""


def identify(request: Request) -> Caller:
    """Read access key, region and service from the request's signature.

    Raises AwsError MissingAuthenticationTokenException or IncompleteSignatureException. An empty
    service is accepted: aws4 signs so when the endpoint is an IP address.
    """
    credential = _credential(request)
    if not credential:
        raise _unsigned(request)
    parts = credential.split("/")
    if len(parts) < 5 or not parts[0]:
        raise AwsError(
            "IncompleteSignatureException",
            f"Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{credential}'",
        )
    region = parts[2] or DEFAULT_REGION
    if not _REGION.fullmatch(region):
        raise AwsError(
            "InvalidSignatureException",
            f"Credential should be scoped to a valid region, not '{region}'.",
        )
    return Caller(parts[0], region, parts[3])


def _credential(request: Request) -> str:
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if found is None and "X-Amz-Credential=" in request.query:
        return dict(request.arguments()).get("X-Amz-Credential", "")
    return found.group(1) if found else ""


def _unsigned(request: Request) -> AwsError:
    header = request.headers.get("authorization", "")
    if not header:
        return AwsError(
            "MissingAuthenticationTokenException", "Request is missing Authentication Token"
        )
    missing = [
        f"Authorization header requires '{part}' parameter."
        for part in _PARTS
        if f"{part}=" not in header
    ]
    if not request.headers.keys() & {"x-amz-date", "date"}:
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    return AwsError("IncompleteSignatureException", " ".join([*missing, f"Authorization={header}"]))
