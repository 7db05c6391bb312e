"""Event source mappings through unmodified boto3 and the AWS CLI, without a worker."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.wire.conftest import Gateway
from tests.wire.test_lambda_functions import RUNTIME, TRUST, package

POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
KEYS = {
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "EventSourceArn",
    "EventSourceMappingArn",
    "FunctionArn",
    "FunctionResponseTypes",
    "LastModified",
    "LastProcessingResult",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "StartingPosition",
    "State",
    "StateTransitionReason",
    "TumblingWindowInSeconds",
    "UUID",
}


@dataclass
class Account:
    """An account with a table's stream and a function that may read it."""

    number: str
    client: Any
    stream: str

    def create(self, **members: Any) -> Any:
        given = {
            "FunctionName": "reader",
            "EventSourceArn": self.stream,
            "StartingPosition": "LATEST",
        }
        return self.client.create_event_source_mapping(**{**given, **members})

    def refusal(self, **members: Any) -> tuple[str, str, int]:
        with pytest.raises(ClientError) as error:
            self.create(**members)
        answer = error.value.response
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        return answer["Error"]["Code"], answer["Error"]["Message"], status


@pytest.fixture
def world(gateway: Gateway, account: str) -> Account:
    iam, client = gateway.client("iam", account), gateway.client("lambda", account)
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="reader", PolicyArn=POLICY)
    table = gateway.client("dynamodb", account).create_table(
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    client.create_function(
        FunctionName="reader",
        Runtime=RUNTIME,
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": package()},
    )
    return Account(account, client, table["LatestStreamArn"])


def test_a_new_mapping_shows_exactly_awss_keys_and_defaults(world: Account) -> None:
    answer = world.create()

    meta = answer.pop("ResponseMetadata")
    assert meta["HTTPStatusCode"] == 202
    assert set(answer) == KEYS
    assert answer["FunctionArn"] == f"arn:aws:lambda:us-east-1:{world.number}:function:reader"
    assert answer["EventSourceMappingArn"] == (
        f"arn:aws:lambda:us-east-1:{world.number}:event-source-mapping:{answer['UUID']}"
    )
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}", answer["UUID"])
    defaults = {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "State": "Creating",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
    }
    assert {key: answer[key] for key in defaults} == defaults


def test_a_mapping_is_found_listed_updated_and_deleted(world: Account) -> None:
    uuid = world.create()["UUID"]
    client = world.client
    settle(client, uuid, "Enabled")

    listed = client.list_event_source_mappings(FunctionName="reader")["EventSourceMappings"]
    by_stream = client.list_event_source_mappings(EventSourceArn=world.stream)
    updated = client.update_event_source_mapping(UUID=uuid, BatchSize=9, Enabled=False)
    settle(client, uuid, "Disabled")
    deleted = client.delete_event_source_mapping(UUID=uuid)

    assert [one["UUID"] for one in listed] == [uuid]
    assert [one["UUID"] for one in by_stream["EventSourceMappings"]] == [uuid]
    assert (updated["State"], updated["BatchSize"]) == ("Disabling", 9)
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert deleted["State"] == "Deleting"
    settle(client, uuid, "gone")


def settle(client: Any, uuid: str, state: str) -> None:
    """Ask until the mapping is in `state`; the waiting is the gateway's, not the test's."""
    for _ in range(400):
        try:
            seen = client.get_event_source_mapping(UUID=uuid)["State"]
        except client.exceptions.ResourceNotFoundException:
            seen = "gone"
        if seen == state:
            return
    pytest.fail(f"still {seen}, not {state}")


