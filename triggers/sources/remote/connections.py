"""The outside endpoints that this installation may read, as the setting REMOTE_STREAMS names them.

None are named by default, and then nothing here does anything. Opens no connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from console.aws.arn import Arn
from console.aws.scope import Scope

EVERYBODY = "*"
_KEYS = frozenset(
    {
        "name",
        "endpoint",
        "region",
        "account",
        "access_key_id",
        "secret_access_key",
        "session_token",
        "stream_region",
        "readers",
    }
)


@dataclass(frozen=True, slots=True)
class Connection:
    """One endpoint, which has the streams whose ARNs name `account` and `region`.

    `endpoint` is empty for AWS itself. Without keys boto3 looks for some where it always does.
    `stream_region` is what the endpoint writes in its ARNs when that is no region (DynamoDB Local:
    ddblocal). `readers` are the accounts here that may use it.
    """

    name: str
    account: str
    region: str
    endpoint: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    session_token: str = ""
    stream_region: str = ""
    readers: tuple[str, ...] = ("000000000000",)

    def owns(self, arn: Arn) -> bool:
        """Say whether a stream lies behind this connection."""
        return arn.service == "dynamodb" and (arn.account, arn.region) == (
            self.account,
            self.region,
        )

    def serves(self, scope: Scope) -> bool:
        """Say whether an account here may read through it."""
        return EVERYBODY in self.readers or scope.account in self.readers

    def outside(self, arn: str) -> str:
        """Spell a stream's ARN as the endpoint does."""
        return arn.replace(f":{self.region}:", f":{self.stream_region or self.region}:", 1)


def known() -> list[Connection]:
    """List the connections. Raises ImproperlyConfigured for a setting that cannot be read."""
    return [_read(one) for one in settings.REMOTE_STREAMS]


def to(arn: str) -> Connection | None:
    """Find the connection that has a stream; None when it is not an outside one."""
    parsed = Arn.parse(arn)
    if parsed is None:
        return None
    return next((one for one in known() if one.owns(parsed)), None)


def named(name: str) -> Connection | None:
    """Find a connection by its name; None when it is no longer configured."""
    return next((one for one in known() if one.name == name), None)


def _read(told: dict[str, Any]) -> Connection:
    which = f"SHARDLIGHT_REMOTE_STREAMS: the connection {told.get('name', 'without a name')}"
    if missing := {"name", "account", "region"} - told.keys():
        raise ImproperlyConfigured(f"{which} lacks {', '.join(sorted(missing))}.")
    if unknown := told.keys() - _KEYS:
        raise ImproperlyConfigured(f"{which} has no use for {', '.join(sorted(unknown))}.")
    if "readers" in told:
        told = told | {"readers": tuple(told["readers"])}
    return Connection(**told)
