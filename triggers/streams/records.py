"""The body of a stream record, put together from bytes that are already JSON.

Decides which images a view type shows and how large a record is; in Lambda's order of members but
without `eventSourceARN`, which GetRecords does not have. Writes no rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.aws.errors import AwsError

_SERVICE = b',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}'
_SERVICE_IN_EVENTS = b',"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}}'
"""How a record ends that DynamoDB itself caused. Source: service model; developer guide, TTL."""
VIEW_TYPES = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")


@dataclass(frozen=True, slots=True)
class Image:
    """An item as it is stored: its JSON and its size by DynamoDB's rules."""

    body: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Change:
    """One changed item: `old` is missing for an insertion, `new` for a removal.

    `digest` is the partition key's, which chooses the shard; `fingerprint` stands for the whole key.
    `by_service` marks what DynamoDB did of itself: deleting expired items.
    """

    digest: bytes
    fingerprint: bytes
    keys: Image
    old: Image | None
    new: Image | None
    by_service: bool = False

    @property
    def event_name(self) -> str:
        """INSERT, MODIFY or REMOVE."""
        if self.old is None:
            return "INSERT"
        return "REMOVE" if self.new is None else "MODIFY"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the stream adds to a change: where it was, under which id, and how much is shown."""

    event_id: str
    region: str
    view_type: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A record but for the time (whole seconds) and the sequence number, which its shard gives."""

    before: bytes
    between: bytes
    after: bytes

    def body(self, created_ms: int, sequence_number: str) -> bytes:
        """Write the record as JSON bytes."""
        time = str(created_ms // 1000).encode()
        return b"".join((self.before, time, self.between, sequence_number.encode(), self.after))


def draft(change: Change, stamp: Stamp) -> Draft:
    """Write all of a record that `change` decides.

    SizeBytes counts the keys and the images shown. Source: 15 recorded AWS events.
    """
    view = stamp.view_type
    new = change.new if view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES") else None
    old = change.old if view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES") else None
    size = change.keys.size + (new.size if new else 0) + (old.size if old else 0)
    before = (
        f'{{"eventID":"{stamp.event_id}","eventName":"{change.event_name}",'
        f'"eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"{stamp.region}",'
        '"dynamodb":{"ApproximateCreationDateTime":'
    )
    between = (
        b'.0,"Keys":',
        change.keys.body,
        b',"NewImage":' + new.body if new else b"",
        b',"OldImage":' + old.body if old else b"",
        b',"SequenceNumber":"',
    )
    end = f'","SizeBytes":{size},"StreamViewType":"{view}"}}'
    after = end.encode() + (_SERVICE if change.by_service else b"}")
    return Draft(before.encode(), b"".join(between), after)


def event_body(body: bytes, more: bytes) -> bytes:
    """Turn a stored record into what a function receives: `more` goes in before the last brace.

    Lambda spells the service's userIdentity in lower camel case, just as long.
    """
    if body.endswith(_SERVICE):
        return body[: -len(_SERVICE)] + _SERVICE_IN_EVENTS[:-1] + more
    return body[:-1] + more


def check_view_type(view_type: str) -> None:
    """Refuse what is none of the four view types."""
    if view_type not in VIEW_TYPES:
        raise AwsError(
            "ValidationException",
            f"1 validation error detected: Value '{view_type}' at 'streamSpecification."
            "streamViewType' failed to satisfy constraint: Member must satisfy enum value set: "
            "[NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]",
        )
