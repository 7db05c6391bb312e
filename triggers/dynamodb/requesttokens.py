"""Does a request with a ClientRequestToken once: remembers what was asked and what it touched.

Only requests that succeed are remembered; on PostgreSQL a second one waits for the first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb.models import RequestToken

WINDOW_SECONDS: Final = 600
"""Source: API reference, TransactWriteItems, ClientRequestToken."""

_TAKE = """
INSERT INTO triggers_requesttoken (tenancy_id, region, token, request, sizes, expires_at)
VALUES (%s, %s, %s, %s, '{}', %s)
ON CONFLICT (tenancy_id, region, token) DO UPDATE
   SET request = excluded.request, sizes = excluded.sizes, expires_at = excluded.expires_at
 WHERE triggers_requesttoken.expires_at <= %s
"""
_LOOK = """
SELECT request, sizes FROM triggers_requesttoken
 WHERE tenancy_id = %s AND region = %s AND token = %s
"""
_FILL = """
UPDATE triggers_requesttoken SET sizes = %s WHERE tenancy_id = %s AND region = %s AND token = %s
"""


@dataclass(frozen=True, slots=True)
class Request:
    """A token as it is kept, and the digest of the request it stands for.

    Tokens are kept by their digests: PostgreSQL has no texts with NUL.
    """

    token: str
    digest: bytes

    @classmethod
    def of(cls, token: str, asked: Any) -> Request:
        """Take the digest of `asked` (JSON), in which the order of members means nothing.

        Source: a probe of AWS reported to LocalStack, #6529.
        """
        text = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
        kept = hashlib.blake2b(token.encode(), digest_size=16).hexdigest()
        return cls(kept, hashlib.blake2b(text, digest_size=32).digest())


def recall(
    cursor: CursorWrapper, scope: Scope, request: Request, *, clock: Clock
) -> dict[str, list[int]] | None:
    """Give what the request touched when it was done already; None the first time.

    Raises AwsError("IdempotentParameterMismatchException") when the token stands for another one.
    """
    now = clock.now()
    adapt = connection.ops.adapt_datetimefield_value
    ends = adapt(as_datetime(now + WINDOW_SECONDS))
    key = (scope.tenancy, scope.region, request.token)
    cursor.execute(_TAKE, [*key, request.digest, ends, adapt(as_datetime(now))])
    if cursor.rowcount:
        return None
    cursor.execute(_LOOK, key)
    digest, sizes = cursor.fetchone()
    if bytes(digest) != request.digest:
        raise AwsError(
            "IdempotentParameterMismatchException",
            "DynamoDB rejected the request because you retried a request with a different payload "
            "but with an idempotent token that was already used.",
        )
    known: dict[str, list[int]] = orjson.loads(sizes) if isinstance(sizes, str) else sizes
    return known


def remember(
    cursor: CursorWrapper, scope: Scope, request: Request, sizes: dict[str, list[int]]
) -> None:
    """Keep what the request touched, for the answer to its second coming."""
    text = orjson.dumps(sizes).decode()
    cursor.execute(_FILL, [text, scope.tenancy, scope.region, request.token])


def forget(clock: Clock = SYSTEM_CLOCK) -> int:
    """Drop tokens whose time is over; the number of them."""
    dropped, _ = RequestToken.objects.filter(expires_at__lte=as_datetime(clock.now())).delete()
    return dropped
