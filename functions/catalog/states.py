"""Where a function stands, as a pure function of time: nothing has to happen for it to become Active."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.aws.errors import AwsError

#: Shown while a function is created *and* while it is updated. Source: recorded answers of AWS.
_REASON, _CODE = "The function is being created.", "Creating"


@dataclass(frozen=True, slots=True)
class Standing:
    """A function's State and LastUpdateStatus with their reasons (empty: none)."""

    state: str
    last_update: str
    reason: str = ""
    code: str = ""

    @property
    def is_pending(self) -> bool:
        """Say whether it cannot be invoked yet."""
        return self.state == "Pending"

    @property
    def is_changing(self) -> bool:
        """Say whether another change has to wait."""
        return self.last_update == "InProgress"


def check_settled(now: Standing, arn: str) -> None:
    """Let pass who wants to change or publish a function while nothing else happens to it.

    Raises AwsError("ResourceConflictException"). Source of the texts: Lambda developer guide,
    "Troubleshoot invocation issues", and AWS's answers pasted in public issues (aws-cli#6718).
    """
    if now.is_pending:
        why = f"The function is currently in the following state: {now.state}"
    elif now.is_changing:
        why = f"An update is in progress for resource: {arn}"
    else:
        return
    message = f"The operation cannot be performed at this time. {why}"
    raise AwsError("ResourceConflictException", message)


def standing(
    created_at: datetime, modified_at: datetime, settles_at: datetime, now: datetime
) -> Standing:
    """Read off where a function stands `now`; it settles at `settles_at`."""
    return Standing("Active", "Successful") if now >= settles_at else begun(created_at, modified_at)


def begun(created_at: datetime, modified_at: datetime) -> Standing:
    """Say where a function stands as a change begins, which is what the change answers with.

    Source: recorded answers of CreateFunction and UpdateFunctionConfiguration.
    """
    state = "Pending" if modified_at == created_at else "Active"
    return Standing(state, "InProgress", _REASON, _CODE)
