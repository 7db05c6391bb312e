"""Tags of event source mappings, for Lambda's tag operations."""

from __future__ import annotations

from collections.abc import Mapping

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import tags
from triggers.mappings import lifecycle
from triggers.models import EventSourceMapping


class MappingTags:
    """Satisfies `functions.catalog.tags.Tagged`; `rest` is the mapping's UUID."""

    def read(self, scope: Scope, rest: str) -> Mapping[str, str]:
        """Give the mapping's tags."""
        found: Mapping[str, str] = _find(scope, rest).tags
        return found

    def put(self, scope: Scope, rest: str, tags: dict[str, str]) -> None:
        """Give the mapping these tags and no others."""
        row = _find(scope, rest)
        row.tags = tags
        row.save(update_fields=["tags"])


def _find(scope: Scope, uuid: str) -> EventSourceMapping:
    """Find a mapping. Source of the text: recordings of real AWS."""
    try:
        return lifecycle.get_mapping(scope, uuid).row
    except AwsError:
        arn = scope.arn("lambda", f"event-source-mapping:{uuid}")
        raise AwsError(
            "ResourceNotFoundException", f"Event source mapping not found: {arn}"
        ) from None


def offer() -> None:
    """Let Lambda's tag operations reach mappings."""
    tags.register("event-source-mapping", MappingTags())
