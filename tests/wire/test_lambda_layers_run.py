"""What layers bring to a running function, through unmodified boto3 against the whole product."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.product import RUNTIME
from tests.wire.test_lambda_invoke import account, client, create, product
from tests.wire.test_lambda_layers import files

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

USES = """
import shared

def handler(event, context):
    try:
        open("/opt/new", "w")
        wrote = True
    except OSError:
        wrote = False
    return [shared.WHO, open("/opt/data/words.txt").read(), wrote]
"""


def publish(client: Any, name: str, **texts: str) -> str:
    made = client.publish_layer_version(LayerName=name, Content={"ZipFile": files(**texts)})
    return str(made["LayerVersionArn"])


def test_a_function_finds_what_its_layers_bring(client: Any, create: Callable[..., str]) -> None:
    code = publish(client, "code", python__shared_py="WHO = 'layer'\n")
    data = publish(client, "data", **{"data__words.txt": "hello"})
    create(USES, Layers=[code, data])

    answer = client.invoke(FunctionName="probe")

    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read()) == ["layer", "hello", False]


def test_the_order_of_layers_decides(client: Any, create: Callable[..., str]) -> None:
    words = {"data__words.txt": "w"}
    first = publish(client, "a", **words, python__shared_py="WHO = 'first'\n")
    second = publish(client, "b", python__shared_py="WHO = 'second'\n")
    create(USES, Layers=[first, second])

    before = json.loads(client.invoke(FunctionName="probe")["Payload"].read())[0]
    client.update_function_configuration(FunctionName="probe", Layers=[second, first])
    after = json.loads(client.invoke(FunctionName="probe")["Payload"].read())[0]

    assert (before, after) == ("second", "first")


def test_packages_of_a_version_of_python_are_found(client: Any, create: Callable[..., str]) -> None:
    folder = f"python__lib__{RUNTIME}__site-packages__shared_py"
    layer = publish(client, "a", **{folder: "WHO = 'site'\n", "data__words.txt": "w"})
    create(USES, Layers=[layer])

    assert json.loads(client.invoke(FunctionName="probe")["Payload"].read())[0] == "site"


def test_the_functions_own_files_come_first(client: Any, create: Callable[..., str]) -> None:
    layer = publish(
        client, "a", python__app_py="def handler(event, context):\n    return 'layer'\n"
    )
    create("def handler(event, context):\n    return 'own'\n", Layers=[layer])

    assert json.loads(client.invoke(FunctionName="probe")["Payload"].read()) == "own"
