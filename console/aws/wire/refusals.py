"""Never accept and ignore: members that an operation neither honours nor records are refused.

Nested members are the operation's own business. An empty member asks for nothing and passes.
"""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Operation, Params
from console.aws.wire.models import operation_model
from console.aws.wire.routes import Route

_CODES = {
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "iam": "ValidationError",
    "sts": "ValidationError",
    "cloudwatch": "InvalidParameterCombination",
    "sns": "InvalidParameter",
    "sqs": "UnsupportedOperation",
    "s3": "NotImplemented",
}
_EMPTY: tuple[object, ...] = ("", b"", [], {})


def refuse_unknown(operation: Operation, params: Params) -> None:
    """Refuse the members of `params` that `operation` would ignore.

    Raises AwsError ValidationException or the service's own code for a wrong parameter.
    """
    for name, value in params.items():
        if name in operation.honours or name in operation.records or value in _EMPTY:
            continue
        raise AwsError(
            _CODES.get(operation.service, "ValidationException"),
            f"Shardlight does not offer the parameter {name} of {operation.name} yet.",
        )


def not_offered(route: Route) -> AwsError:
    """Say that AWS has this operation and Shardlight does not, or that nobody has it."""
    service, operation = route.service, route.operation
    if operation_model(service, operation) is not None:
        message = f"Shardlight does not offer {service}:{operation}."
    elif "." in operation:
        message = f"Shardlight does not offer {operation}."
    else:
        message = f"Could not find operation {operation}" if route.protocol == "query" else ""
    return AwsError("UnknownOperationException", message)
