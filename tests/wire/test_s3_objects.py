"""Buckets and objects through unmodified boto3 and the CLI, path style."""

from __future__ import annotations

import base64
import hashlib
import zlib

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.fixture
def s3(gateway, account):
    return gateway.client("s3", account)


@pytest.fixture
def bucket(s3) -> str:
    s3.create_bucket(Bucket="bucket")
    return "bucket"


def refusal(call, **params) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer = refused.value.response
    error = answer["Error"]
    return error["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def put(s3, bucket, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())


def keys(answer) -> list[str]:
    return [one["Key"] for one in answer.get("Contents", [])]


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def test_an_object_comes_back_as_it_was_put(s3, bucket):
    body = bytes(range(256)) * 10
    put = s3.put_object(
        Bucket=bucket,
        Key="a b/ü+%.bin",
        Body=body,
        ContentType="application/x-test",
        CacheControl="no-store",
        Metadata={"owner": "me"},
    )

    got = s3.get_object(Bucket=bucket, Key="a b/ü+%.bin")

    assert got["Body"].read() == body
    assert got["ETag"] == put["ETag"] == f'"{md5(body)}"'
    assert (got["ContentType"], got["CacheControl"]) == ("application/x-test", "no-store")
    assert (got["Metadata"], got["ContentLength"]) == ({"owner": "me"}, len(body))
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["a b/ü+%.bin"]


def test_the_head_of_an_object_tells_its_length_without_its_body(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 1000)

    head = s3.head_object(Bucket=bucket, Key="k")

    assert head["ContentLength"] == 1000
    assert head["ContentType"] == "binary/octet-stream"
    assert refusal(s3.head_object, Bucket=bucket, Key="none")[:2] == ("404", 404)


def test_boto3s_own_checksum_is_kept_and_given_back(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"body")
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")

    expected = base64.b64encode(zlib.crc32(b"body").to_bytes(4, "big")).decode()
    assert put["ChecksumCRC32"] == got["ChecksumCRC32"] == expected
    assert got["Body"].read() == b"body"


def test_a_wrong_checksum_is_refused(s3, bucket):
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()

    answer = refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"body", ChecksumSHA256=wrong)

    assert answer == (
        "BadDigest",
        400,
        "The SHA256 you specified did not match the calculated checksum.",
    )
    assert refusal(s3.get_object, Bucket=bucket, Key="k")[0] == "NoSuchKey"


def test_a_body_in_pieces_with_a_trailing_checksum_is_put_together(gateway, s3, bucket, account):
    checksum = base64.b64encode(zlib.crc32(b"hello world").to_bytes(4, "big")).decode()
    pieces = f"5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=00",
        "x-amz-date": "20260101T000000Z",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "11",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "content-encoding": "aws-chunked",
        "content-type": "text/plain",
    }

    status, told, _ = gateway.raw("PUT", f"/{bucket}/k", headers, pieces.encode())
    broken, _, body = gateway.raw("PUT", f"/{bucket}/k2", headers, pieces[:20].encode())

    got = s3.get_object(Bucket=bucket, Key="k")
    assert (status, told["x-amz-checksum-crc32"]) == (200, checksum)
    assert got["Body"].read() == b"hello world"
    assert "ContentEncoding" not in got
    assert broken == 400
    assert b"<Code>IncompleteBody</Code>" in body


def test_a_part_of_an_object_can_be_asked_for(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")

    for asked, body, told in (
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=5-100", b"56789", "bytes 5-9/10"),
    ):
        got = s3.get_object(Bucket=bucket, Key="k", Range=asked)
        assert (got["Body"].read(), got["ContentRange"]) == (body, told)
        assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert refusal(s3.get_object, Bucket=bucket, Key="k", Range="bytes=10-")[:2] == (
        "InvalidRange",
        416,
    )


def test_conditions_on_the_object_that_is_there(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["ETag"]

    taken = refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    stale = refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfMatch='"other"')
    known = refusal(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag)
    s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=etag)

    assert taken[:2] == stale[:2] == ("PreconditionFailed", 412)
    assert known[:2] == ("304", 304)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"


def test_a_bucket_is_made_found_and_deleted_when_empty(s3, account):
    s3.create_bucket(Bucket="one")
    s3.create_bucket(Bucket="one")
    put(s3, "one", "k")

    listed = s3.list_buckets()
    head = s3.head_bucket(Bucket="one")
    full = refusal(s3.delete_bucket, Bucket="one")
    s3.delete_object(Bucket="one", Key="k")
    s3.delete_bucket(Bucket="one")

    assert [one["Name"] for one in listed["Buckets"]] == ["one"]
    assert len(listed["Owner"]["ID"]) == 64
    assert head["BucketRegion"] == "us-east-1"
    assert full == ("BucketNotEmpty", 409, "The bucket you tried to delete is not empty")
    assert s3.list_buckets()["Buckets"] == []
    assert refusal(s3.head_bucket, Bucket="one")[:2] == ("404", 404)


