"""Invoke on the wire: translate, call one verb, translate back."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from console.aws.registry import Identified, Params, operation
from console.aws.scope import Scope
from functions.catalog import finding, permissions
from functions.invocations import invoking, streaming
from functions.invocations.invoking import InvocationType, Result


@operation(
    "lambda",
    "InvokeWithResponseStream",
    honours="FunctionName Qualifier InvocationType LogType ClientContext Payload",
    waits=True,
)
def invoke_with_response_stream(scope: Scope, params: Params) -> Params:
    """Run a function with an event, and answer with a stream: the response's parts, then its end."""
    if params.get("InvocationType") == "DryRun":
        return {"StatusCode": _run(scope, params).status, "EventStream": []}
    name = finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
    streamed = streaming.invoke(
        permissions.admitted(scope, name, "lambda:InvokeFunction"),
        name,
        bytes(params.get("Payload") or b""),
        client_context=params.get("ClientContext", ""),
    )
    events = _events(streamed.events, tail=params.get("LogType") == "Tail")
    answer: Params = {
        "StatusCode": 200,
        "ResponseStreamContentType": "application/vnd.amazon.eventstream",
        "EventStream": events,
    }
    if streamed.executed_version:
        answer["ExecutedVersion"] = streamed.executed_version
    return Identified(answer, streamed.request_id)


@operation(
    "lambda",
    "Invoke",
    honours="FunctionName Qualifier InvocationType LogType ClientContext Payload",
    waits=True,
)
def invoke(scope: Scope, params: Params) -> Params:
    """Run a function with an event."""
    result = _run(scope, params)
    answer: Params = {"StatusCode": result.status, "Payload": result.payload}
    if result.function_error:
        answer["FunctionError"] = result.function_error
    if result.executed_version:
        answer["ExecutedVersion"] = result.executed_version
    if params.get("LogType") == "Tail" and result.status == 200:
        answer["LogResult"] = _log(result)
    return _identified(answer, result)


@operation("lambda", "InvokeAsync", honours="FunctionName InvokeArgs", waits=True)
def invoke_async(scope: Scope, params: Params) -> Params:
    """Queue an event, in the way of before Invoke. Source: Lambda API reference, InvokeAsync."""
    event = {"InvocationType": "Event", "Payload": params["InvokeArgs"]}
    result = _run(scope, {"FunctionName": params["FunctionName"]} | event)
    return _identified({"Status": result.status}, result)


def _identified(answer: Params, result: Result) -> Params:
    """Let the caller know an invocation by the id that its log lines have."""
    return Identified(answer, result.request_id) if result.request_id else answer


def _run(scope: Scope, params: Params) -> Result:
    name = finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
    return invoking.invoke(
        permissions.admitted(scope, name, "lambda:InvokeFunction"),
        name,
        bytes(params.get("Payload") or b""),
        InvocationType(params.get("InvocationType") or "RequestResponse"),
        client_context=params.get("ClientContext", ""),
    )


def _events(told: Iterator[bytes | Result], *, tail: bool) -> Iterator[Params]:
    for one in told:
        if isinstance(one, bytes):
            yield {"PayloadChunk": {"Payload": one}}
            continue
        complete: Params = {"LogResult": _log(one)} if tail else {}
        if one.function_error:
            details = one.payload.decode(errors="replace")
            complete |= {"ErrorCode": one.function_error, "ErrorDetails": details}
        yield {"InvokeComplete": complete}


def _log(result: Result) -> str:
    return base64.b64encode(result.log_tail.encode()).decode()
