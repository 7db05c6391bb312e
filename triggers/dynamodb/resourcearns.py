"""Which table or stream an ARN names, for operations that take any resource. Touches no row.

Source of the refusals: a catalogue of AWS's answers of October 2026.
"""

from __future__ import annotations

from typing import Final

from console.aws.arn import Arn
from console.aws.errors import AwsError

_INVALID: Final = "One or more parameter values were invalid: "


def read(text: str) -> Arn:
    """Take the ARN of a table or stream apart, or refuse it in AWS's words."""
    if not text.startswith("arn:"):
        raise _invalid(f"ARNs must start with 'arn:': {text}")
    arn = Arn.parse(text)
    if arn is None or arn.service != "dynamodb":
        raise _invalid(f"Provided Arn is not a DynamoDB resource arn: {text}")
    parts = arn.resource.split("/")
    if parts[0] != "table" or not (len(parts) == 2 or (len(parts) == 4 and parts[2] == "stream")):
        raise neither(text)
    return arn


def neither(text: str) -> AwsError:
    """Make the refusal of what is neither a table nor a stream."""
    return _invalid(
        "Invalid resource arn provided, only table or stream is accepted. "
        f"Provided resource arn: {text}"
    )


def table_in(arn: Arn) -> str:
    """Name the table that an ARN is about."""
    return arn.resource.split("/")[1]


def is_stream(arn: Arn) -> bool:
    """Say whether an ARN is a stream's."""
    return "/stream/" in arn.resource


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", f"{_INVALID}{message}")
