"""RevisionId: a caller's guard against changing what somebody else has changed meanwhile. Pure."""

from __future__ import annotations

from console.aws.errors import AwsError


def check(believed: str, current: str, *, reader: str = "GetFunction/GetAlias") -> None:
    """Let pass who gives no RevisionId or the current one.

    `reader` names the operation that AWS sends the others to. Raises
    AwsError("PreconditionFailedException"). Source: recorded answers.
    """
    if believed and believed != current:
        raise AwsError(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the "
            f"{reader} API to retrieve the latest Revision Id",
        )
