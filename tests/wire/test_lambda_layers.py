"""Layers through unmodified boto3: published, listed, given to functions, shared."""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.conftest import Gateway
from tests.wire.test_lambda_functions import RUNTIME, client, create, refusal, role

__all__ = ["client", "create", "role"]


def files(**texts: str) -> bytes:
    """Zip files; `__` in a name is a slash, a last `_py` an ending."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in texts.items():
            path = name.replace("__", "/").replace("_py", ".py")
            archive.writestr(zipfile.ZipInfo(path), text)
    return made.getvalue()


def publish(client: Any, name: str = "tools", text: str = "x = 1\n", **members: Any) -> Any:
    content = {"ZipFile": files(python__tools_py=text)}
    return client.publish_layer_version(LayerName=name, Content=content, **members)


def test_a_layer_version_is_described_as_aws_does(client: Any, account: str) -> None:
    answer = publish(client, Description="d", CompatibleRuntimes=[RUNTIME], LicenseInfo="MIT")

    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    content = answer.pop("Content")
    assert content["CodeSize"] == len(files(python__tools_py="x = 1\n"))
    assert answer.pop("CreatedDate").endswith("+0000")
    arn = f"arn:aws:lambda:us-east-1:{account}:layer:tools"
    assert answer == {
        "LayerArn": arn,
        "LayerVersionArn": f"{arn}:1",
        "Version": 1,
        "Description": "d",
        "CompatibleRuntimes": [RUNTIME],
        "LicenseInfo": "MIT",
    }
    with urllib.request.urlopen(content["Location"], timeout=300) as file:  # noqa: S310
        assert file.read() == files(python__tools_py="x = 1\n")


def test_the_account_is_told_what_all_its_packages_take(client: Any, create: Any) -> None:
    layer = publish(client)["Content"]["CodeSize"]
    publish(client)
    client.delete_layer_version(LayerName="tools", VersionNumber=2)
    sizes = [create(name, Publish=True)["CodeSize"] for name in ("greet", "twin")]

    usage = client.get_account_settings()["AccountUsage"]

    assert usage == {"FunctionCount": 2, "TotalCodeSize": layer + 2 * sum(sizes)}


@pytest.mark.parametrize("member", ["CompatibleRuntimes", "CompatibleArchitectures"])
def test_an_empty_list_is_shown_and_one_that_was_not_given_is_not(client: Any, member: str) -> None:
    answers = [publish(client), publish(client, **{member: []})]

    answers += [client.get_layer_version(LayerName="tools", VersionNumber=n) for n in (1, 2)]
    answers += client.list_layer_versions(LayerName="tools")["LayerVersions"][::-1]
    fitting = client.list_layers(CompatibleRuntime=RUNTIME, CompatibleArchitecture="x86_64")

    assert [one.get(member) for one in answers] == [None, []] * 3
    assert fitting["Layers"] == []


def test_versions_are_counted_listed_and_found(client: Any) -> None:
    for number in range(3):
        publish(client, text=f"x = {number}\n", CompatibleRuntimes=[RUNTIME] if number else [])

    pages = client.get_paginator("list_layer_versions").paginate(
        LayerName="tools", PaginationConfig={"PageSize": 2}
    )
    by_number = client.get_layer_version(LayerName="tools", VersionNumber=2)
    by_arn = client.get_layer_version_by_arn(Arn=by_number["LayerVersionArn"])
    fitting = client.list_layer_versions(LayerName="tools", CompatibleRuntime=RUNTIME)

    listed = [[one["Version"] for one in page["LayerVersions"]] for page in pages]
    assert listed == [[3, 2], [1]]
    assert by_number["Version"] == by_arn["Version"] == 2
    assert [one["Version"] for one in fitting["LayerVersions"]] == [3, 2]


def test_layers_are_listed_with_their_newest_version(client: Any) -> None:
    for name in ("b", "a", "b"):
        publish(client, name)

    pages = client.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1})

    found = [
        (one["LayerName"], one["LatestMatchingVersion"]["Version"])
        for page in pages
        for one in page["Layers"]
    ]
    assert found == [("a", 1), ("b", 2)]


def test_a_deleted_version_is_gone_but_its_number_and_its_functions_stay(
    client: Any, create: Any
) -> None:
    arn = publish(client)["LayerVersionArn"]
    create(Layers=[arn])

    client.delete_layer_version(LayerName="tools", VersionNumber=1)
    client.delete_layer_version(LayerName="tools", VersionNumber=9)

    with pytest.raises(ClientError) as error:
        client.get_layer_version(LayerName="tools", VersionNumber=1)
    text = "The resource you requested does not exist."
    assert refusal(error) == ("ResourceNotFoundException", text, 404)
    assert client.list_layers()["Layers"] == []
    shown = client.get_function_configuration(FunctionName="greet")["Layers"]
    assert [one["Arn"] for one in shown] == [arn]
    assert publish(client)["Version"] == 2


def test_a_function_has_layers_and_versions_keep_them(client: Any, create: Any) -> None:
    arns = [publish(client, name)["LayerVersionArn"] for name in ("a", "b")]

    made = create(Layers=arns, Publish=True)
    client.update_function_configuration(FunctionName="greet", Layers=[])

    size = len(files(python__tools_py="x = 1\n"))
    assert made["Layers"] == [{"Arn": arn, "CodeSize": size} for arn in arns]
    assert "Layers" not in client.get_function_configuration(FunctionName="greet")
    assert client.get_function_configuration(FunctionName="greet:1")["Layers"] == made["Layers"]


def test_layers_that_cannot_be_are_refused(client: Any, create: Any, account: str) -> None:
    first, second = (publish(client)["LayerVersionArn"] for _ in range(2))
    arn = f"arn:aws:lambda:us-east-1:{account}:layer"
    invalid = "InvalidParameterValueException"
    cases = [
        ([f"{arn}:no:1"], invalid, f"Layer version {arn}:no:1 does not exist."),
        (
            [f"{arn}:l{number}:1" for number in range(6)],
            invalid,
            "Cannot reference more than 5 layers.",
        ),
        (
            [first, second],
            invalid,
            "Two different versions of the same layer are not allowed to be referenced in the same "
            f"function. {first} and {second} are versions of the same layer.",
        ),
        (
            [first.replace("us-east-1", "eu-west-1")],
            invalid,
            "Layers are not in the same region as the function. Layers are expected to be in "
            "region us-east-1.",
        ),
    ]

    for layers, code, text in cases:
        with pytest.raises(ClientError) as error:
            create(Layers=layers)
        assert refusal(error) == (code, text, 400)


def test_a_layer_is_shared_by_its_policy(client: Any, create: Any, gateway: Gateway) -> None:
    other = gateway.client("lambda", "400000000003")
    arn = publish(other)["LayerVersionArn"]

    with pytest.raises(ClientError) as before:
        create(Layers=[arn])
    added = other.add_layer_version_permission(
        LayerName="tools",
        VersionNumber=1,
        StatementId="all",
        Action="lambda:GetLayerVersion",
        Principal="*",
    )
    create(Layers=[arn])
    policy = other.get_layer_version_policy(LayerName="tools", VersionNumber=1)
    seen = client.get_layer_version_by_arn(Arn=arn)["Version"]
    other.remove_layer_version_permission(LayerName="tools", VersionNumber=1, StatementId="all")

    assert refusal(before)[0::2] == ("AccessDeniedException", 403)
    assert json.loads(policy["Policy"])["Statement"] == [json.loads(added["Statement"])]
    assert policy["RevisionId"] == added["RevisionId"]
    assert seen == 1
    with pytest.raises(ClientError) as after:
        client.get_layer_version_by_arn(Arn=arn)
    assert refusal(after)[0] == "ResourceNotFoundException"


def test_policies_of_layers_have_awss_words(client: Any, account: str) -> None:
    publish(client)
    arn = f"arn:aws:lambda:us-east-1:{account}:layer:tools"
    missing = "ResourceNotFoundException"
    calls: list[tuple[Callable[[], Any], str, str]] = [
        (
            lambda: client.get_layer_version_policy(LayerName="tools", VersionNumber=1),
            missing,
            "No policy is associated with the given resource.",
        ),
        (
            lambda: client.get_layer_version_policy(LayerName="tools", VersionNumber=7),
            missing,
            f"Layer version {arn}:7 does not exist.",
        ),
        (
            lambda: client.remove_layer_version_permission(
                LayerName="tools", VersionNumber=1, StatementId="s"
            ),
            missing,
            "Statement s is not found in resource policy.",
        ),
        (
            lambda: client.get_layer_version(LayerName="tools", VersionNumber=0),
            "InvalidParameterValueException",
            "Layer Version Cannot be less than 1",
        ),
    ]

    for call, code, text in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error)[:2] == (code, text)


def large(megabytes: int) -> bytes:
    """Zip a file of that many million zeros."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(megabytes * 1_000_000))
    return made.getvalue()


def test_layers_and_code_share_one_limit(client: Any, create: Any) -> None:
    arns = []
    for name in ("a", "b"):
        made = client.publish_layer_version(LayerName=name, Content={"ZipFile": large(140)})
        arns.append(made["LayerVersionArn"])
    create()
    client.get_waiter("function_updated_v2").wait(FunctionName="greet")

    with pytest.raises(ClientError) as two_layers:
        client.update_function_configuration(FunctionName="greet", Layers=arns)
    client.update_function_configuration(FunctionName="greet", Layers=arns[:1])
    client.get_waiter("function_updated_v2").wait(FunctionName="greet")
    with pytest.raises(ClientError) as with_code:
        client.update_function_code(FunctionName="greet", ZipFile=large(130))
    with pytest.raises(ClientError) as from_the_start:
        create("other", Layers=arns[:1], Code={"ZipFile": large(130)})

    kind = "InvalidParameterValueException"
    text = "Layers consume more than the available size of 262144000 bytes"
    assert refusal(two_layers) == (kind, text, 400)
    text = (
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
    )
    text += "The actual size is 270000000 bytes."
    assert refusal(with_code) == refusal(from_the_start) == (kind, text, 400)
