"""Handlers to begin with, and the events to test them with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One handler: what it is called, what it shows, and its code in Python and JavaScript."""

    name: str
    title: str
    why: str
    code: str
    javascript: str


LOG_CHANGES = Blueprint(
    "log-changes",
    "Log every change",
    "Prints what happened to each item: a first look at stream records",
    """def lambda_handler(event, context):
    for record in event["Records"]:
        change = record["dynamodb"]
        print(record["eventName"], change["Keys"])
        print("  before:", change.get("OldImage"))
        print("  after: ", change.get("NewImage"))
    return f"{len(event['Records'])} records"
""",
    """export const handler = async (event) => {
  for (const record of event.Records) {
    const change = record.dynamodb;
    console.log(record.eventName, change.Keys);
    console.log("  before:", change.OldImage);
    console.log("  after: ", change.NewImage);
  }
  return `${event.Records.length} records`;
};
""",
)
TOTALS = Blueprint(
    "keep-totals",
    "Keep a running total",
    "Adds up a number attribute, insert by insert, while the environment is warm",
    """from decimal import Decimal

ATTRIBUTE = "amount"
total = Decimal(0)  # lives as long as this environment


def lambda_handler(event, context):
    global total
    for record in event["Records"]:
        change = record["dynamodb"]
        after = Decimal(change.get("NewImage", {}).get(ATTRIBUTE, {}).get("N", "0"))
        before = Decimal(change.get("OldImage", {}).get(ATTRIBUTE, {}).get("N", "0"))
        total += after - before
    print("total of", ATTRIBUTE, "is", total)
""",
    """const ATTRIBUTE = "amount";
let total = 0; // lives as long as this environment

export const handler = async (event) => {
  for (const record of event.Records) {
    const change = record.dynamodb;
    const after = Number(change.NewImage?.[ATTRIBUTE]?.N ?? 0);
    const before = Number(change.OldImage?.[ATTRIBUTE]?.N ?? 0);
    total += after - before;
  }
  console.log("total of", ATTRIBUTE, "is", total);
};
""",
)
POISON = Blueprint(
    "poison-record",
    "Fail on a poison record",
    "Raises when an item has the attribute poison, to see a shard wait for it",
    """def lambda_handler(event, context):
    for record in event["Records"]:
        item = record["dynamodb"].get("NewImage", {})
        if "poison" in item:
            raise ValueError(f"cannot digest {record['dynamodb']['Keys']}")
        print(record["eventName"], record["dynamodb"]["Keys"])
""",
    """export const handler = async (event) => {
  for (const record of event.Records) {
    if ("poison" in (record.dynamodb.NewImage ?? {})) {
      throw new Error(`cannot digest ${JSON.stringify(record.dynamodb.Keys)}`);
    }
    console.log(record.eventName, record.dynamodb.Keys);
  }
};
""",
)
BLANK = Blueprint(
    "blank",
    "Blank handler",
    "Prints the event and returns",
    """import json


def lambda_handler(event, context):
    print(json.dumps(event))
    return {"statusCode": 200}
""",
    """export const handler = async (event) => {
  console.log(JSON.stringify(event));
  return { statusCode: 200 };
};
""",
)
ALL = (LOG_CHANGES, TOTALS, POISON, BLANK)


def find(name: str) -> Blueprint:
    """Find a blueprint by name; the first one for a name that is none."""
    return next((one for one in ALL if one.name == name), ALL[0])


def _record(kind: str, **images: Any) -> dict[str, Any]:
    return {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1767225600.0,
            "Keys": {"orderId": {"S": "A-17"}},
            **images,
            "SequenceNumber": "100000000000000000001",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/"
        "2026-01-01T00:00:00.000",
    }


def _body(*records: dict[str, Any]) -> str:
    return json.dumps({"Records": list(records)}, indent=2)


_BEFORE = {"orderId": {"S": "A-17"}, "amount": {"N": "120"}}
_AFTER = {"orderId": {"S": "A-17"}, "amount": {"N": "150"}}
_POISON = _BEFORE | {"poison": {"S": "yes"}}
_SERVICE = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
_INSERT = _record("INSERT", NewImage=_BEFORE)
_MODIFY = _record("MODIFY", NewImage=_AFTER, OldImage=_BEFORE)
_REMOVE = _record("REMOVE", OldImage=_AFTER)


def _window(*records: dict[str, Any], state: dict[str, Any], final: bool) -> str:
    """Write the event of a tumbling window of a minute."""
    around = {
        "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:01:00Z"},
        "state": state,
        "shardId": "shardId-00000001767225600000-c4ca4238",
        "eventSourceARN": _INSERT["eventSourceARN"],
        "isFinalInvokeForWindow": final,
        "isWindowTerminatedEarly": False,
    }
    return json.dumps({"Records": list(records), **around}, indent=2)


TEMPLATES = {
    "DynamoDB: item inserted": _body(_INSERT),
    "DynamoDB: item changed": _body(_MODIFY),
    "DynamoDB: item removed": _body(_REMOVE),
    "DynamoDB: item expired": _body(_REMOVE | _SERVICE),
    "DynamoDB: keys only": _body(_record("MODIFY")),
    "DynamoDB: batch of three": _body(_INSERT, _MODIFY, _REMOVE),
    "DynamoDB: poison record between good ones": _body(
        _INSERT, _record("INSERT", NewImage=_POISON), _MODIFY
    ),
    "DynamoDB: tumbling window": _window(_INSERT, _MODIFY, state={"total": 120}, final=False),
    "DynamoDB: window closes": _window(state={"total": 270}, final=True),
    "Hello": json.dumps({"key1": "value1"}, indent=2),
}
"""Events to test a handler with, by name."""
