"""The AWS managed policies that exist here. The account's own are `customer`'s.

Names, paths, ids, dates and documents are AWS's.
Source: AWS managed policy reference guide; GetPolicy's answers.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from functions.iam.policies import Policy

VERSION = "v1"
"""The only version of each policy below."""

_READS_STREAMS = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
_READS_QUEUES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_WRITES_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


def _policy(
    name: str, path: str, policy_id: str, created: str, description: str, *groups: tuple[str, ...]
) -> Policy:
    """Make a policy of one statement for each group of actions, which it allows on everything."""
    statements = [
        {
            "Effect": "Allow",
            "Action": list(group) if len(group) > 1 else group[0],
            "Resource": "*",
        }
        for group in groups
    ]
    at = datetime.fromisoformat(created).replace(tzinfo=UTC)
    return Policy(
        arn=f"arn:aws:iam::aws:policy{path}{name}",
        name=name,
        path=path,
        policy_id=policy_id,
        created_at=at,
        updated_at=at,
        description=description,
        text=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        version=VERSION,
    )


BASIC_EXECUTION = _policy(
    "AWSLambdaBasicExecutionRole",
    "/service-role/",
    "ANPAJNCQGXC42545SKXIK",
    "2015-04-09T15:03:43",
    "Provides write permissions to CloudWatch Logs.",
    _WRITES_LOGS,
)
DYNAMODB_EXECUTION = _policy(
    "AWSLambdaDynamoDBExecutionRole",
    "/service-role/",
    "ANPAIP7WNAGMIPYNW4WQG",
    "2015-04-09T15:09:29",
    "Provides list and read access to DynamoDB streams and write permissions to CloudWatch logs.",
    _READS_STREAMS + _WRITES_LOGS,
)
SQS_EXECUTION = _policy(
    "AWSLambdaSQSQueueExecutionRole",
    "/service-role/",
    "ANPAJFWJZI6JNND4TSELK",
    "2018-06-14T21:50:45",
    "Provides receive message, delete message, and read attribute access to SQS queues, and write "
    "permissions to CloudWatch logs.",
    _READS_QUEUES + _WRITES_LOGS,
)
INVOCATION_DYNAMODB = _policy(
    "AWSLambdaInvocation-DynamoDB",
    "/",
    "ANPAJTHQ3EKCQALQDYG5G",
    "2015-02-06T18:40:47",
    "Provides read access to DynamoDB Streams.",
    ("lambda:InvokeFunction",),
    _READS_STREAMS,
)
LAMBDA_ROLE = _policy(
    "AWSLambdaRole",
    "/service-role/",
    "ANPAJX4DPCRGTC4NFDUXI",
    "2015-02-06T18:41:28",
    "Default policy for AWS Lambda service role.",
    ("lambda:InvokeFunction",),
)
ADMINISTRATOR = _policy(
    "AdministratorAccess",
    "/",
    "ANPAIWMBCKSKIEE64ZLYK",
    "2015-02-06T18:39:46",
    "Provides full access to AWS services and resources.",
    ("*",),
)

POLICIES = {
    policy.arn: policy
    for policy in (
        BASIC_EXECUTION,
        DYNAMODB_EXECUTION,
        SQS_EXECUTION,
        INVOCATION_DYNAMODB,
        LAMBDA_ROLE,
        ADMINISTRATOR,
    )
}
"""By ARN, in the order in which they are listed."""
