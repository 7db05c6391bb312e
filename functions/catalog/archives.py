"""Where a package comes from: the request itself, or an object in a bucket of the account."""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.scope import Scope
from functions.catalog.configuration import invalid
from functions.messaging import buckets, objects

_OTHERS = ("S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode", "ImageUri")


def fetch(scope: Scope, code: Params) -> bytes:
    """Give the zip archive that a Code structure (or one like it) names.

    Raises AwsError. Source of the texts: AWS's answers pasted in public issues.
    """
    for member in ("S3ObjectVersion", "ImageUri", "SourceKMSKeyArn"):
        if code.get(member):
            raise invalid(f"Shardlight does not offer code from {member}.")
    if code.get("S3ObjectStorageMode", "COPY") != "COPY":
        raise invalid("Shardlight copies code from buckets: S3ObjectStorageMode must be COPY.")
    if code.get("ZipFile"):
        if any(code.get(member) for member in _OTHERS):
            raise invalid(
                "Please do not provide other FunctionCode parameters when providing a ZipFile."
            )
        return bytes(code["ZipFile"])
    if not code.get("S3Bucket") or not code.get("S3Key"):
        raise invalid("Please provide a source for function code.")
    try:
        bucket = buckets.find(scope, code["S3Bucket"])
        return bytes(objects.find(bucket, code["S3Key"]).body)
    except AwsError as error:
        raise invalid(
            f"Error occurred while GetObject. S3 Error Code: {error.code}. S3 Error Message: "
            f"{error.message}"
        ) from error
