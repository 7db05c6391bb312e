"""An outside endpoint with one stream, as small as an HTTP server can be; it fails when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCOUNT = "111122223333"
ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/T/stream/2026-01-01T00:00:00.000"
ARRIVED = 1_800_000_000
FIRST_SHARD = f"shardId-{1:020}-00000000"
SECOND_SHARD = f"shardId-{2:020}-00000000"


@dataclass
class OutsideShard:
    """A shard: the items of its records, in order; `trimmed` of them have expired."""

    items: list[str] = field(default_factory=list)
    parent: str = ""
    closed: bool = False
    trimmed: int = 0


@dataclass
class Outside:
    """What the endpoint has, and which errors it answers with next."""

    url: str = ""
    shards: dict[str, OutsideShard] = field(default_factory=lambda: {FIRST_SHARD: OutsideShard()})
    errors: list[str] = field(default_factory=list)  # of GetRecords
    calls: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)  # shards not told of yet
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def connection(self) -> dict[str, Any]:
        """The setting that leads here."""
        return {
            "name": "outside",
            "endpoint": self.url,
            "region": "us-east-1",
            "account": ACCOUNT,
            "access_key_id": "k",
            "secret_access_key": "s",
        }

    def answer(self, operation: str, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer one call."""
        with self.lock:
            self.calls.append(f"{operation} {told.get('ShardIteratorType', '')}".strip())
            if operation == "DescribeStream":
                return 200, self._description()
            if operation == "GetShardIterator":
                return self._position(told)
            if self.errors and (code := self.errors.pop(0)):
                return 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code}
            return self._records(*json.loads(told["ShardIterator"]))

    def _description(self) -> dict[str, Any]:
        shards = []
        for name, shard in self.shards.items():
            if name in self.hidden:
                continue
            places = {"StartingSequenceNumber": number(1)}
            if shard.closed:
                places["EndingSequenceNumber"] = number(len(shard.items))
            told: dict[str, Any] = {"ShardId": name, "SequenceNumberRange": places}
            shards.append(told | ({"ParentShardId": shard.parent} if shard.parent else {}))
        described = {
            "StreamArn": ARN,
            "StreamLabel": "2026-01-01T00:00:00.000",
            "StreamStatus": "ENABLED",
            "StreamViewType": "NEW_IMAGE",
            "TableName": "T",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "Shards": shards,
        }
        return {"StreamDescription": described}

    def _position(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        shard, kind = self.shards[told["ShardId"]], told["ShardIteratorType"]
        after = {"LATEST": len(shard.items), "TRIM_HORIZON": shard.trimmed}.get(kind)
        if after is None:
            after = int(told["SequenceNumber"]) - FIRST
            if after < shard.trimmed:
                return 400, {"__type": "x#TrimmedDataAccessException", "message": "trimmed"}
        return 200, {"ShardIterator": json.dumps([told["ShardId"], after])}

    def _records(self, name: str, after: int) -> tuple[int, dict[str, Any]]:
        shard = self.shards[name]
        found = shard.items[after:]
        answer: dict[str, Any] = {
            "Records": [record(after + n, item) for n, item in enumerate(found, 1)]
        }
        if not shard.closed:
            answer["NextShardIterator"] = json.dumps([name, len(shard.items)])
        return 200, answer


FIRST = 10**39
"""Sequence numbers of AWS have up to forty digits."""


def number(place: int) -> str:
    """The sequence number of a place outside."""
    return str(FIRST + place)


def record(place: int, item: str) -> dict[str, Any]:
    """A record as GetRecords tells it."""
    return {
        "eventID": f"{place:032x}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": ARRIVED + place,
            "Keys": {"id": {"S": item}},
            "NewImage": {"id": {"S": item}, "b": {"B": "Zm9v"}, "bs": {"BS": ["Zm9v"]}},
            "SequenceNumber": number(place),
            "SizeBytes": 10,
            "StreamViewType": "NEW_IMAGE",
        },
    }


@contextmanager
def listening() -> Iterator[Outside]:
    """Serve an endpoint on a free port while the block runs."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = outside.answer(operation, json.loads(body))
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    outside.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
