"""Which media types DynamoDB and its streams speak; other services take what they are sent."""

from __future__ import annotations

from console.aws.wire.envelope import JSON_1_0
from console.aws.wire.messages import Request, Response
from console.aws.wire.routes import Route

_SPOKEN = frozenset({JSON_1_0, "application/json"})
_UNSPOKEN = Response(404, {"server": "Server"}, b"<UnknownOperationException/>\n")


def misunderstand(request: Request, route: Route) -> Response | None:
    """Answer a media type that DynamoDB does not speak; None when it does.

    Source: public tests of dynalite, run against AWS: 404 and this body.
    """
    ours = route.service.startswith("dynamodb") and "." not in route.operation
    return _UNSPOKEN if ours and request.content_type() not in _SPOKEN else None
