"""Questions about services beside tables and items, as the wire offers them. No rule lives here."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.dynamodb import asides, tables


@operation("dynamodb", "DescribeContinuousBackups", honours="TableName")
def describe_continuous_backups(scope: Scope, params: Params) -> Params:
    """Say that there is no point-in-time recovery."""
    asides.check_backed_up(scope, params["TableName"])
    return {"ContinuousBackupsDescription": asides.NO_BACKUPS}


@operation(
    "dynamodb", "UpdateContinuousBackups", honours="TableName PointInTimeRecoverySpecification"
)
def update_continuous_backups(scope: Scope, params: Params) -> Params:
    """Leave point-in-time recovery off."""
    wanted = params["PointInTimeRecoverySpecification"]
    return {
        "ContinuousBackupsDescription": asides.switch_backups(scope, params["TableName"], wanted)
    }


@operation("dynamodb", "DescribeContributorInsights", honours="TableName")
def describe_contributor_insights(scope: Scope, params: Params) -> Params:
    """Say that Contributor Insights are off."""
    table = tables.get_table(scope, params["TableName"])
    return {"TableName": table.name, "ContributorInsightsStatus": "DISABLED"}


@operation("dynamodb", "ListContributorInsights", honours="TableName MaxResults")
def list_contributor_insights(scope: Scope, params: Params) -> Params:
    """List nothing."""
    if params.get("TableName"):
        tables.get_table(scope, params["TableName"])
    return {"ContributorInsightsSummaries": []}


@operation("dynamodb", "DescribeKinesisStreamingDestination", honours="TableName")
def describe_kinesis_streaming_destination(scope: Scope, params: Params) -> Params:
    """Say that changes go to no Kinesis stream."""
    table = tables.get_table(scope, params["TableName"])
    return {"TableName": table.name, "KinesisDataStreamDestinations": []}


@operation("dynamodb", "DescribeTableReplicaAutoScaling", honours="TableName")
def describe_table_replica_auto_scaling(scope: Scope, params: Params) -> Params:
    """Say that a table has no replicas."""
    table = tables.get_table(scope, params["TableName"])
    shown = {"TableName": table.name, "TableStatus": "ACTIVE", "Replicas": []}
    return {"TableAutoScalingDescription": shown}


@operation(
    "dynamodb",
    "ListBackups",
    honours="TableName Limit TimeRangeLowerBound TimeRangeUpperBound BackupType",
)
def list_backups(_scope: Scope, _params: Params) -> Params:
    """List nothing."""
    return {"BackupSummaries": []}


@operation("dynamodb", "ListExports", honours="TableArn MaxResults")
def list_exports(_scope: Scope, _params: Params) -> Params:
    """List nothing."""
    return {"ExportSummaries": []}


@operation("dynamodb", "ListImports", honours="TableArn PageSize")
def list_imports(_scope: Scope, _params: Params) -> Params:
    """List nothing."""
    return {"ImportSummaryList": []}


@operation("dynamodb", "ListGlobalTables", honours="Limit RegionName")
def list_global_tables(_scope: Scope, _params: Params) -> Params:
    """List nothing."""
    return {"GlobalTables": []}
