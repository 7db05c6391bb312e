"""Code packages behind the links that GetFunction gives: the one answer that is no AWS operation.

The link itself is the permission, so no signature is asked for. Who may get a link is Lambda's
business.
"""

from __future__ import annotations

from console.aws.wire.messages import Request, Response
from functions.catalog import code


def is_download(request: Request) -> bool:
    """Say whether `request` follows a link to a code package."""
    return request.method == "GET" and request.path.startswith(code.PATH)


def send_package(request: Request) -> Response:
    """Answer with the zip archive, or 403 when the link is forged, expired or points nowhere."""
    package = code.download(request.path.removeprefix(code.PATH))
    if package is None:
        return Response(403, {"content-type": "text/plain", "server": "Server"}, b"Expired\n")
    return Response(200, {"content-type": "application/zip", "server": "Server"}, package)
