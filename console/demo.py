"""The sample that a first start loads: one table with a stream, one function, one trigger.

Made by the same operations that SDKs call, in the default account and region.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from console import offers
from console.accounts.models import Account
from console.accounts.tenancy import DEFAULT_ACCOUNT, DEFAULT_REGION, scope_for
from console.aws.registry import find
from console.aws.scope import Scope
from console.pages.functions.source import MAIN, pack
from functions.iam.roles import LAMBDA_TRUST
from functions.runtime.runtimes import offered

TABLE = "Orders"
KEY = "orderId"
FUNCTION = "orders-processor"
ROLE = "orders-processor-role"
_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"

CODE = '''\
def lambda_handler(event, context):
    """Print each change of an order."""
    for record in event["Records"]:
        change = record["dynamodb"]
        print(record["eventName"], change["Keys"]["orderId"]["S"], change.get("NewImage"))
    return {"records": len(event["Records"])}
'''


def load_once() -> bool:
    """Load the sample into an installation that nobody has used yet; False when it was used."""
    if Account.objects.exists():
        return False
    offers.load()
    with transaction.atomic():
        load(scope_for(DEFAULT_ACCOUNT, DEFAULT_REGION))
    return True


def load(scope: Scope) -> None:
    """Make the sample's resources in `scope`. Raises AwsError where one is there already."""
    stream = _call(
        scope,
        "dynamodb",
        "CreateTable",
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    role = _call(scope, "iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=LAMBDA_TRUST)
    _call(scope, "iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=_POLICY)
    _call(
        scope,
        "lambda",
        "CreateFunction",
        FunctionName=FUNCTION,
        Description="Prints what changes in Orders.",
        Runtime=offered()[0],
        Handler="lambda_function.lambda_handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": pack(MAIN, CODE)},
    )
    _call(
        scope,
        "lambda",
        "CreateEventSourceMapping",
        FunctionName=FUNCTION,
        EventSourceArn=stream,
        StartingPosition="TRIM_HORIZON",
    )


def _call(scope: Scope, service: str, name: str, **params: Any) -> dict[str, Any]:
    """Run an operation as the gateway would, without the wire."""
    operation = find(service, name)
    if operation is None:
        raise LookupError(f"{service}:{name} is not offered")
    answer = operation.run(scope, params)
    if isinstance(answer, bytes):
        loaded: dict[str, Any] = json.loads(answer)
        return loaded
    return answer or {}
