"""What one account owns, and which request members could name it: the matrix of the isolation tests."""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.wire import isolation_identity as identity
from tests.wire import isolation_messaging as messaging
from tests.wire import isolation_metrics as metrics

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
SECRET = "kept-secret-by"


def package() -> bytes:
    """Zip the smallest function."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 1\n")
    return content.getvalue()


def closing(sid: str) -> str:
    """Write a policy of a table or stream that forbids what nobody does."""
    action = "dynamodb:PurchaseReservedCapacityOfferings"
    said = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": said})


@dataclass
class World:
    """Everything that one account has in one region, with the names by which it can be asked for."""

    gateway: Any
    account: str
    region: str
    name: str
    ids: dict[str, list[Any]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.gateway.client(service, self.account, self.region)
        return self.clients[service]

    def build(self) -> World:
        self.secrets.add(f"{SECRET}-{self.name}")
        self._tables()
        self._know(**identity.build(self, f"{SECRET}-{self.name}"))
        self._functions()
        self._layers()
        self._mapping()
        self._logs()
        queue = f"arn:aws:sqs:{self.region}:{self.account}:{self.name}-queue"
        self._know(DeadLetterConfig=[{"TargetArn": queue}])
        self._know(**messaging.build(self, f"{SECRET}-{self.name}"))
        self._know(ResourceArn=self.ids["TopicArn"], S3Bucket=self.ids["Bucket"])
        self._know(**metrics.build(self, f"{SECRET}-{self.name}"))
        return self

    def _know(self, **ids: list[Any]) -> None:
        for member, values in ids.items():
            self.ids.setdefault(member, []).extend(values)

    def _tables(self) -> None:
        dynamodb, streams = self.client("dynamodb"), self.client("dynamodbstreams")
        table = dynamodb.create_table(
            TableName=f"{self.name}-table",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            Tags=[{"Key": "owner", "Value": f"{SECRET}-{self.name}"}],
        )["TableDescription"]
        name, arn, stream = table["TableName"], table["TableArn"], table["LatestStreamArn"]
        self.secrets.add(table["TableId"])
        item = {"pk": {"S": "a"}, "hidden": {"S": f"{SECRET}-{self.name}"}}
        dynamodb.put_item(TableName=name, Item=item)
        for one in (arn, stream):
            dynamodb.put_resource_policy(ResourceArn=one, Policy=closing(f"{SECRET}-{self.name}"))
        shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]
        iterator = streams.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        self._know(
            TableName=[name, arn],
            TableArn=[arn],
            ExclusiveStartTableName=[name],
            ResourceArn=[arn, stream],
            StreamArn=[stream],
            EventSourceArn=[stream],
            ExclusiveStartStreamArn=[stream],
            ShardId=[shard["ShardId"]],
            ExclusiveStartShardId=[shard["ShardId"]],
            ShardFilter=[{"Type": "CHILD_SHARDS", "ShardId": shard["ShardId"]}],
            ShardIterator=[iterator],
        )
        self.ids["BatchGetItem.RequestItems"] = [
            {one: {"Keys": [{"pk": {"S": "a"}}]}} for one in (name, arn)
        ]
        self.ids["BatchWriteItem.RequestItems"] = [
            {one: [{"DeleteRequest": {"Key": {"pk": {"S": "a"}}}}]} for one in (name, arn)
        ]

        for one in (name, arn):
            self._know_transactions(one)

    def _know_transactions(self, table: str) -> None:
        """Ways to name a table that are nested in something else."""
        key = {"TableName": table, "Key": {"pk": {"S": "a"}}}
        select, delete = f'SELECT * FROM "{table}"', f"DELETE FROM \"{table}\" WHERE pk = 'a'"
        nested = {
            "TransactGetItems.TransactItems": [[{"Get": key}]],
            "TransactWriteItems.TransactItems": [[{"Delete": key}]],
            "ExecuteStatement.Statement": [select, delete],
            "BatchExecuteStatement.Statements": [[{"Statement": delete}]],
            "ExecuteTransaction.TransactStatements": [[{"Statement": delete}]],
        }
        for member, values in nested.items():
            self.ids.setdefault(member, []).extend(values)

    def _functions(self) -> None:
        functions = self.client("lambda")
        for number in (1, 2):
            made = functions.create_function(
                FunctionName=f"{self.name}-function-{number}",
                Runtime=RUNTIME,
                Role=self.ids["Role"][0],
                Handler="app.handler",
                Code={"ZipFile": package()},
                Description=f"{SECRET}-{self.name}",
                Environment={"Variables": {"HIDDEN": f"{SECRET}-{self.name}"}},
            )
            name, arn = made["FunctionName"], made["FunctionArn"]
            short = f"{self.account}:function:{name}"
            functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=5)
            functions.add_permission(
                FunctionName=name,
                StatementId="s1",
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
                EventSourceToken=f"{SECRET}-{self.name}",
            )
            functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
            functions.publish_version(FunctionName=name, Description=f"{SECRET}-{self.name}")
            for alias in ("live", "next"):
                functions.create_alias(
                    FunctionName=name,
                    Name=alias,
                    FunctionVersion="1",
                    Description=f"{SECRET}-{self.name}",
                )
            self._know(
                FunctionName=[name, arn, f"{arn}:$LATEST", f"{arn}:live", short], Resource=[arn]
            )

    def _layers(self) -> None:
        functions = self.client("lambda")
        for number in (1, 2):
            name = f"{self.name}-layer-{number}"
            for description in (f"{SECRET}-{self.name}", "more"):
                made = functions.publish_layer_version(
                    LayerName=name, Content={"ZipFile": package()}, Description=description
                )
            self._know(LayerName=[name, made["LayerArn"]], Arn=[made["LayerVersionArn"]])

    def _mapping(self) -> None:
        mapping = self.client("lambda").create_event_source_mapping(
            FunctionName=self.ids["FunctionName"][0],
            EventSourceArn=self.ids["StreamArn"][0],
            StartingPosition="TRIM_HORIZON",
            Enabled=False,
        )
        self.secrets.add(mapping["UUID"])
        self._know(UUID=[mapping["UUID"]], Resource=[mapping["EventSourceMappingArn"]])

    def _logs(self) -> None:
        logs = self.client("logs")
        for number in (1, 2):
            group, stream = f"/{self.name}/group-{number}", f"{self.name}-stream-{number}"
            logs.create_log_group(logGroupName=group)
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            logs.create_log_stream(logGroupName=group, logStreamName=f"{stream}-more")
            now = 1_000 * int(time.time())
            events = [
                {"timestamp": now + at, "message": f"{SECRET}-{self.name} {at}"} for at in (0, 1)
            ]
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
            counting = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
            logs.put_metric_filter(
                logGroupName=group,
                filterName=f"{self.name}-filter-{number}",
                filterPattern=f'"{SECRET}-{self.name}"',
                metricTransformations=[counting],
            )
            arn = f"arn:aws:logs:{self.region}:{self.account}:log-group:{group}"
            self._know(
                logGroupName=[group],
                resourceArn=[arn],
                logGroupIdentifier=[group, arn],
                logGroupIdentifiers=[[group], [arn]],
                logStreamName=[stream],
                logStreamNames=[[stream]],
                logGroupNamePrefix=[group],
                logGroupNamePattern=[group],
                logStreamNamePrefix=[stream],
                filterName=[f"{self.name}-filter-{number}"],
                filterNamePrefix=[f"{self.name}-filter-{number}"],
            )

    def snapshot(self) -> str:
        """Describe what the account has, without what time changes by itself."""
        dynamodb, functions = self.client("dynamodb"), self.client("lambda")
        table = self.ids["TableName"][0]
        answers = [
            dynamodb.describe_table(TableName=table),
            dynamodb.scan(TableName=table),
            dynamodb.list_tags_of_resource(ResourceArn=self.ids["ResourceArn"][0]),
            *[dynamodb.get_resource_policy(ResourceArn=one) for one in self.ids["ResourceArn"][:2]],
            functions.get_function(FunctionName=self.ids["FunctionName"][0]),
            functions.list_versions_by_function(FunctionName=self.ids["FunctionName"][0]),
            functions.list_layer_versions(LayerName=self.ids["LayerName"][0]),
            functions.list_aliases(FunctionName=self.ids["FunctionName"][0]),
            functions.get_policy(FunctionName=self.ids["FunctionName"][0]),
            functions.list_function_event_invoke_configs(FunctionName=self.ids["FunctionName"][0]),
            functions.get_event_source_mapping(UUID=self.ids["UUID"][0]),
            self.client("logs").get_log_events(
                logGroupName=self.ids["logGroupName"][0], logStreamName=self.ids["logStreamName"][0]
            ),
            self.client("logs").describe_metric_filters(),
            *identity.snapshot(self),
            *messaging.snapshot(self),
            *metrics.snapshot(self),
        ]
        return json.dumps([lasting(answer) for answer in answers], sort_keys=True, default=str)


CHANGING = {"ResponseMetadata", "State", "StateTransitionReason", "LastModified", "Location"}


def lasting(value: Any) -> Any:
    """Drop members that change without anybody's doing."""
    match value:
        case dict():
            return {name: lasting(one) for name, one in value.items() if name not in CHANGING}
        case list():
            return [lasting(one) for one in value]
        case _:
            return value