def test_a_missing_stream_is_refused_with_awss_words(world: Account) -> None:
    arn = f"{world.stream[:-4]}.999"

    assert world.refusal(EventSourceArn=arn) == (
        "InvalidParameterValueException",
        f"Stream not found: {arn}",
        400,
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"BatchSize": 10001},
            "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy "
            "constraint: Member must have value less than or equal to 10000",
        ),
        (
            {"BatchSize": 0},
            "1 validation error detected: Value '0' at 'batchSize' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1",
        ),
        (
            {"StartingPosition": "invalid"},
            "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy "
            "constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
        ),
        (
            {"ParallelizationFactor": 11},
            "1 validation error detected: Value '11' at 'parallelizationFactor' failed to satisfy "
            "constraint: Member must have value less than or equal to 10",
        ),
    ],
)
def test_values_out_of_range_are_validation_errors(
    world: Account, members: dict[str, Any], message: str
) -> None:
    assert world.refusal(**members) == ("ValidationException", message, 400)


OPTIONS: dict[str, Any] = {
    "BatchSize": 10_000,
    "MaximumBatchingWindowInSeconds": 300,
    "MaximumRetryAttempts": 2,
    "MaximumRecordAgeInSeconds": 60,
    "BisectBatchOnFunctionError": True,
    "ParallelizationFactor": 10,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "FilterCriteria": {"Filters": [{"Pattern": '{ "eventName": ["INSERT"] }'}]},
    "MetricsConfig": {"Metrics": ["EventCount"]},
    "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k",
}


def test_every_option_is_kept_and_shown_as_it_was_sent(world: Account) -> None:
    made = world.create(**OPTIONS)
    settle(world.client, made["UUID"], "Enabled")

    seen = world.client.get_event_source_mapping(UUID=made["UUID"])

    assert {name: seen[name] for name in OPTIONS} == OPTIONS
    assert set(seen) - {"ResponseMetadata"} == KEYS | {
        "FilterCriteria",
        "MetricsConfig",
        "KMSKeyArn",
    }


def test_an_update_changes_what_it_names_and_an_empty_object_clears(world: Account) -> None:
    uuid = world.create(**OPTIONS)["UUID"]
    settle(world.client, uuid, "Enabled")

    world.client.update_event_source_mapping(
        UUID=uuid, MaximumRetryAttempts=5, FilterCriteria={}, FunctionResponseTypes=[]
    )
    settle(world.client, uuid, "Enabled")

    seen = world.client.get_event_source_mapping(UUID=uuid)
    assert seen["MaximumRetryAttempts"] == 5
    assert seen["MaximumRecordAgeInSeconds"] == 60
    assert seen["FunctionResponseTypes"] == []
    assert "FilterCriteria" not in seen


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"MaximumRecordAgeInSeconds": 59},
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 "
            "(inclusive)",
        ),
        (
            {"TumblingWindowInSeconds": 60, "ParallelizationFactor": 2},
            "Parallelization factor must be equal to 1 when tumbling window period is configured",
        ),
        (
            {
                "TumblingWindowInSeconds": 10,
                "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
            },
            "Tumbling window period should be zero when FilterCriteria is configured",
        ),
        (
            {"ScalingConfig": {"MaximumConcurrency": 2}},
            "Unsupported ScalingConfig parameter for given event source mapping type.",
        ),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": "single-string"}]}},
            "Invalid filter pattern definition.",
        ),
        (
            {
                "DestinationConfig": {
                    "OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}
                }
            },
            "OnSuccess configuration is not supported for event source mappings.",
        ),
        (
            {"DestinationConfig": {"OnFailure": {}}},
            "The Destination field is required for an OnFailure configuration.",
        ),
    ],
)
def test_options_that_aws_refuses_are_refused_in_its_words(
    world: Account, members: dict[str, Any], message: str
) -> None:
    assert world.refusal(**members) == ("InvalidParameterValueException", message, 400)


SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Queues", ["q"]),
        ("Topics", ["orders"]),
        ("SelfManagedEventSource", {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:9092"]}}),
        ("SourceAccessConfigurations", [{"Type": "BASIC_AUTH", "URI": SECRET}]),
        ("ProvisionedPollerConfig", {"MinimumPollers": 1}),
        ("AmazonManagedKafkaEventSourceConfig", {"ConsumerGroupId": "g"}),
        ("SelfManagedKafkaEventSourceConfig", {"ConsumerGroupId": "g"}),
        ("DocumentDBEventSourceConfig", {"DatabaseName": "d"}),
        ("LoggingConfig", {"SystemLogLevel": "DEBUG"}),
        ("MetricsConfig", {"Metrics": ["ErrorCount"]}),
    ],
)
def test_what_a_stream_does_not_have_is_refused(world: Account, member: str, value: Any) -> None:
    text = f"Unsupported {member} parameter for given event source mapping type."

    assert world.refusal(**{member: value}) == ("InvalidParameterValueException", text, 400)


def test_a_destination_that_is_not_there_is_refused(world: Account) -> None:
    missing = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}}

    code, _, status = world.refusal(DestinationConfig=missing)

    assert (code, status) == ("InvalidParameterValueException", 400)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("sqs", "SendMessage on SQS"), ("sns", "Publish on SNS"), ("s3", "PutObject on S3")],
)
def test_a_role_that_may_not_write_to_the_destination_is_refused(
    gateway: Gateway, world: Account, kind: str, words: str
) -> None:
    client = gateway.client(kind, world.number)
    if kind == "sqs":
        client.create_queue(QueueName="failures")
        arn = f"arn:aws:sqs:us-east-1:{world.number}:failures"
    elif kind == "sns":
        arn = client.create_topic(Name="failures")["TopicArn"]
    else:
        client.create_bucket(Bucket=f"failures-{world.number}")
        arn = f"arn:aws:s3:::failures-{world.number}"

    assert world.refusal(DestinationConfig={"OnFailure": {"Destination": arn}}) == (
        "InvalidParameterValueException",
        f"The function execution role does not have permissions to call {words}",
        400,
    )


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_queues_own_policy_lets_a_role_write_or_keeps_it_out(
    gateway: Gateway, world: Account, effect: str
) -> None:
    arn = f"arn:aws:sqs:us-east-1:{world.number}:failures"
    role = f"arn:aws:iam::{world.number}:role/reader"
    principal = {"AWS": role if effect == "Allow" else "*"}
    statement = {"Principal": principal, "Action": "sqs:*", "Resource": arn, "Effect": effect}
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    sqs = gateway.client("sqs", world.number)
    sqs.create_queue(QueueName="failures", Attributes={"Policy": policy})
    destination = {"OnFailure": {"Destination": arn}}
    if effect == "Allow":
        assert world.create(DestinationConfig=destination)["DestinationConfig"] == destination
        return
    own = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    gateway.client("iam", world.number).put_role_policy(
        RoleName="reader",
        PolicyName="send",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [own]}),
    )

    _, message, _ = world.refusal(DestinationConfig=destination)

    assert message.endswith("does not have permissions to call SendMessage on SQS")


def test_a_key_goes_with_the_filters_it_encrypts_and_a_list_does_not_decrypt(
    world: Account,
) -> None:
    """As recorded on AWS, step by step."""
    key, filters = OPTIONS["KMSKeyArn"], OPTIONS["FilterCriteria"]
    uuid = world.create(FilterCriteria=filters, KMSKeyArn=key)["UUID"]
    settle(world.client, uuid, "Enabled")

    def update(**members: Any) -> Any:
        answer = world.client.update_event_source_mapping(UUID=uuid, **members)
        settle(world.client, uuid, "Enabled")
        return answer.get("FilterCriteria"), answer.get("KMSKeyArn")

    [listed] = world.client.list_event_source_mappings()["EventSourceMappings"]
    assert (listed.get("FilterCriteria"), listed["KMSKeyArn"]) == (None, key)
    assert update(KMSKeyArn="") == (filters, None)
    assert update(KMSKeyArn=key) == (filters, key)
    assert update(FilterCriteria={}) == (None, None)
    assert update(FilterCriteria=filters) == (filters, None)
    assert update(FilterCriteria={}, KMSKeyArn=key) == (None, None)
    assert update(KMSKeyArn=key) == (None, None)


