"""Capacity, encryption and tags of tables: what may be asked together, what changes, what is refused."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

INVALID = "One or more parameter values were invalid: "
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
KEY = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}
ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}


@pytest.fixture
def dynamodb(gateway, account):
    return gateway.client("dynamodb", account)


@pytest.fixture
def create(dynamodb):
    def made(**members):
        return dynamodb.create_table(TableName="orders", **KEY, **members)["TableDescription"]

    return made


@pytest.fixture
def update(dynamodb):
    def changed(**members):
        dynamodb.update_table(TableName="orders", **members)
        return dynamodb.describe_table(TableName="orders")["Table"]

    return changed


def refusal(call, **members):
    with pytest.raises(ClientError) as refused:
        call(**members)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    return refused.value.response["Error"]["Message"]


TOGETHER = [
    (
        {"SSESpecification": {"Enabled": True}, "DeletionProtectionEnabled": True},
        "Server-Side Encryption modification must be the only operation in the request",
    ),
    (
        {"DeletionProtectionEnabled": True, "TableClass": "STANDARD"},
        "DeletionProtection modification must be the only operation in the request",
    ),
    (
        {"TableClass": "STANDARD", **STREAM},
        "TableClass modification must be the only operation in the request",
    ),
    (
        {"WarmThroughput": {"ReadUnitsPerSecond": 13000}, **STREAM},
        "WarmThroughput must be the only operation in the request",
    ),
    (
        {"OnDemandThroughput": {"MaxReadRequestUnits": 5}, **STREAM},
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
    ),
    (
        {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS, **STREAM},
        "You cannot modify stream status while updating table IOPS",
    ),
]


@pytest.mark.parametrize(("members", "message"), TOGETHER)
def test_an_update_is_about_one_thing(create, update, members, message):
    create(**ON_DEMAND)

    assert refusal(update, **members) == INVALID + message


def test_billing_and_a_stream_may_change_together(create, update):
    create(ProvisionedThroughput=UNITS)

    changed = update(**ON_DEMAND, **STREAM)

    assert changed["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert changed["StreamSpecification"] == STREAM["StreamSpecification"]


def test_a_table_says_how_it_is_billed_once_it_was_on_demand(create, update):
    assert "BillingModeSummary" not in create(ProvisionedThroughput=UNITS)

    since = update(**ON_DEMAND)["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"]
    back = update(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)

    assert back["BillingModeSummary"] == {
        "BillingMode": "PROVISIONED",
        "LastUpdateToPayPerRequestDateTime": since,
    }


def test_units_belong_to_provisioned_billing_and_must_change(create, update):
    create(**ON_DEMAND)

    assert refusal(update, ProvisionedThroughput=UNITS) == (
        f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
        "BillingMode is PAY_PER_REQUEST"
    )
    assert refusal(update, BillingMode="PROVISIONED") == (
        f"{INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED"
    )
    update(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    assert refusal(update, ProvisionedThroughput=UNITS) == (
        "The provisioned throughput for the table will not change. The requested value equals the "
        "current value. Current ReadCapacityUnits provisioned for the table: 5. Requested "
        "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 5. Requested "
        "WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for current limits "
        "and how to request higher limits."
    )


def test_ceilings_are_joined_removed_and_end_with_on_demand_billing(create, update):
    ceilings = {"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": 15}
    assert create(OnDemandThroughput=ceilings, **ON_DEMAND)["OnDemandThroughput"] == ceilings

    higher = update(OnDemandThroughput={"MaxReadRequestUnits": 40})
    lifted = update(OnDemandThroughput={"MaxWriteRequestUnits": -1})
    provisioned = update(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)

    assert higher["OnDemandThroughput"] == {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": 15}
    assert lifted["OnDemandThroughput"] == {"MaxReadRequestUnits": 40}
    assert "OnDemandThroughput" not in provisioned
    assert refusal(update, OnDemandThroughput={"MaxReadRequestUnits": 5}) == (
        f"{INVALID}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
        "BillingMode is PROVISIONED"
    )


def test_ceilings_of_a_new_table_are_positive_and_on_demand(create):
    ceilings = {"OnDemandThroughput": {"MaxWriteRequestUnits": -1}}

    assert refusal(create, **ceilings, **ON_DEMAND) == (
        f"{INVALID}Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of "
        "valid range"
    )
    assert refusal(create, ProvisionedThroughput=UNITS, **ceilings) == (
        f"{INVALID}MaxWriteRequestUnits for OnDemandThroughput cannot be specified when table "
        "BillingMode is PROVISIONED."
    )


def test_what_is_warm_never_cools_down(create, update):
    warm = {"ReadUnitsPerSecond": 12240, "WriteUnitsPerSecond": 4080}
    low = {"ReadUnitsPerSecond": 11999, "WriteUnitsPerSecond": 4000}

    assert refusal(create, WarmThroughput=low, **ON_DEMAND).startswith(
        f"{INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial "
        "throughput for OnDemand. See: "
    )
    assert create(WarmThroughput=warm, **ON_DEMAND)["WarmThroughput"] == warm | {"Status": "ACTIVE"}
    assert refusal(update, WarmThroughput={"WriteUnitsPerSecond": 4079}) == (
        f"{INVALID}Requested WriteUnitsPerSecond for WarmThroughput for table is lower than "
        "current WarmThroughput, decreasing WarmThroughput is not supported"
    )
    one_more = update(WarmThroughput={"WriteUnitsPerSecond": 4081})["WarmThroughput"]
    kept = update(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)["WarmThroughput"]
    assert one_more == kept == warm | {"WriteUnitsPerSecond": 4081, "Status": "ACTIVE"}


def test_an_index_is_warm_as_a_table_is(dynamodb):
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "state")]
    index = {
        "IndexName": "by-state",
        "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    table = {"TableName": "orders", "AttributeDefinitions": attributes}
    new = {"KeySchema": KEY["KeySchema"], **ON_DEMAND, **table}

    assert refusal(
        dynamodb.create_table,
        GlobalSecondaryIndexes=[index | {"WarmThroughput": {"ReadUnitsPerSecond": 10}}],
        **new,
    ).startswith(f"{INVALID}Requested ReadUnitsPerSecond for WarmThroughput for index by-state")
    dynamodb.create_table(GlobalSecondaryIndexes=[index], **new)
    less = {"IndexName": "by-state", "WarmThroughput": {"ReadUnitsPerSecond": 10}}
    assert refusal(
        dynamodb.update_table, GlobalSecondaryIndexUpdates=[{"Update": less}], **table
    ) == (
        f"{INVALID}Requested ReadUnitsPerSecond for WarmThroughput for index by-state is lower "
        "than current WarmThroughput, decreasing WarmThroughput is not supported"
    )


ENCRYPTION = [
    ({"SSEType": "KMS"}, "SSEType can not be specified if Enabled is false"),
    ({"KMSMasterKeyId": "k"}, "KMSMasterKeyId can not be specified if Enabled is false"),
    ({"Enabled": True, "SSEType": "AES256"}, "SSEType AES256 is not supported"),
    (
        {"Enabled": True, "KMSMasterKeyId": "k"},
        "SSEType KMS is required if KMSMasterKeyId is specified",
    ),
]


@pytest.mark.parametrize(("encryption", "message"), ENCRYPTION)
def test_encryption_that_contradicts_itself_is_refused(create, update, encryption, message):
    assert refusal(create, SSESpecification=encryption, **ON_DEMAND) == INVALID + message

    create(**ON_DEMAND)
    assert refusal(update, SSESpecification=encryption) == INVALID + message
    assert refusal(update, SSESpecification={"Enabled": False}) == (
        f"{INVALID}Table is already encrypted by default"
    )


TAGS = [
    ([], "Atleast one Tag needs to be provided as Input."),
    ([{"Key": "ok", "Value": "#!%"}], "The Tag Value provided is invalid, Value: #!%"),
    ([{"Key": "<->", "Value": "ok"}], "The Tag Key provided is invalid, Key: <->"),
    ([{"Key": "aws:x", "Value": ""}], "Tag Key cannot be prefixed with aws:, Key: aws:x"),
    (
        [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
        "Duplicate Tag Keys provided as input: Duplicate Tag Key found a",
    ),
    (
        [{"Key": str(number), "Value": ""} for number in range(51)],
        "Number of Tags exceed the current limit for the provided ResourceArn",
    ),
]


@pytest.mark.parametrize(("tags", "message"), TAGS)
def test_tags_are_checked(dynamodb, create, tags, message):
    arn = create(**ON_DEMAND)["TableArn"]

    assert refusal(dynamodb.tag_resource, ResourceArn=arn, Tags=tags) == message
    if tags:
        assert refusal(create, Tags=tags, **ON_DEMAND) == message
    assert refusal(dynamodb.untag_resource, ResourceArn=arn, TagKeys=[]) == (
        "Atleast one Tag Key needs to be provided as Input."
    )


def test_only_tables_have_tags(dynamodb, create):
    arn = create(**ON_DEMAND)["TableArn"]

    def told(resource):
        return refusal(dynamodb.list_tags_of_resource, ResourceArn=resource)

    assert told("orders") == f"{INVALID}ARNs must start with 'arn:': orders"
    assert told("arn:aws:s3:::b") == (
        f"{INVALID}Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::b"
    )
    assert told(f"{arn}/index/i") == (
        f"{INVALID}Invalid resource arn provided, only table or stream is accepted. "
        f"Provided resource arn: {arn}/index/i"
    )
    assert told(arn.replace("us-east-1", "eu-west-1")).startswith("Invalid TableArn: ")
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException) as refused:
        dynamodb.list_tags_of_resource(ResourceArn=f"{arn}s")
    assert refused.value.response["Error"]["Message"] == (
        f"Requested resource not found: ResourceArn: {arn}s not found"
    )
