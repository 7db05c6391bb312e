"""The event sources there are, found by ARN: whoever is configured for it, else by its service."""

from __future__ import annotations

from console.aws.arn import Arn
from triggers.sources import dynamodb
from triggers.sources.protocol import Source
from triggers.sources.remote import connections, streams

SOURCES: dict[str, Source] = {dynamodb.SOURCE.service: dynamodb.SOURCE}


def source_of(arn: str) -> Source | None:
    """Find who reads `arn`; None for what is no ARN, or of a service that is no event source."""
    parsed = Arn.parse(arn)
    if parsed is None:
        return None
    if connections.known() and connections.to(arn) is not None:
        return streams.SOURCE
    return SOURCES.get(parsed.service)
