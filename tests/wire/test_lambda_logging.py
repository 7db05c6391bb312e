"""Log formats and levels of functions through unmodified boto3 against the whole product."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.test_lambda_invoke import account, client, create, product

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

LOGS = """
import logging

def handler(event, context):
    logging.getLogger().info("quiet")
    logging.getLogger().error("loud")
"""


def tail(client: Any) -> list[Any]:
    answer = client.invoke(FunctionName="probe", LogType="Tail")
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    return [json.loads(line) for line in lines]


def configured(client: Any, **logging: str) -> dict[str, str]:
    answer = client.update_function_configuration(FunctionName="probe", LoggingConfig=logging)
    return dict(answer["LoggingConfig"])


def test_levels_come_with_json_and_go_with_text(client: Any, create: Callable[..., str]) -> None:
    create(LOGS)
    group = {"LogGroup": "/aws/lambda/probe"}

    usual = configured(client, LogFormat="JSON")
    chosen = configured(client, ApplicationLogLevel="ERROR")
    text = configured(client, LogFormat="Text")

    assert usual == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        **group,
    }
    assert chosen == usual | {"ApplicationLogLevel": "ERROR"}
    assert text == {"LogFormat": "Text", **group}


def test_a_function_logs_in_json_what_its_level_lets_through(
    client: Any, create: Callable[..., str]
) -> None:
    create(LOGS, LoggingConfig={"LogFormat": "JSON"})

    everything = tail(client)
    configured(client, ApplicationLogLevel="ERROR", SystemLogLevel="WARN")
    loud = tail(client)

    kinds = [one.get("type") for one in everything]
    assert "platform.start" in kinds
    assert "platform.report" in kinds
    assert [one["message"] for one in everything if "message" in one] == ["quiet", "loud"]
    assert [one.get("message") for one in loud] == ["loud"]