def test_a_deletion_shows_the_minute_of_the_last_change(world: Account) -> None:
    made = world.create()
    settle(world.client, made["UUID"], "Enabled")

    deleted = world.client.delete_event_source_mapping(UUID=made["UUID"])

    minute = made["LastModified"].replace(second=0, microsecond=0)
    assert (deleted["State"], deleted["LastModified"]) == ("Deleting", minute)


def test_a_mapping_cannot_be_pointed_at_a_function_that_has_one_already(world: Account) -> None:
    there = world.create()["UUID"]
    uuid = world.create(FunctionName="reader:$LATEST")["UUID"]
    settle(world.client, uuid, "Enabled")

    with pytest.raises(world.client.exceptions.ResourceConflictException) as error:
        world.client.update_event_source_mapping(UUID=uuid, FunctionName="reader")

    assert error.value.response["Error"]["Message"].endswith(f"with UUID {there}")


def test_tags_have_the_rules_of_functions_tags(world: Account) -> None:
    code, _, status = world.refusal(Tags={"aws:owner": "a"})

    assert (code, status) == ("InvalidParameterValueException", 400)


def test_the_conflict_names_the_mapping_that_is_there(world: Account) -> None:
    uuid = world.create()["UUID"]

    assert world.refusal() == (
        "ResourceConflictException",
        f'The event source arn (" {world.stream} ") and function (" reader ") provided mapping '
        "already exists. Please update or delete the existing mapping with UUID " + uuid,
        409,
    )


def test_an_unknown_mapping_is_not_found(world: Account) -> None:
    for call in ("get_event_source_mapping", "delete_event_source_mapping"):
        with pytest.raises(ClientError) as error:
            getattr(world.client, call)(UUID=str(uuid4()))

        assert error.value.response["Error"] == {
            "Code": "ResourceNotFoundException",
            "Message": "The resource you requested does not exist.",
        }
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_listing_goes_page_by_page(gateway: Gateway, world: Account) -> None:
    made = {world.create(FunctionName=name)["UUID"] for name in ("reader", "reader:$LATEST")}

    pages = world.client.get_paginator("list_event_source_mappings").paginate(
        PaginationConfig={"PageSize": 1}
    )
    listed = [[one["UUID"] for one in page["EventSourceMappings"]] for page in pages]

    assert [len(page) for page in listed] == [1, 1]
    assert {uuid for page in listed for uuid in page} == made


def test_a_marker_of_another_account_is_refused(gateway: Gateway, world: Account) -> None:
    for name in ("reader", "reader:$LATEST"):
        world.create(FunctionName=name)
    marker = world.client.list_event_source_mappings(MaxItems=1)["NextMarker"]
    foreign = gateway.client("lambda", "999999999999")

    with pytest.raises(ClientError) as error:
        foreign.list_event_source_mappings(Marker=marker)

    assert error.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_tags_given_at_creation_are_listed_by_the_mappings_arn(world: Account) -> None:
    arn = world.create(Tags={"team": "a"})["EventSourceMappingArn"]

    assert world.client.list_tags(Resource=arn)["Tags"] == {"team": "a"}
    world.client.tag_resource(Resource=arn, Tags={"stage": "b"})
    world.client.untag_resource(Resource=arn, TagKeys=["team"])
    assert world.client.list_tags(Resource=arn)["Tags"] == {"stage": "b"}


def test_the_cli_creates_and_describes_a_mapping(gateway: Gateway, world: Account) -> None:
    made = gateway.cli(
        "lambda",
        "create-event-source-mapping",
        "--function-name",
        "reader",
        "--event-source-arn",
        world.stream,
        "--starting-position",
        "TRIM_HORIZON",
        "--batch-size",
        "10",
        account=world.number,
    )
    seen = gateway.cli(
        "lambda", "get-event-source-mapping", "--uuid", made["UUID"], account=world.number
    )

    assert (seen["BatchSize"], seen["StartingPosition"]) == (10, "TRIM_HORIZON")
    assert json.dumps(seen["LastModified"])
