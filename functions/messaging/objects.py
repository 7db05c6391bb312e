"""Objects: stored, found, deleted. Lists are `listing`'s, buckets `buckets`' business."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from functions.messaging import limits
from functions.messaging.models import Bucket, StoredObject

MISSING = "The specified key does not exist."


@dataclass(frozen=True, slots=True)
class Content:
    """What an object is: bytes, members given back as they came, metadata, a verified checksum."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    checksum: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of the object that is there, as in If-Match and If-None-Match."""

    match: str = ""
    none_match: str = ""


UNCONDITIONALLY = Condition()


def store(
    bucket: Bucket,
    key: str,
    content: Content,
    condition: Condition = UNCONDITIONALLY,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> StoredObject:
    """Put an object under a key, replacing the one that is there.

    Raises AwsError EntityTooLarge, KeyTooLongError, MetadataTooLarge, PreconditionFailed or
    NoSuchKey.
    """
    _check(key, content)
    row = StoredObject(
        bucket=bucket,
        key=key,
        body=content.body,
        size=len(content.body),
        etag=hashlib.md5(content.body, usedforsecurity=False).hexdigest(),
        headers=dict(content.headers),
        metadata=dict(content.metadata),
        checksum=dict(content.checksum),
        modified_at=as_datetime(clock.now()),
    )
    with transaction.atomic():
        # The bucket stays until the object is in it, and conditional writers come one by one.
        if not Bucket.objects.select_for_update().filter(pk=bucket.pk).exists():
            raise AwsError("NoSuchBucket", "The specified bucket does not exist")
        _check_condition(bucket, key, condition)
        StoredObject.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["bucket", "key"],
            update_fields=[
                "body",
                "size",
                "etag",
                "headers",
                "metadata",
                "checksum",
                "modified_at",
            ],
        )
    return row


def find(bucket: Bucket, key: str, *, with_body: bool = True) -> StoredObject:
    """Find an object by key. Raises AwsError NoSuchKey."""
    rows = in_bucket(bucket) if with_body else in_bucket(bucket).defer("body")
    row = rows.filter(key=key).first()
    if row is None:
        raise AwsError("NoSuchKey", MISSING, fields={"Key": key})
    return row


def check_reading(row: StoredObject, condition: Condition) -> None:
    """Refuse an object that is not, or still, what the reader knows.

    Raises AwsError PreconditionFailed or NotModified.
    """
    if condition.match and not _names(condition.match, row.etag):
        raise _failed("If-Match")
    if condition.none_match and _names(condition.none_match, row.etag):
        raise AwsError("NotModified", "Not Modified", status=304)


def delete(bucket: Bucket, keys: Iterable[str]) -> None:
    """Delete objects; keys that are not there do not matter."""
    in_bucket(bucket).filter(key__in=list(keys)).delete()


def in_bucket(bucket: Bucket) -> QuerySet[StoredObject]:
    """Give a bucket's objects."""
    return StoredObject.objects.filter(bucket=bucket)


def _check(key: str, content: Content) -> None:
    if len(key.encode()) > limits.KEY_BYTES:
        raise AwsError(
            "KeyTooLongError",
            "Your key is too long",
            fields={"Size": len(key.encode()), "MaxSizeAllowed": limits.KEY_BYTES},
            status=400,
        )
    if "\x00" in key:
        raise AwsError("InvalidArgument", "Object key must not contain NUL", status=400)
    if len(content.body) > limits.OBJECT_BYTES:
        raise AwsError(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            fields={"ProposedSize": len(content.body), "MaxSizeAllowed": limits.OBJECT_BYTES},
            status=400,
        )
    weight = sum(len(name) + len(text.encode()) for name, text in content.metadata.items())
    if weight > limits.METADATA_BYTES:
        raise AwsError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            fields={"Size": weight, "MaxSizeAllowed": limits.METADATA_BYTES},
            status=400,
        )


def _check_condition(bucket: Bucket, key: str, condition: Condition) -> None:
    if not condition.match and not condition.none_match:
        return
    there = in_bucket(bucket).filter(key=key).values_list("etag", flat=True).first()
    if condition.none_match:
        if condition.none_match != "*":
            raise AwsError(
                "NotImplemented",
                "A header you provided implies functionality that is not implemented",
            )
        if there is not None:
            raise _failed("If-None-Match")
    if condition.match:
        if there is None:
            raise AwsError("NoSuchKey", MISSING, fields={"Key": key})
        if not _names(condition.match, there):
            raise _failed("If-Match")


def _names(header: str, etag: str) -> bool:
    named = {one.strip().removeprefix("W/").strip('"') for one in header.split(",")}
    return bool(named & {etag, "*"})


def _failed(condition: str) -> AwsError:
    return AwsError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        fields={"Condition": condition},
        status=412,
    )
