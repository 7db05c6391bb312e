"""RevisionId: a caller's guard against changing what somebody else has changed meanwhile. Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from console.aws.errors import AwsError
from functions.catalog.models import Alias, Function, Version


def told(owner: Function | Version | Alias, now: datetime | None) -> str:
    """Give the RevisionId that is told `now`, or (None) with the answer of a change.

    A function has one while a change settles and another one from then on; a version keeps its own.
    Source: LocalStack's validated tests (test_function_revisions_basic).
    """
    if not isinstance(owner, Function) or (now is not None and now >= owner.settles_at):
        return owner.revision
    return str(uuid5(UUID(owner.revision), "until it has settled"))


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
