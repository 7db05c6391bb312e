"""What S3 answers: buckets, objects and lists as AWS spells them, and requests turned into content."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from urllib.parse import quote

from console.aws.registry import Params
from console.aws.scope import Scope
from functions.messaging import checksums, ranges
from functions.messaging.listing import Leaf
from functions.messaging.models import Bucket, StoredObject
from functions.messaging.objects import Condition, Content

_KEPT = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType")
_USUAL_TYPE = "binary/octet-stream"
_WHOLE = "FULL_OBJECT"


def owner(scope: Scope) -> dict[str, str]:
    """Name the account as S3 does: by a canonical id of 64 digits."""
    return {"ID": sha256(scope.account.encode()).hexdigest()}


def bucket(row: Bucket) -> Params:
    """Write a bucket of a list."""
    return {"Name": row.name, "CreationDate": row.created_at, "BucketRegion": row.region}


def content(params: Params) -> Content:
    """Read what PutObject stores.

    Raises AwsError BadDigest, InvalidDigest, InvalidRequest or NotImplemented.
    """
    body: bytes = params.get("Body", b"")
    checksums.check_md5(body, params.get("ContentMD5"))
    given = {name: params[name] for name in sorted(checksums.MEMBERS & params.keys())}
    return Content(
        body,
        headers={name: params[name] for name in _KEPT if params.get(name)},
        metadata=params.get("Metadata", {}),
        checksum=checksums.verified(body, given, params.get("ChecksumAlgorithm", "")),
    )


def condition(params: Params) -> Condition:
    """Read If-Match and If-None-Match."""
    return Condition(params.get("IfMatch", ""), params.get("IfNoneMatch", ""))


def stored(row: StoredObject) -> Params:
    """Tell what was stored."""
    return {"ETag": f'"{row.etag}"', **_checksum(row)}


def head(row: StoredObject, params: Params) -> Params:
    """Write an object's headers; a checksum when it was asked for and the object is whole."""
    part = ranges.read(params.get("Range"), row.size)
    answer: Params = {
        "AcceptRanges": "bytes",
        "LastModified": row.modified_at,
        "ETag": f'"{row.etag}"',
        "ContentType": _USUAL_TYPE,
        "ContentLength": row.size,
        **row.headers,
        "Metadata": row.metadata,
    }
    if part is not None:
        size = part.last - part.first + 1
        answer |= {"ContentRange": part.content_range, "ContentLength": size}
    elif params.get("ChecksumMode") == "ENABLED":
        answer |= _checksum(row)
    return answer


def body(row: StoredObject, params: Params) -> bytes:
    """Cut out the bytes that were asked for."""
    part = ranges.read(params.get("Range"), row.size)
    whole = bytes(row.body)
    return whole if part is None else whole[part.first : part.last + 1]


def leaf(scope: Scope, page: Leaf, params: Params, token: str) -> Params:
    """Write a page of ListObjectsV2."""
    spell = _speller(params)
    rows: list[Params] = [_listed(scope, row, params, spell) for row in page.rows]
    answer: Params = {
        "Name": params["Bucket"],
        "Prefix": spell(params.get("Prefix", "")),
        "Delimiter": spell(params["Delimiter"]) if params.get("Delimiter") else None,
        "MaxKeys": params.get("MaxKeys", 1000),
        "EncodingType": params.get("EncodingType"),
        "KeyCount": page.count,
        "IsTruncated": page.truncated,
        "ContinuationToken": params.get("ContinuationToken"),
        "NextContinuationToken": token or None,
        "StartAfter": spell(params["StartAfter"]) if params.get("StartAfter") else None,
        "Contents": rows,
        "CommonPrefixes": [{"Prefix": spell(one)} for one in page.prefixes],
    }
    return answer


def _listed(scope: Scope, row: StoredObject, params: Params, spell: Callable[[str], str]) -> Params:
    shown: Params = {
        "Key": spell(row.key),
        "LastModified": row.modified_at,
        "ETag": f'"{row.etag}"',
        "Size": row.size,
        "StorageClass": "STANDARD",
    }
    if row.checksum:
        names = [name.removeprefix("Checksum") for name in row.checksum]
        shown |= {"ChecksumAlgorithm": names, "ChecksumType": _WHOLE}
    if params.get("FetchOwner"):
        shown["Owner"] = owner(scope)
    return shown


def _checksum(row: StoredObject) -> Params:
    return {**row.checksum, "ChecksumType": _WHOLE} if row.checksum else {}


def _speller(params: Params) -> Callable[[str], str]:
    if params.get("EncodingType") != "url":
        return str
    return lambda text: quote(text, safe="/")
