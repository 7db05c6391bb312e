"""What tools ask of every table about services that are not here: nothing is on, nothing is listed."""

from __future__ import annotations

import pytest


@pytest.fixture
def dynamodb(gateway, account):
    client = gateway.client("dynamodb", account)
    client.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def test_nothing_is_on(dynamodb):
    table = {"TableName": "orders"}
    off = {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
    switched = dynamodb.update_continuous_backups(
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}, **table
    )
    scaling = dynamodb.describe_table_replica_auto_scaling(**table)["TableAutoScalingDescription"]

    assert dynamodb.describe_continuous_backups(**table)["ContinuousBackupsDescription"] == off
    assert switched["ContinuousBackupsDescription"] == off
    assert (
        dynamodb.describe_contributor_insights(**table)["ContributorInsightsStatus"] == "DISABLED"
    )
    destinations = dynamodb.describe_kinesis_streaming_destination(**table)
    assert destinations["KinesisDataStreamDestinations"] == []
    assert scaling["Replicas"] == []


def test_nothing_is_listed(dynamodb):
    assert dynamodb.list_contributor_insights()["ContributorInsightsSummaries"] == []
    assert dynamodb.list_backups(TableName="orders")["BackupSummaries"] == []
    assert dynamodb.list_exports()["ExportSummaries"] == []
    assert dynamodb.list_imports()["ImportSummaryList"] == []
    assert dynamodb.list_global_tables()["GlobalTables"] == []


def test_what_is_not_here_cannot_be_turned_on(dynamodb):
    with pytest.raises(dynamodb.exceptions.ClientError, match="does not offer"):
        dynamodb.update_continuous_backups(
            TableName="orders",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
    with pytest.raises(dynamodb.exceptions.ClientError, match="does not offer"):
        dynamodb._make_api_call("CreateBackup", {"TableName": "orders", "BackupName": "one"})


def test_tables_that_are_not_there_have_nothing(dynamodb):
    with pytest.raises(dynamodb.exceptions.TableNotFoundException):
        dynamodb.describe_continuous_backups(TableName="nowhere")
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.describe_contributor_insights(TableName="nowhere")