def test_a_bucket_says_where_it_is(gateway, s3, bucket, account):
    west = gateway.client("s3", account, "eu-west-1")
    place = {"LocationConstraint": "eu-west-1"}
    west.create_bucket(Bucket="west", CreateBucketConfiguration=place)

    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    assert west.get_bucket_location(Bucket="west")["LocationConstraint"] == "eu-west-1"
    again = refusal(west.create_bucket, Bucket="west", CreateBucketConfiguration=place)
    assert again[:2] == ("BucketAlreadyOwnedByYou", 409)
    assert refusal(west.create_bucket, Bucket="none")[0] == "IllegalLocationConstraintException"


@pytest.mark.parametrize("name", ["Capital", "ab", "a..b", "127.0.0.1", "-a-b", "x" * 64])
def test_a_name_no_bucket_can_have_is_refused(s3, name):
    assert refusal(s3.create_bucket, Bucket=name)[:2] == ("InvalidBucketName", 400)


def test_what_is_not_there_is_told_in_s3s_words(s3, bucket):
    assert refusal(s3.get_object, Bucket="nowhere", Key="k") == (
        "NoSuchBucket",
        404,
        "The specified bucket does not exist",
    )
    assert refusal(s3.get_object, Bucket=bucket, Key="k") == (
        "NoSuchKey",
        404,
        "The specified key does not exist.",
    )
    s3.delete_object(Bucket=bucket, Key="k")


def test_keys_are_listed_in_pages_by_prefix(s3, bucket):
    put(s3, bucket, "a", "b/1", "b/2", "b/3", "B/4")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="b/", PaginationConfig={"PageSize": 2}
    )

    found = [keys(page) for page in pages]

    assert found == [["b/1", "b/2"], ["b/3"]]
    assert keys(s3.list_objects_v2(Bucket=bucket, StartAfter="b/1")) == ["b/2", "b/3"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 5


def test_keys_roll_up_at_a_delimiter_across_pages(s3, bucket):
    put(s3, bucket, "a/1", "a/2", "b", "c/1", "c/2")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 1}
    )

    found = [
        keys(page) + [one["Prefix"] for one in page.get("CommonPrefixes", [])] for page in pages
    ]

    assert found == [["a/"], ["b"], ["c/"]]


def test_a_token_of_another_list_is_refused(s3, bucket):
    put(s3, bucket, "a1", "a2")
    token = s3.list_objects_v2(Bucket=bucket, MaxKeys=1)["NextContinuationToken"]

    answer = refusal(s3.list_objects_v2, Bucket=bucket, Prefix="a", ContinuationToken=token)

    assert answer[0] == "InvalidArgument"


def test_many_objects_are_deleted_in_one_call(s3, bucket):
    put(s3, bucket, "a", "b", "c")

    answer = s3.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "c"}, {"Key": "none"}]}
    )

    assert [one["Key"] for one in answer["Deleted"]] == ["a", "c", "none"]
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["b"]


def test_what_is_not_offered_is_refused_and_stores_nothing(s3, bucket):
    for refused in (
        refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read"),
        refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="aws:kms"),
        refusal(s3.copy_object, Bucket=bucket, Key="k", CopySource="bucket/other"),
        refusal(s3.create_multipart_upload, Bucket=bucket, Key="k"),
        refusal(s3.get_bucket_versioning, Bucket=bucket),
        refusal(
            s3.delete_objects, Bucket=bucket, Delete={"Objects": [{"Key": "k", "VersionId": "1"}]}
        ),
    ):
        assert refused[:2] == ("NotImplemented", 501)
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []


def test_an_object_larger_than_16_megabytes_is_refused(s3, bucket):
    answer = refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"x" * (16 * 2**20 + 1))

    assert answer[:2] == ("EntityTooLarge", 400)


@pytest.mark.parametrize(
    "body",
    [
        b"no xml",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><Delete><Object><Key>&b;</Key></Object></Delete>",
        b"<Delete><Nonsense/></Delete>",
        b"<Delete>" + b"<Object>" * 100 + b"</Object>" * 100 + b"</Delete>",
    ],
)
def test_xml_that_is_none_is_refused(gateway, bucket, account, body):
    scope = f"{account}/20260101/us-east-1/s3/aws4_request"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00",
        "x-amz-date": "20260101T000000Z",
    }

    status, _, answer = gateway.raw("POST", f"/{bucket}?delete", headers, body)

    assert (status, b"<Code>MalformedXML</Code>" in answer) == (400, True)


def test_a_presigned_link_gives_the_object(gateway, s3, bucket, account):
    put(s3, bucket, "k")
    signer = boto3.client(
        "s3",
        endpoint_url=gateway.url,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=Config(signature_version="s3v4"),
    )
    link = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})

    status, _, body = gateway.raw("GET", link.removeprefix(gateway.url))

    assert (status, body) == (200, b"k")


def test_lambdas_paths_stay_lambdas(gateway, account):
    functions = gateway.client("lambda", account)

    assert functions.list_functions()["Functions"] == []


def test_the_aws_cli_puts_and_gets(gateway, s3, bucket, account, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"body")
    words = ("--bucket", bucket, "--key", "k")

    gateway.cli("s3api", "put-object", *words, "--body", str(source), account=account)
    gateway.cli("s3api", "get-object", *words, str(target), account=account)

    assert target.read_bytes() == b"body"
