"""Buckets: made, found, listed, deleted; and the poller's way to put an object into one.

What is in them is `objects`' business. A bucket belongs to one account and region.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Left

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.messaging import objects
from functions.messaging.models import Bucket, StoredObject
from functions.messaging.objects import Content

_NAME = re.compile(r"[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
_FIRST_REGION = "us-east-1"


def of(scope: Scope) -> QuerySet[Bucket]:
    """Give the buckets of an account and region."""
    return Bucket.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def arn_of(bucket: Bucket) -> str:
    """Name a bucket as ARNs do: without account and region."""
    return str(Arn("s3", "", "", bucket.name))


def create(scope: Scope, name: str, location: str, *, clock: Clock = SYSTEM_CLOCK) -> Bucket:
    """Make a bucket in the caller's region; `location` is empty for us-east-1.

    Raises AwsError InvalidBucketName, IllegalLocationConstraintException or
    BucketAlreadyOwnedByYou; in us-east-1 making a bucket again gives the one that is there.
    Source: S3 API reference, CreateBucket.
    """
    if not _is_name(name):
        raise AwsError(
            "InvalidBucketName",
            "The specified bucket is not valid.",
            fields={"BucketName": name},
            status=400,
        )
    if location != ("" if scope.region == _FIRST_REGION else scope.region):
        raise AwsError(
            "IllegalLocationConstraintException",
            f"The {location or 'unspecified'} location constraint is incompatible for the region "
            "specific endpoint this request was sent to.",
            status=400,
        )
    try:
        with transaction.atomic():
            return Bucket.objects.create(
                tenancy_id=scope.tenancy,
                region=scope.region,
                name=name,
                created_at=as_datetime(clock.now()),
            )
    except IntegrityError:
        if scope.region == _FIRST_REGION:
            return find(scope, name)
        raise AwsError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            fields={"BucketName": name},
        ) from None


def find(scope: Scope, name: str, *, lock: bool = False) -> Bucket:
    """Find a bucket by name. Raises AwsError NoSuchBucket."""
    rows = of(scope).select_for_update() if lock else of(scope)
    bucket = rows.filter(name=name).first()
    if bucket is None:
        raise AwsError(
            "NoSuchBucket", "The specified bucket does not exist", fields={"BucketName": name}
        )
    return bucket


def owned(scope: Scope, name: str, owner: str | None) -> Bucket:
    """Find a bucket that the caller expects to be `owner`'s (an account; None says nothing).

    Raises AwsError NoSuchBucket or AccessDenied.
    """
    bucket = find(scope, name)
    if owner and owner != scope.account:
        raise AwsError("AccessDenied", "Access Denied")
    return bucket


def find_by_arn(scope: Scope, bucket_arn: str) -> Bucket | None:
    """Find a bucket of this account and region by ARN; None for anything else."""
    arn = Arn.parse(bucket_arn)
    if arn is None or (arn.service, arn.region, arn.account) != ("s3", "", ""):
        return None
    return of(scope).filter(name=arn.resource).first()


def page(scope: Scope, *, prefix: str = "", after: str = "", count: int) -> list[Bucket]:
    """List up to `count` buckets by name that begin with `prefix`, after the name `after`."""
    found = of(scope).filter(name__gt=after)
    if prefix:
        found = found.annotate(head=Left("name", len(prefix))).filter(head=prefix)
    return list(found.order_by("name")[:count])


def delete(scope: Scope, name: str) -> None:
    """Delete an empty bucket. Raises AwsError NoSuchBucket or BucketNotEmpty."""
    with transaction.atomic():
        bucket = find(scope, name, lock=True)
        if StoredObject.objects.filter(bucket=bucket).exists():
            raise AwsError(
                "BucketNotEmpty",
                "The bucket you tried to delete is not empty",
                fields={"BucketName": name},
                status=409,
            )
        bucket.delete()


def put(
    scope: Scope,
    bucket_name: str,
    key: str,
    body: bytes,
    content_type: str,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Put an object into a bucket, inside the caller's transaction; return its ETag.

    Raises AwsError NoSuchBucket or EntityTooLarge.
    """
    content = Content(body, headers={"ContentType": content_type})
    with transaction.atomic():
        bucket = find(scope, bucket_name, lock=True)
        return objects.store(bucket, key, content, clock=clock).etag


def _is_name(name: str) -> bool:
    if not _NAME.fullmatch(name):
        return False
    try:
        ip_address(name)
    except ValueError:
        return True
    return False
