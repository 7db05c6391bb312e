"""Aliases through unmodified boto3: made, re-pointed, weighted, refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.test_lambda_functions import client, create, package, refusal, role

__all__ = ["client", "create", "role"]

Alias = Callable[..., Any]


@pytest.fixture
def alias(client: Any, create: Any) -> Alias:
    """Make an alias of a function with two versions."""
    create(Publish=True)
    client.update_function_code(FunctionName="greet", ZipFile=package("x = 2\n"), Publish=True)

    def make(name: str = "live", version: str = "1", **members: Any) -> Any:
        return client.create_alias(
            FunctionName="greet", Name=name, FunctionVersion=version, **members
        )

    return make


def weights(**shares: float) -> dict[str, Any]:
    return {"AdditionalVersionWeights": {key.removeprefix("v"): one for key, one in shares.items()}}


def test_an_alias_is_described_as_aws_does(alias: Alias, account: str) -> None:
    answer = alias(Description="now")

    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert len(answer.pop("RevisionId")) == 36
    assert answer == {
        "AliasArn": f"arn:aws:lambda:us-east-1:{account}:function:greet:live",
        "Name": "live",
        "FunctionVersion": "1",
        "Description": "now",
    }


def test_a_function_is_found_by_its_alias(client: Any, alias: Alias) -> None:
    arn = alias()["AliasArn"]

    found = client.get_function(FunctionName="greet", Qualifier="live")["Configuration"]

    assert (found["FunctionArn"], found["Version"]) == (arn, "1")


def test_an_alias_is_pointed_elsewhere(client: Any, alias: Alias) -> None:
    before = alias(Description="now")

    client.update_alias(FunctionName="greet", Name="live", FunctionVersion="2")

    after = client.get_alias(FunctionName="greet", Name="live")
    assert (after["FunctionVersion"], after["Description"]) == ("2", "now")
    assert after["RevisionId"] != before["RevisionId"]
    assert client.get_function_configuration(FunctionName="greet:live")["Version"] == "2"


def test_weights_come_and_go(client: Any, alias: Alias) -> None:
    made = alias(RoutingConfig=weights(v2=0.25))
    described = client.update_alias(FunctionName="greet", Name="live", Description="d")
    cleared = client.update_alias(FunctionName="greet", Name="live", RoutingConfig={})

    assert made["RoutingConfig"] == described["RoutingConfig"] == weights(v2=0.25)
    assert "RoutingConfig" not in cleared


@pytest.mark.parametrize(
    ("version", "shares", "code", "text"),
    [
        (
            "1",
            {"v2": 0.1, "v3": 0.1},
            "InvalidParameterValueException",
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        ),
        (
            "1",
            {"v1": 0.1},
            "InvalidParameterValueException",
            "Invalid function version 1. Function version 1 is already included in routing "
            "configuration.",
        ),
        (
            "$LATEST",
            {"v1": 0.1},
            "InvalidParameterValueException",
            "$LATEST is not supported for an alias pointing to more than 1 version",
        ),
        (
            "1",
            {"v2": 1.5},
            "ValidationException",
            "1 validation error detected: Value '{2=1.5}' at "
            "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must "
            "satisfy constraint: [Member must have value less than or equal to 1.0, Member must "
            "have value greater than or equal to 0.0, Member must not be null]",
        ),
        (
            "1",
            {"$LATEST": 0.5},
            "ValidationException",
            "1 validation error detected: Value '{$LATEST=0.5}' at "
            "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must "
            "satisfy constraint: [Member must have length less than or equal to 1024, Member must "
            "have length greater than or equal to 1, Member must satisfy regular expression "
            "pattern: [0-9]+, Member must not be null]",
        ),
    ],
    ids=["two", "itself", "latest", "above 1", "no number"],
)
def test_broken_weights_are_refused(
    alias: Alias, version: str, shares: dict[str, float], code: str, text: str
) -> None:
    with pytest.raises(ClientError) as error:
        alias(version=version, RoutingConfig=weights(**shares))

    assert refusal(error) == (code, text, 400)
    typed = code == "InvalidParameterValueException" and version != "$LATEST"
    assert ("Type" in error.value.response) is typed


def test_a_missing_version_has_no_alias(client: Any, alias: Alias, account: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:{account}:function:greet"
    alias()
    calls: list[Callable[[], Any]] = [
        lambda: alias("other", "7"),
        lambda: alias("other", RoutingConfig=weights(v7=0.5)),
        lambda: client.update_alias(FunctionName="greet", Name="live", FunctionVersion="7"),
    ]

    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error) == ("ResourceNotFoundException", f"Function not found: {arn}:7", 404)


def test_a_missing_function_is_named_with_the_version(client: Any, account: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:{account}:function:nobody:1"

    with pytest.raises(ClientError) as error:
        client.create_alias(FunctionName="nobody", Name="live", FunctionVersion="1")

    assert refusal(error) == ("ResourceNotFoundException", f"Function not found: {arn}", 404)


def test_a_name_is_given_once(alias: Alias) -> None:
    arn = alias()["AliasArn"]

    with pytest.raises(ClientError) as error:
        alias()

    assert refusal(error) == ("ResourceConflictException", f"Alias already exists: {arn}", 409)


def test_a_number_is_no_alias(alias: Alias) -> None:
    with pytest.raises(ClientError) as error:
        alias("12")

    text = (
        "1 validation error detected: Value '12' at 'name' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
    )
    assert refusal(error) == ("ValidationException", text, 400)


def test_missing_aliases_have_words_of_their_own(client: Any, alias: Alias, account: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:{account}:function:greet:nobody"

    with pytest.raises(ClientError) as unread:
        client.get_alias(FunctionName="greet", Name="nobody")
    with pytest.raises(ClientError) as unchanged:
        client.update_alias(FunctionName="greet", Name="nobody", Description="d")
    client.delete_alias(FunctionName="greet", Name="nobody")

    assert refusal(unread) == ("ResourceNotFoundException", f"Cannot find alias arn: {arn}", 404)
    assert refusal(unchanged) == ("ResourceNotFoundException", f"Alias not found: {arn}", 404)


def test_another_revision_is_refused(client: Any, alias: Alias) -> None:
    alias()

    with pytest.raises(ClientError) as error:
        client.update_alias(FunctionName="greet", Name="live", RevisionId="other", Description="d")

    assert refusal(error)[0::2] == ("PreconditionFailedException", 412)


def test_aliases_are_listed_by_name_and_version(client: Any, alias: Alias) -> None:
    for name, version in (("c", "1"), ("a", "2"), ("b", "1")):
        alias(name, version)

    pages = client.get_paginator("list_aliases").paginate(
        FunctionName="greet", PaginationConfig={"PageSize": 2}
    )
    of_one = client.list_aliases(FunctionName="greet", FunctionVersion="1")["Aliases"]

    assert [[one["Name"] for one in page["Aliases"]] for page in pages] == [["a", "b"], ["c"]]
    assert [one["Name"] for one in of_one] == ["b", "c"]


def test_a_version_stays_while_an_alias_leads_to_it(client: Any, alias: Alias) -> None:
    alias("main", "1", RoutingConfig=weights(v2=0.5))

    for number in ("1", "2"):
        with pytest.raises(ClientError) as error:
            client.delete_function(FunctionName="greet", Qualifier=number)
        text = "Unable to delete version because the following aliases reference it: [main]"
        assert refusal(error) == ("ResourceConflictException", text, 409)
    with pytest.raises(ClientError) as error:
        client.delete_function(FunctionName="greet", Qualifier="main")
    text = "Deletion of aliases is not currently supported."
    assert refusal(error) == ("InvalidParameterValueException", text, 400)

    client.delete_alias(FunctionName="greet", Name="main")
    client.delete_function(FunctionName="greet", Qualifier="1")


def test_a_deleted_function_takes_its_aliases_along(client: Any, alias: Alias, create: Any) -> None:
    alias()

    client.delete_function(FunctionName="greet")
    create()

    assert client.list_aliases(FunctionName="greet")["Aliases"] == []
