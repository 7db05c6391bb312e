"""Mappings of versions and aliases through unmodified boto3: named, listed, told apart."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.isolation import package
from tests.wire.test_lambda_functions import refusal
from tests.wire.test_lambda_mappings import Account, world

__all__ = ["world"]


@pytest.fixture
def published(world: Account) -> Account:
    """An account whose function has a version and an alias."""
    world.client.publish_version(FunctionName="reader")
    world.client.create_alias(FunctionName="reader", Name="live", FunctionVersion="1")
    return world


def listed(world: Account, name: str) -> list[str]:
    answer = world.client.list_event_source_mappings(FunctionName=name)
    return [one["UUID"] for one in answer["EventSourceMappings"]]


@pytest.mark.parametrize("qualifier", ["", ":$LATEST", ":1", ":live"])
def test_a_mapping_keeps_the_qualifier_it_was_made_with(published: Account, qualifier: str) -> None:
    made = published.create(FunctionName=f"reader{qualifier}")

    assert made["FunctionArn"].endswith(f":function:reader{qualifier}")


def test_each_qualified_function_has_a_mapping_of_its_own(published: Account) -> None:
    names = ["reader", "reader:$LATEST", "reader:1", "reader:live"]

    made = {name: published.create(FunctionName=name)["UUID"] for name in names}

    assert {name: listed(published, name) for name in names} == {
        name: [uuid] for name, uuid in made.items()
    }
    with pytest.raises(ClientError) as error:
        published.create(FunctionName="reader:live")
    code, text, status = refusal(error)
    assert (code, status) == ("ResourceConflictException", 409)
    assert text.endswith(f"with UUID {made['reader:live']}")


@pytest.mark.parametrize("name", ["reader:7", "reader:nobody"])
def test_a_missing_version_or_alias_does_not_exist(published: Account, name: str) -> None:
    with pytest.raises(ClientError) as error:
        published.create(FunctionName=name)

    text = "Function does not exist"
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


def test_a_mapping_is_moved_to_an_alias(published: Account) -> None:
    uuid = published.create()["UUID"]

    moved: Any = published.client.update_event_source_mapping(UUID=uuid, FunctionName="reader:live")

    assert moved["FunctionArn"].endswith(":function:reader:live")
    assert listed(published, "reader") == []


def test_re_pointing_an_alias_does_not_touch_its_mapping(published: Account) -> None:
    before = published.create(FunctionName="reader:live")
    published.client.update_function_code(FunctionName="reader", ZipFile=package(), Publish=True)

    published.client.update_alias(FunctionName="reader", Name="live", FunctionVersion="$LATEST")

    after = published.client.get_event_source_mapping(UUID=before["UUID"])
    assert after["FunctionArn"] == before["FunctionArn"]