PLACES = {"ExclusiveStartTableName", "ExclusiveStartStreamArn", "ExclusiveStartShardId"}
"""Members that say after which name a list goes on; the name need not be anybody's."""

TOKENS = {"Marker", "nextToken", "NextToken", "ContinuationToken"}
PAGE_SIZES = ("MaxItems", "limit", "MaxResults", "MaxKeys", "MaxBuckets", "MaxDatapoints")
"""Members that take a page token: probed with the token that the owner got from the same operation."""

_NAMELESS = """
    AttributeDefinitions AttributesToGet BatchSize BillingMode
    ConditionExpression ConsistentRead DeletionProtectionEnabled Description Enabled
    ExclusiveStartKey ExpressionAttributeNames ExpressionAttributeValues FilterExpression IndexName
    Item Key KeyConditionExpression KeySchema Limit MaxItems
    ProjectionExpression ProvisionedThroughput ReturnConsumedCapacity
    ReturnItemCollectionMetrics ReturnValues ReturnValuesOnConditionCheckFailure ScanIndexForward
    Segment Select SequenceNumber ShardIteratorType StartingPosition
    StartingPositionTimestamp StreamSpecification TagKeys Tags Timestamp TotalSegments
    UpdateExpression descending endTime filterPattern interleaved limit logEvents
    deletionProtectionEnabled includeLinkedAccounts unmask
    logGroupClass orderBy retentionInDays sequenceToken startFromHead startTime tagKeys tags
    Architectures ClientContext Code Environment EphemeralStorage FunctionVersion Handler
    InvocationType Layers LogType MasterRegion MemorySize PackageType Payload Publish Qualifier
    ImageUri RevisionId Runtime S3ObjectStorageMode Timeout ZipFile DryRun LoggingConfig SnapStart VpcConfig
    BisectBatchOnFunctionError FilterCriteria FunctionResponseTypes KMSKeyArn
    MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts MetricsConfig
    ParallelizationFactor TumblingWindowInSeconds Topics Queues SelfManagedEventSource ScalingConfig
    ProvisionedPollerConfig SourceAccessConfigurations AmazonManagedKafkaEventSourceConfig
    SelfManagedKafkaEventSourceConfig DocumentDBEventSourceConfig
    FunctionUrlAuthType InvokedViaFunctionUrl InvokeArgs
    AttributeUpdates ClientRequestToken ConditionalOperator Expected GlobalSecondaryIndexes
    GlobalSecondaryIndexUpdates KeyConditions LocalSecondaryIndexes Parameters QueryFilter ScanFilter
    TimeToLiveSpecification BackupType PageSize PointInTimeRecoverySpecification RegionName
    TimeRangeLowerBound TimeRangeUpperBound
    CodeSha256 FunctionVersion Name RoutingConfig
    Action AllowedPublishers AuthType CodeSigningConfigArn CodeSigningPolicies Cors EventSourceToken
    InvokeMode Principal PrincipalOrgID RecursiveLoop RuntimeVersionArn SourceAccount SourceArn
    CompatibleArchitecture CompatibleArchitectures CompatibleRuntime CompatibleRuntimes Content
    LicenseInfo S3Key VersionNumber StatementId UpdateRuntimeOn
    MaximumEventAgeInSeconds ProvisionedConcurrentExecutions ReservedConcurrentExecutions
    ConfirmRemoveSelfResourceAccess ExpectedRevisionId ResourcePolicy
    logEventMessages metricName metricNamespace metricTransformations
"""
PLAIN = frozenset((_NAMELESS + identity.NAMELESS + messaging.NAMELESS + metrics.NAMELESS).split())
"""Members that name nothing of an account."""

