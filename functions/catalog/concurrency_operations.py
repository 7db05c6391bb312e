"""Reserved concurrency on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import concurrency, finding
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST


@operation("lambda", "PutFunctionConcurrency", honours="FunctionName ReservedConcurrentExecutions")
def put_function_concurrency(scope: Scope, params: Params) -> Params:
    """Reserve concurrency for a function; one that is missing is named with $LATEST.

    Source: recorded answers.
    """
    name = _whole(scope, params).qualified(LATEST)
    many = params["ReservedConcurrentExecutions"]
    return _shown(concurrency.reserve(scope, name, many).reserved)


@operation("lambda", "GetFunctionConcurrency", honours="FunctionName")
def get_function_concurrency(scope: Scope, params: Params) -> Params:
    """Show what is reserved for a function."""
    return _shown(finding.get_function(scope, _whole(scope, params)).reserved)


@operation("lambda", "DeleteFunctionConcurrency", honours="FunctionName")
def delete_function_concurrency(scope: Scope, params: Params) -> None:
    """Give a function's reserve back to the account."""
    concurrency.release(scope, _whole(scope, params))


def _whole(scope: Scope, params: Params) -> FunctionName:
    return finding.whole(scope, params["FunctionName"])


def _shown(reserved: int | None) -> Params:
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}
