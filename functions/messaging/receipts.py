"""Receipt handles: sealed names of one receive of one message. Touches no rows."""

from __future__ import annotations

from dataclasses import dataclass

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.aws.tokens import seal, unseal

_KIND = "sqs-receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Message `message` of queue `queue`, taken for the `receives`-th time."""

    queue: int
    message: int
    receives: int


def write(scope: Scope, secret: bytes, receipt: Receipt) -> str:
    """Seal a receipt, good in this account and region only."""
    payload = {
        "a": scope.account,
        "r": scope.region,
        "q": receipt.queue,
        "m": receipt.message,
        "n": receipt.receives,
    }
    return seal(secret, _KIND, payload)


def read(scope: Scope, secret: bytes, handle: str, queue: int) -> Receipt:
    """Open a handle of this account, region and queue. Raises AwsError ReceiptHandleIsInvalid."""
    payload = unseal(secret, _KIND, handle)
    ours = (scope.account, scope.region, queue)
    if payload is None or (payload["a"], payload["r"], payload["q"]) != ours:
        raise AwsError(
            "ReceiptHandleIsInvalid",
            f'The input receipt handle "{handle}" is not a valid receipt handle.',
            status=404,
        )
    return Receipt(payload["q"], payload["m"], payload["n"])
