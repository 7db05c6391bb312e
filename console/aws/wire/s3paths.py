"""Which of S3's operations a path-style request asks for: by method, path, sub-resource and header.

Several operations share a method and path; the one that needs most of what the request has wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel

from console.aws.wire.messages import Request
from console.aws.wire.models import service_model

Depth = Literal["service", "bucket", "object"]
_DEPTHS: dict[str, Depth] = {"/": "service", "/{Bucket}": "bucket", "/{Bucket}/{Key+}": "object"}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An operation, and what a request must have to mean it."""

    operation: str
    constants: frozenset[tuple[str, str]]
    arguments: frozenset[str]
    headers: frozenset[str]

    def weight(self) -> int:
        return len(self.constants) + len(self.arguments) + len(self.headers)


def find(request: Request) -> tuple[str, dict[str, str]]:
    """Name the operation and its labels Bucket and Key; the name is empty when there is none."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    depth: Depth = "object" if key else "bucket" if bucket else "service"
    labels = {"Bucket": unquote(bucket), "Key": unquote(key)}
    arguments = request.arguments()
    asked, names = frozenset(arguments), frozenset(name for name, _ in arguments)
    for one in _candidates().get((request.method, depth), ()):
        if (
            one.constants <= asked
            and one.arguments <= names
            and one.headers <= request.headers.keys()
        ):
            return one.operation, labels
    return "", labels


@cache
def _candidates() -> dict[tuple[str, Depth], list[_Candidate]]:
    model = service_model("s3")
    found: dict[tuple[str, Depth], list[_Candidate]] = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        path = operation.http["requestUri"].partition("?")[0]
        depth: Depth | None = _DEPTHS.get(path)
        if depth is not None and not operation.deprecated:
            found.setdefault((operation.http["method"], depth), []).append(_candidate(operation))
    for group in found.values():
        group.sort(key=lambda one: (-one.weight(), one.operation))
    return found


def _candidate(operation: OperationModel) -> _Candidate:
    shape = operation.input_shape
    needed: dict[str, set[str]] = {"querystring": set(), "header": set()}
    for name, member in shape.members.items() if shape else ():
        place = member.serialization
        if shape and name in shape.required_members and place.get("location") in needed:
            needed[place["location"]].add(place.get("name", name))
    query = operation.http["requestUri"].partition("?")[2]
    return _Candidate(
        operation.name,
        frozenset(parse_qsl(query, keep_blank_values=True)),
        frozenset(needed["querystring"]),
        frozenset(name.lower() for name in needed["header"]),
    )
