"""The one exception that a caller of AWS may see. How it looks on the wire is `wire.faults`' business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AwsError(Exception):
    """An answer of AWS that is not a success, raised where the rule is and in the service's own words.

    `code` is the error's name in the service model (or a name common to all services, such as
    ValidationException); `fields` are further members of its shape (`Reason`, `Item`,
    `CancellationReasons`), None for one that is otherwise there and left out; `status` overrides the model's HTTP status for codes it does not know.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields: Mapping[str, Any] = dict(fields or {})
        self.status = status
