"""S3 on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.messaging import (
    bucket_answers,
    buckets,
    limits,
    listing,
    objects,
    paging,
)
from functions.messaging.listing import Search


@operation("s3", "CreateBucket", honours="Bucket CreateBucketConfiguration")
def create_bucket(scope: Scope, params: Params) -> Params:
    """Make a bucket."""
    wanted = params.get("CreateBucketConfiguration", {})
    _refuse_others(wanted, "LocationConstraint")
    made = buckets.create(scope, params["Bucket"], wanted.get("LocationConstraint", ""))
    return {"Location": f"/{made.name}"}


@operation("s3", "ListBuckets", honours="MaxBuckets ContinuationToken Prefix BucketRegion")
def list_buckets(scope: Scope, params: Params) -> Params:
    """List buckets by name."""
    count, prefix = params.get("MaxBuckets", limits.BUCKETS_A_PAGE), params.get("Prefix", "")
    if not 1 <= count <= limits.BUCKETS_A_PAGE:
        raise AwsError("InvalidArgument", "Argument max-buckets must be between 1 and 10000")
    owner = {"Owner": bucket_answers.owner(scope)}
    if params.get("BucketRegion", scope.region) != scope.region:
        return owner | {"Buckets": []}
    after = paging.place(scope, f"buckets {prefix}", params.get("ContinuationToken"), _bad_token())
    found = buckets.page(scope, prefix=prefix, after=after, count=count + 1)
    page = paging.cut(scope, f"buckets {prefix}", found, count, lambda bucket: bucket.name)
    return owner | {
        "Buckets": [bucket_answers.bucket(row) for row in page.entries],
        "ContinuationToken": page.token or None,
        "Prefix": prefix or None,
    }


@operation("s3", "HeadBucket", honours="Bucket ExpectedBucketOwner")
def head_bucket(scope: Scope, params: Params) -> Params:
    """Say whether a bucket is there."""
    found = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    return {"BucketRegion": found.region, "BucketArn": buckets.arn_of(found)}


@operation("s3", "GetBucketLocation", honours="Bucket ExpectedBucketOwner")
def get_bucket_location(scope: Scope, params: Params) -> Params:
    """Say where a bucket is; us-east-1 is said by saying nothing."""
    found = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    return {"LocationConstraint": "" if found.region == "us-east-1" else found.region}


@operation("s3", "DeleteBucket", honours="Bucket ExpectedBucketOwner")
def delete_bucket(scope: Scope, params: Params) -> None:
    """Delete an empty bucket."""
    buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    buckets.delete(scope, params["Bucket"])


@operation(
    "s3",
    "PutObject",
    honours="Bucket Key Body CacheControl ContentDisposition ContentEncoding ContentLanguage"
    " ContentLength ContentMD5 ContentType ChecksumAlgorithm ChecksumCRC32 ChecksumSHA1"
    " ChecksumSHA256 IfMatch IfNoneMatch Metadata ExpectedBucketOwner",
)
def put_object(scope: Scope, params: Params) -> Params:
    """Store an object."""
    bucket = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    content = bucket_answers.content(params)
    row = objects.store(bucket, params["Key"], content, bucket_answers.condition(params))
    return bucket_answers.stored(row)


@operation(
    "s3",
    "GetObject",
    honours="Bucket Key Range IfMatch IfNoneMatch ChecksumMode ExpectedBucketOwner",
)
def get_object(scope: Scope, params: Params) -> Params:
    """Give an object, or a part of it."""
    bucket = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    row = objects.find(bucket, params["Key"])
    objects.check_reading(row, bucket_answers.condition(params))
    return bucket_answers.head(row, params) | {"Body": bucket_answers.body(row, params)}


@operation(
    "s3",
    "HeadObject",
    honours="Bucket Key Range IfMatch IfNoneMatch ChecksumMode ExpectedBucketOwner",
)
def head_object(scope: Scope, params: Params) -> Params:
    """Give what is known of an object without the object."""
    bucket = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    row = objects.find(bucket, params["Key"], with_body=False)
    objects.check_reading(row, bucket_answers.condition(params))
    return bucket_answers.head(row, params)


@operation("s3", "DeleteObject", honours="Bucket Key ExpectedBucketOwner")
def delete_object(scope: Scope, params: Params) -> Params:
    """Delete an object."""
    bucket = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    objects.delete(bucket, [params["Key"]])
    return {}


@operation("s3", "DeleteObjects", honours="Bucket Delete ChecksumAlgorithm ExpectedBucketOwner")
def delete_objects(scope: Scope, params: Params) -> Params:
    """Delete up to a thousand objects."""
    bucket = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    named = params["Delete"]["Objects"]
    if not named or len(named) > limits.KEYS_A_PAGE:
        raise AwsError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published "
            "schema",
        )
    for one in named:
        _refuse_others(one, "Key")
    keys = [one["Key"] for one in named]
    objects.delete(bucket, keys)
    return {} if params["Delete"].get("Quiet") else {"Deleted": [{"Key": key} for key in keys]}


@operation(
    "s3",
    "ListObjectsV2",
    honours="Bucket Prefix Delimiter MaxKeys ContinuationToken StartAfter EncodingType FetchOwner"
    " ExpectedBucketOwner",
)
def list_objects_v2(scope: Scope, params: Params) -> Params:
    """List a bucket's keys."""
    bucket = buckets.owned(scope, params["Bucket"], params.get("ExpectedBucketOwner"))
    count = params.get("MaxKeys", limits.KEYS_A_PAGE)
    if count < 0:
        raise AwsError(
            "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647"
        )
    search = Search(params.get("Prefix", ""), params.get("Delimiter", ""))
    of_list = f"objects of {bucket.pk} {search}"
    token = params.get("ContinuationToken")
    after = paging.place(scope, of_list, token, _bad_token()) or params.get("StartAfter", "")
    page = listing.page(bucket, search, after=after, count=min(count, limits.KEYS_A_PAGE))
    following = paging.seal(scope, of_list, page.last) if page.truncated else ""
    return bucket_answers.leaf(scope, page, params, following)


def _refuse_others(members: Params, honoured: str) -> None:
    """Refuse members inside the body that would be ignored."""
    for name, value in members.items():
        if name != honoured and value not in (None, "", [], {}):
            raise AwsError("NotImplemented", f"Shardlight does not offer {name} here yet.")


def _bad_token() -> AwsError:
    return AwsError("InvalidArgument", "The continuation token provided is incorrect")
