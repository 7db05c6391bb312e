"""Signature version 4 checked: was this request signed with this secret, and lately?

Whose secret it is, is others' business. Source: IAM user guide, "Create a signed AWS API request";
S3 API reference, "Authenticating requests"; error texts of AWS.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote

from console.aws.errors import AwsError
from console.aws.wire.messages import Request

_ALGORITHM = "AWS4-HMAC-SHA256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_HEADER = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_STAMP = "%Y%m%dT%H%M%SZ"
_BLANKS = re.compile(r"\s+")
SKEW_SECONDS = 300
"""How far the clocks of caller and service may be apart; S3 allows more."""
S3_SKEW_SECONDS = 900
LONGEST_LINK_SECONDS = 604_800
"""Longest validity of a presigned request."""

WRONG = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature; `lasts` are the seconds of a presigned request."""

    credential: tuple[str, str, str, str]
    headers: tuple[str, ...]
    value: str
    stamp: str
    lasts: int | None = None

    @property
    def service(self) -> str:
        """Name the service of the credential scope."""
        return self.credential[3]


def session_token(request: Request) -> str:
    """Give the security token that a request carries, in a header or in its query; "" for none."""
    header = request.headers.get("x-amz-security-token", "")
    if header or "X-Amz-Security-Token=" not in request.query:
        return header
    return dict(request.arguments()).get("X-Amz-Security-Token", "")


def verify(request: Request, secret: str, now: float) -> None:
    """Let a request through that was signed with `secret` within the last minutes.

    Raises AwsError InvalidSignatureException (for S3 RequestTimeTooSkewed, or AccessDenied for a
    link that is over).
    """
    signature = _read(request)
    if signature is None:
        raise AwsError("InvalidSignatureException", WRONG)
    _check_time(signature, now)
    _check_payload(request)
    expected = _expected(request, signature, secret)
    if not hmac.compare_digest(expected, signature.value):
        raise AwsError("InvalidSignatureException", WRONG)


def _read(request: Request) -> Signature | None:
    header = request.headers.get("authorization", "")
    if header.startswith(_ALGORITHM):
        found = dict(_HEADER.findall(header))
        stamp, lasts = request.headers.get("x-amz-date", ""), None
        names = ("Credential", "SignedHeaders", "Signature")
    else:
        found = dict(request.arguments())
        stamp = found.get("X-Amz-Date", "")
        names = ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature")
        length = found.get("X-Amz-Expires", "")
        lasts = int(length) if length.isdigit() else -1
    credential, headers, value = (found.get(name, "") for name in names)
    parts = credential.split("/")
    if len(parts) < 5 or not headers or not value:
        return None
    scope = (parts[0], parts[1], parts[2], parts[3])
    return Signature(scope, tuple(headers.split(";")), value, stamp, lasts)


def _check_time(signature: Signature, now: float) -> None:
    try:
        signed = datetime.strptime(signature.stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise AwsError("InvalidSignatureException", WRONG) from None
    if signature.credential[1] != signature.stamp[:8]:
        raise AwsError(
            "InvalidSignatureException",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{signature.credential[1]}' != '{signature.stamp[:8]}', from "
            f"'{signature.stamp}'.",
        )
    at = datetime.fromtimestamp(now, UTC)
    if signature.service == "s3":
        _check_s3_time(signature, signed, at)
        return
    early = at - timedelta(seconds=signature.lasts if signature.lasts else SKEW_SECONDS)
    late = at + timedelta(seconds=SKEW_SECONDS)
    if signed < early:
        raise AwsError(
            "InvalidSignatureException",
            f"Signature expired: {signature.stamp} is now earlier than {early:%Y%m%dT%H%M%SZ} "
            f"({at:%Y%m%dT%H%M%SZ} - 5 min.)",
        )
    if signed > late:
        raise AwsError(
            "InvalidSignatureException",
            f"Signature not yet current: {signature.stamp} is still later than "
            f"{late:%Y%m%dT%H%M%SZ} ({at:%Y%m%dT%H%M%SZ} + 5 min.)",
        )


def _check_s3_time(signature: Signature, signed: datetime, at: datetime) -> None:
    if signature.lasts is None:
        if abs((at - signed).total_seconds()) > S3_SKEW_SECONDS:
            raise AwsError(
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            )
    elif not 0 < signature.lasts <= LONGEST_LINK_SECONDS:
        raise AwsError(
            "AuthorizationQueryParametersError",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
            "must be less than 604800 seconds",
        )
    elif at > signed + timedelta(seconds=signature.lasts):
        raise AwsError("AccessDenied", "Request has expired")


def _check_payload(request: Request) -> None:
    """Refuse a body that is not the one whose hash was signed."""
    named = request.headers.get("x-amz-content-sha256", "")
    if re.fullmatch(r"[0-9a-f]{64}", named) and named != _digest(request):
        raise AwsError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _expected(request: Request, signature: Signature, secret: str) -> str:
    key_id, day, region, service = signature.credential
    del key_id
    hashed = hashlib.sha256(_canonical(request, signature).encode()).hexdigest()
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"{_ALGORITHM}\n{signature.stamp}\n{scope}\n{hashed}"
    key = _signing_key(secret, day, region, service)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1024)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _canonical(request: Request, signature: Signature) -> str:
    in_query = signature.lasts is not None
    headers = "".join(
        f"{name}:{_BLANKS.sub(' ', request.headers.get(name, '').strip())}\n"
        for name in signature.headers
    )
    return "\n".join(
        (
            request.method,
            _path(request.path, signature.service),
            "&".join(sorted(_arguments(request.query, in_query))),
            headers,
            ";".join(signature.headers),
            _payload(request, signature, in_query),
        )
    )


def _path(path: str, service: str) -> str:
    """Spell the path: as it was sent for S3, without dots and encoded once more for all others."""
    if service == "s3":
        return path or "/"
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part and part != ".":
            kept.append(part)
    ending = "/" if kept and path.endswith("/") else ""
    return quote("/" + "/".join(kept) + ending, safe="/~")


def _arguments(query: str, in_query: bool) -> Iterator[str]:
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if in_query and name == "X-Amz-Signature":
            continue
        yield f"{_encoded(name)}={_encoded(value)}"


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _payload(request: Request, signature: Signature, in_query: bool) -> str:
    named = request.headers.get("x-amz-content-sha256", "")
    if named:
        return named
    return _UNSIGNED if in_query and signature.service == "s3" else _digest(request)


def _digest(request: Request) -> str:
    sent = request.body if request.sent is None else request.sent
    return hashlib.sha256(sent).hexdigest()
