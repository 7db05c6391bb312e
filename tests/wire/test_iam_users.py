"""Users and their access keys, with unmodified boto3: made, signed with, enforced when asked."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.wire.test_iam_policies import TRUST, document, refusal

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def client(gateway, service, key, secret, token=None, region="us-east-1"):
    return boto3.client(
        service,
        endpoint_url=gateway.url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
        ),
    )


@pytest.fixture
def iam(gateway, account):
    return gateway.client("iam", account)


@pytest.fixture
def key(iam):
    """The access key of a new user."""
    iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "a"}])
    return iam.create_access_key(UserName="ann")["AccessKey"]


@pytest.fixture
def as_ann(gateway, key):
    def connect(service, region="us-east-1"):
        return client(gateway, service, key["AccessKeyId"], key["SecretAccessKey"], region=region)

    return connect


def test_a_user_gets_another_name_and_path_and_stays_who_they_are(iam, account, as_ann):
    iam.create_user(UserName="bob")
    before = iam.get_user(UserName="ann")["User"]

    iam.update_user(UserName="ann", NewUserName="anna", NewPath="/team/")

    after = iam.get_user(UserName="anna")["User"]
    assert after["Arn"] == f"arn:aws:iam::{account}:user/team/anna"
    assert after["UserId"] == before["UserId"]
    assert as_ann("sts").get_caller_identity()["Arn"] == after["Arn"]
    missing = "The user with name ann cannot be found."
    assert refusal(iam.get_user, UserName="ann") == (404, "NoSuchEntity", missing)
    assert refusal(iam.update_user, UserName="ann") == (404, "NoSuchEntity", missing)
    taken = "User with name bob already exists."
    answer = refusal(iam.update_user, UserName="anna", NewUserName="bob")
    assert answer == (409, "EntityAlreadyExists", taken)


def test_a_user_is_made_listed_and_deleted(iam, account):
    made = iam.create_user(UserName="ann", Path="/team/", Tags=[{"Key": "a", "Value": "1"}])["User"]

    assert made["Arn"] == f"arn:aws:iam::{account}:user/team/ann"
    assert made["UserId"].startswith("AIDA")
    assert iam.get_user(UserName="ann")["User"]["Tags"] == [{"Key": "a", "Value": "1"}]
    assert [one["UserName"] for one in iam.list_users(PathPrefix="/team/")["Users"]] == ["ann"]
    iam.tag_user(UserName="ann", Tags=[{"Key": "b", "Value": "2"}])
    iam.untag_user(UserName="ann", TagKeys=["a"])
    assert iam.list_user_tags(UserName="ann")["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refusal(iam.create_user, UserName="Ann") == (
        409,
        "EntityAlreadyExists",
        "User with name Ann already exists.",
    )
    iam.delete_user(UserName="ann")
    assert refusal(iam.get_user, UserName="ann") == (
        404,
        "NoSuchEntity",
        "The user with name ann cannot be found.",
    )


def test_policies_of_a_user(iam):
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=document())
    iam.attach_user_policy(UserName="ann", PolicyArn=ADMIN)

    assert iam.list_user_policies(UserName="ann")["PolicyNames"] == ["p"]
    assert iam.get_user_policy(UserName="ann", PolicyName="p")["PolicyDocument"]["Statement"]
    attached = iam.list_attached_user_policies(UserName="ann")["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [ADMIN]
    assert [
        one["UserName"] for one in iam.list_entities_for_policy(PolicyArn=ADMIN)["PolicyUsers"]
    ] == ["ann"]
    assert refusal(iam.delete_user, UserName="ann")[2] == (
        "Cannot delete entity, must detach all policies first."
    )
    iam.detach_user_policy(UserName="ann", PolicyArn=ADMIN)
    assert refusal(iam.delete_user, UserName="ann")[2] == (
        "Cannot delete entity, must delete policies first."
    )
    iam.delete_user_policy(UserName="ann", PolicyName="p")
    iam.delete_user(UserName="ann")


def test_keys_are_made_switched_off_and_deleted(iam, key):
    second = iam.create_access_key(UserName="ann")["AccessKey"]

    assert key["AccessKeyId"].startswith("AKIA")
    assert (len(key["AccessKeyId"]), len(key["SecretAccessKey"])) == (20, 40)
    assert refusal(iam.create_access_key, UserName="ann") == (
        409,
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )
    iam.update_access_key(UserName="ann", AccessKeyId=second["AccessKeyId"], Status="Inactive")
    listed = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    assert {one["AccessKeyId"]: one["Status"] for one in listed} == {
        key["AccessKeyId"]: "Active",
        second["AccessKeyId"]: "Inactive",
    }
    assert refusal(iam.delete_user, UserName="ann")[2] == (
        "Cannot delete entity, must delete access keys first."
    )
    iam.delete_access_key(UserName="ann", AccessKeyId=second["AccessKeyId"])
    assert refusal(iam.delete_access_key, UserName="ann", AccessKeyId=second["AccessKeyId"]) == (
        404,
        "NoSuchEntity",
        f"The Access Key with id {second['AccessKeyId']} cannot be found.",
    )


def test_a_key_belongs_to_its_account_and_names_its_user(iam, key, as_ann, account):
    answer = as_ann("sts").get_caller_identity()

    assert (answer["Account"], answer["Arn"]) == (account, f"arn:aws:iam::{account}:user/ann")
    assert answer["UserId"] == iam.get_user(UserName="ann")["User"]["UserId"]
    assert as_ann("iam").get_user()["User"]["UserName"] == "ann"
    assert as_ann("sts").get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == account
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert (used["UserName"], used["AccessKeyLastUsed"]["ServiceName"]) == ("ann", "sts")
    assert used["AccessKeyLastUsed"]["LastUsedDate"]


def test_every_service_verifies_the_signature(gateway, key):
    """json, rest-json, query and rest-xml, each with its own words."""
    wrong = {
        service: client(gateway, service, key["AccessKeyId"], "x" * 40)
        for service in ("dynamodb", "lambda", "iam", "s3")
    }

    refused = {
        "dynamodb": refusal(wrong["dynamodb"].list_tables),
        "lambda": refusal(wrong["lambda"].list_functions),
        "iam": refusal(wrong["iam"].list_users),
        "s3": refusal(wrong["s3"].list_buckets),
    }

    assert {name: one[:2] for name, one in refused.items()} == {
        "dynamodb": (400, "InvalidSignatureException"),
        "lambda": (403, "InvalidSignatureException"),
        "iam": (403, "SignatureDoesNotMatch"),
        "s3": (403, "SignatureDoesNotMatch"),
    }
    assert refused["iam"][2].startswith("The request signature we calculated does not match")


def test_right_signatures_pass_in_every_protocol(as_ann):
    as_ann("dynamodb").list_tables()
    as_ann("dynamodbstreams").list_streams()
    as_ann("iam").list_users()
    as_ann("logs").describe_log_groups()
    as_ann("cloudwatch").list_metrics()
    as_ann("sqs").list_queues()
    as_ann("sns").list_topics()
    functions = as_ann("lambda")
    functions.list_functions()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        functions.list_tags(Resource="arn:aws:lambda:us-east-1:123456789012:function:a")


def test_large_metrics_are_signed_as_they_were_packed(as_ann):
    data = [{"MetricName": f"metric-{number:05}" * 20, "Value": 1.0} for number in range(200)]

    as_ann("cloudwatch").put_metric_data(Namespace="n", MetricData=data[:100])


def test_objects_and_links_are_verified(gateway, key, as_ann):
    s3 = as_ann("s3")
    s3.create_bucket(Bucket="verified")
    s3.put_object(Bucket="verified", Key="a b/ü+?.txt", Body=b"hello")

    assert s3.get_object(Bucket="verified", Key="a b/ü+?.txt")["Body"].read() == b"hello"
    assert s3.list_objects_v2(Bucket="verified", Prefix="a b/")["KeyCount"] == 1
    link = s3.generate_presigned_url(
        "get_object", Params={"Bucket": "verified", "Key": "a b/ü+?.txt"}, ExpiresIn=60
    )
    path = link.removeprefix(gateway.url)
    assert gateway.raw("GET", path)[0] == 200
    status, _, body = gateway.raw("GET", path.replace("Expires=60", "Expires=61"))
    assert (status, b"SignatureDoesNotMatch" in body) == (403, True)


def test_a_key_that_is_off_or_gone_is_unknown(gateway, iam, key, as_ann):
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")

    assert refusal(as_ann("dynamodb").list_tables) == (
        400,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
    assert refusal(as_ann("iam").list_users)[:2] == (403, "InvalidClientTokenId")
    iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    assert refusal(as_ann("lambda").list_functions)[:2] == (403, "UnrecognizedClientException")
    assert refusal(as_ann("s3").list_buckets)[:2] == (403, "InvalidAccessKeyId")


def test_a_user_may_do_everything_until_the_account_says_otherwise(as_ann):
    as_ann("sqs").create_queue(QueueName="q")

    assert as_ann("sqs").list_queues()["QueueUrls"]


def test_a_key_is_switched_on_or_off(iam, key):
    for status in ("Inactive", "Active"):
        iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status=status)
        assert iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["Status"] == status

    refused = refusal(
        iam.update_access_key, UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Expired"
    )
    assert refused == (400, "ValidationError", "A key can be made Active or Inactive, not Expired.")


def test_groups_are_refused(iam):
    assert refusal(iam.create_group, GroupName="g") == (
        400,
        "InvalidAction",
        "Shardlight does not offer iam:CreateGroup.",
    )


def test_another_account_sees_neither_users_nor_keys(gateway, iam, key, account):
    stranger = gateway.client("iam", str(int(account) + 500_000))

    assert stranger.list_users()["Users"] == []
    assert refusal(stranger.list_access_keys, UserName="ann")[1] == "NoSuchEntity"
    assert refusal(stranger.get_access_key_last_used, AccessKeyId=key["AccessKeyId"]) == (
        403,
        "AccessDenied",
        f"User: arn:aws:iam::{int(account) + 500_000}:root is not authorized to perform "
        f"iam:GetAccessKeyLastUsed on resource: access key {key['AccessKeyId']}",
    )


def test_what_tools_ask_before_they_delete_is_answered(iam):
    iam.create_user(UserName="ann")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))

    assert iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"] == []
    assert iam.list_groups()["Groups"] == []
    assert iam.list_groups_for_user(UserName="ann")["Groups"] == []
    assert iam.list_mfa_devices(UserName="ann")["MFADevices"] == []
    assert iam.list_virtual_mfa_devices(AssignmentStatus="Any")["VirtualMFADevices"] == []
    assert iam.list_ssh_public_keys(UserName="ann")["SSHPublicKeys"] == []
    assert iam.list_signing_certificates(UserName="ann")["Certificates"] == []
    credentials = iam.list_service_specific_credentials(UserName="ann")
    assert credentials["ServiceSpecificCredentials"] == []
    no_password = 404, "NoSuchEntity", "Login Profile for User ann cannot be found."
    assert refusal(lambda: iam.get_login_profile(UserName="ann")) == no_password
    assert refusal(lambda: iam.delete_login_profile(UserName="ann")) == no_password
    assert iam.list_account_aliases()["AccountAliases"] == []
    role = iam.update_role_description(RoleName="r", Description="new")["Role"]
    assert role["Description"] == "new"
    assert refusal(iam.list_groups_for_user, UserName="nobody")[1] == "NoSuchEntity"