NAMED = frozenset({"sqs.SourceArn"})
"""Members that do in one service although they do not in another."""

SAMPLES: dict[str, Callable[[], Any]] = {
    "PointInTimeRecoverySpecification": lambda: {"PointInTimeRecoveryEnabled": False},
    "TimeToLiveSpecification": lambda: {"Enabled": True, "AttributeName": "ttl"},
    "AttributeDefinitions": lambda: [{"AttributeName": "pk", "AttributeType": "S"}],
    "Action": lambda: "lambda:InvokeFunction",
    "AllowedPublishers": lambda: {
        "SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/a"]
    },
    "AuthType": lambda: "NONE",
    "InvokeArgs": lambda: b"{}",
    "CodeSigningConfigArn": lambda: (
        "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
    ),
    "Principal": lambda: "s3.amazonaws.com",
    "RecursiveLoop": lambda: "Allow",
    "StatementId": lambda: "s1",
    "UpdateRuntimeOn": lambda: "Auto",
    "Content": lambda: {"ZipFile": package()},
    "VersionNumber": lambda: 1,
    "FunctionVersion": lambda: "1",
    "ProvisionedConcurrentExecutions": lambda: 1,
    "PutResourcePolicy.Policy": lambda: closing("probe"),
    "Qualifier": lambda: "1",
    "ReservedConcurrentExecutions": lambda: 7,
    "Name": lambda: "live",
    "Code": lambda: {"ZipFile": package()},
    "Description": lambda: "d",
    "Item": lambda: {"pk": {"S": "a"}},
    "Key": lambda: {"pk": {"S": "a"}},
    "KeySchema": lambda: [{"AttributeName": "pk", "KeyType": "HASH"}],
    "ShardIteratorType": lambda: "TRIM_HORIZON",
    "TagKeys": lambda: ["owner"],
    "filterPattern": lambda: "a",
    "logEventMessages": lambda: ["a"],
    "metricTransformations": lambda: [
        {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    ],
    "logEvents": lambda: [{"timestamp": 1_000 * int(time.time()), "message": "m"}],
    "retentionInDays": lambda: 7,
    "tagKeys": lambda: ["owner"],
    "tags": lambda: {"owner": "x"},
    "UntagLogGroup.tags": lambda: ["owner"],
    **identity.SAMPLES,
    **messaging.SAMPLES,
    **metrics.SAMPLES,
}
"""Values for required members that name nothing of an account."""

