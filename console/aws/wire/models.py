"""botocore's service models, loaded once: what each AWS service calls its operations and members.

Holds no request: `routes` finds the operation, the other modules compile its shapes into plans.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

SERVICES = (
    "dynamodb",
    "dynamodbstreams",
    "lambda",
    "iam",
    "sts",
    "logs",
    "sqs",
    "sns",
    "cloudwatch",
    "s3",
)
Protocol = Literal["json", "rest-json", "query", "rest-xml", "rpc-v2-cbor"]
_loader = Loader()


@cache
def service_model(service: str) -> ServiceModel:
    """Load the newest model of `service` that botocore ships."""
    return ServiceModel(_loader.load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, name: str) -> OperationModel | None:
    """Find an operation of AWS, offered here or not; None when AWS has none of that name."""
    model = service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


@cache
def error_shape(service: str, code: str) -> Shape | None:
    """Find the shape of an error by its name in the model or by the code that it has on the wire."""
    model = service_model(service)
    for shape in model.error_shapes:
        if shape.name == code or shape.metadata.get("error", {}).get("code") == code:
            return shape
    return None


def holds_attribute_values(shape: Shape) -> bool:
    """Say whether `shape` is DynamoDB's own value notation, which passes the wire untouched."""
    return shape.name == "AttributeValue"