FRESH = {
    "CreateFunction.FunctionName",
    "CreateLogGroup.logGroupName",
    "CreateLogStream.logStreamName",
    "CreateTable.TableName",
    *identity.FRESH,
    *messaging.FRESH,
}
"""Members that name what an operation makes: the asking account has nothing of that name yet."""

ALSO: dict[str, dict[str, Any]] = {
    "CreateEventSourceMapping": {"StartingPosition": "TRIM_HORIZON"},
    "CreateFunction": {"Runtime": RUNTIME, "Handler": "app.handler"},
    "CreateTable": {"BillingMode": "PAY_PER_REQUEST"},
    "Query": {
        "KeyConditionExpression": "pk = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
    },
    "PutFunctionEventInvokeConfig": {"MaximumRetryAttempts": 0},
    "UpdateFunctionEventInvokeConfig": {"MaximumRetryAttempts": 0},
    "UpdateTable": {"DeletionProtectionEnabled": True},
    "UpdateFunctionCode": {"ZipFile": package()},
    "UpdateItem": {
        "UpdateExpression": "SET hidden = :a",
        "ExpressionAttributeValues": {":a": {"S": "overwritten"}},
        "ReturnValues": "ALL_OLD",
    },
    "PutItem": {"ReturnValues": "ALL_OLD"},
    "DeleteItem": {"ReturnValues": "ALL_OLD"},
    **identity.ALSO,
    **metrics.ALSO,
}
"""Members without which an operation does nothing, though the model does not require them."""

TAGS = {"lambda": {"owner": "x"}, "sqs": {"owner": "x"}}
"""What Tags look like where it is not a list of Key and Value."""
