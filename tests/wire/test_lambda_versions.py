"""Versions through unmodified boto3: published, listed, found by qualifier, deleted."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.test_lambda_functions import client, create, package, refusal, role

__all__ = ["client", "create", "role"]


def changed(client: Any, text: str, **members: Any) -> Any:
    """Give the function other code."""
    return client.update_function_code(FunctionName="greet", ZipFile=package(text), **members)


def numbers(client: Any, **members: Any) -> list[str]:
    listed = client.list_versions_by_function(FunctionName="greet", **members)["Versions"]
    return [one["Version"] for one in listed]


def test_a_function_has_its_latest_version(client: Any, create: Any) -> None:
    create()

    versions = client.list_versions_by_function(FunctionName="greet")["Versions"]

    assert [(one["FunctionName"], one["Version"]) for one in versions] == [("greet", "$LATEST")]
    assert versions[0]["FunctionArn"].endswith(":function:greet:$LATEST")


def test_a_published_version_is_a_copy_with_a_number(client: Any, create: Any) -> None:
    arn = create(Timeout=7, Description="d")["FunctionArn"]

    version = client.publish_version(FunctionName="greet", Description="first")

    assert version["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (version["Version"], version["FunctionArn"]) == ("1", f"{arn}:1")
    assert (version["Timeout"], version["Description"]) == (7, "first")
    assert client.get_function_configuration(FunctionName="greet")["Description"] == "d"


def test_a_version_does_not_change_with_its_function(client: Any, create: Any) -> None:
    create(Timeout=7)
    before = client.publish_version(FunctionName="greet")

    changed(client, "x = 1\n")
    client.update_function_configuration(FunctionName="greet", Timeout=9)

    after = client.get_function(FunctionName="greet", Qualifier="1")["Configuration"]
    assert (after["CodeSha256"], after["Timeout"]) == (before["CodeSha256"], 7)
    assert client.get_function(FunctionName="greet")["Configuration"]["Timeout"] == 9


def test_unchanged_code_is_published_once(client: Any, create: Any) -> None:
    create()

    published = [client.publish_version(FunctionName="greet")["Version"] for _ in range(2)]
    changed(client, "x = 1\n")
    published.append(client.publish_version(FunctionName="greet")["Version"])

    assert published == ["1", "1", "2"]


def test_create_and_update_publish_on_request(client: Any, create: Any) -> None:
    made = create(Publish=True)
    updated = changed(client, "x = 1\n", Publish=True)

    assert (made["Version"], updated["Version"]) == ("1", "2")
    assert made["FunctionArn"].endswith(":function:greet")
    assert updated["FunctionArn"].endswith(":function:greet:2")
    assert numbers(client) == ["$LATEST", "1", "2"]


def test_a_dry_run_publishes_nothing(client: Any, create: Any) -> None:
    create()

    changed(client, "x = 1\n", Publish=True, DryRun=True)

    assert numbers(client) == ["$LATEST"]


def test_a_dry_run_tells_the_hash_of_what_it_is_given(client: Any, create: Any) -> None:
    create()
    made = client.get_function_configuration(FunctionName="greet")

    told = changed(client, "x = 1\n", DryRun=True)
    done = changed(client, "x = 1\n")

    assert told["RevisionId"] == made["RevisionId"]
    assert (told["CodeSha256"], told["CodeSize"]) == (done["CodeSha256"], done["CodeSize"])
    assert told["CodeSha256"] != made["CodeSha256"]


def test_a_number_with_a_nought_before_it_names_no_version(client: Any, create: Any) -> None:
    create(Publish=True)

    with pytest.raises(ClientError) as alias:
        client.create_alias(FunctionName="greet", Name="live", FunctionVersion="01")
    with pytest.raises(ClientError) as version:
        client.get_function(FunctionName="greet", Qualifier="01")

    for error in (alias, version):
        assert refusal(error)[0] == "ResourceNotFoundException"


def test_publishing_changes_the_revision_of_latest(client: Any, create: Any) -> None:
    create()
    before = client.get_function_configuration(FunctionName="greet")["RevisionId"]

    version = client.publish_version(FunctionName="greet", RevisionId=before)

    after = client.get_function_configuration(FunctionName="greet")["RevisionId"]
    assert len({before, after, version["RevisionId"]}) == 3


@pytest.mark.parametrize("name", ["greet:1", "{arn}:1"])
def test_a_qualifier_in_the_name_is_one(client: Any, create: Any, name: str) -> None:
    arn = create(Publish=True)["FunctionArn"]

    found = client.get_function_configuration(FunctionName=name.format(arn=arn))

    assert (found["Version"], found["FunctionArn"]) == ("1", f"{arn}:1")


def test_the_waiters_know_versions(client: Any, create: Any) -> None:
    create(Publish=True)

    client.get_waiter("published_version_active").wait(FunctionName="greet", Qualifier="1")
    client.get_waiter("function_active_v2").wait(FunctionName="greet:1")


def test_another_code_hash_is_refused(client: Any, create: Any) -> None:
    current = create()["CodeSha256"]

    with pytest.raises(ClientError) as error:
        client.publish_version(FunctionName="greet", CodeSha256="other")

    text = (
        f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({current}). "
        "Please try again with the CodeSHA256 in $LATEST."
    )
    assert refusal(error) == ("InvalidParameterValueException", text, 400)
    assert client.publish_version(FunctionName="greet", CodeSha256=current)["Version"] == "1"


def test_another_revision_is_refused(client: Any, create: Any) -> None:
    create()

    with pytest.raises(ClientError) as error:
        client.publish_version(FunctionName="greet", RevisionId="other")

    assert refusal(error)[0::2] == ("PreconditionFailedException", 412)


@pytest.mark.parametrize("qualifier", ["7", "nobody", "99999999999999999999"])
def test_a_missing_version_is_not_found(client: Any, create: Any, qualifier: str) -> None:
    arn = create()["FunctionArn"]

    with pytest.raises(ClientError) as error:
        client.get_function(FunctionName="greet", Qualifier=qualifier)

    text = f"Function not found: {arn}:{qualifier}"
    assert refusal(error) == ("ResourceNotFoundException", text, 404)


def test_versions_come_in_pages(client: Any, create: Any) -> None:
    create(Publish=True)
    for number in range(2, 6):
        changed(client, f"x = {number}\n", Publish=True)

    pages = client.get_paginator("list_versions_by_function").paginate(
        FunctionName="greet", PaginationConfig={"PageSize": 2}
    )

    assert [[one["Version"] for one in page["Versions"]] for page in pages] == [
        ["$LATEST", "1"],
        ["2", "3"],
        ["4", "5"],
    ]


def test_all_versions_of_all_functions_are_listed(client: Any, create: Any) -> None:
    create("b", Publish=True)
    create("a", Publish=True)

    pages = client.get_paginator("list_functions").paginate(
        FunctionVersion="ALL", PaginationConfig={"PageSize": 3}
    )

    arns = [
        one["FunctionArn"].rpartition("function:")[2] for page in pages for one in page["Functions"]
    ]
    assert arns == ["a:$LATEST", "a:1", "b:$LATEST", "b:1"]


def test_a_deleted_version_leaves_the_others_and_its_number(client: Any, create: Any) -> None:
    create(Publish=True)
    changed(client, "x = 2\n", Publish=True)

    client.delete_function(FunctionName="greet", Qualifier="2")
    client.delete_function(FunctionName="greet", Qualifier="2")

    assert numbers(client) == ["$LATEST", "1"]
    assert client.publish_version(FunctionName="greet")["Version"] == "3"


def test_numbers_go_on_after_the_function_was_made_anew(client: Any, create: Any) -> None:
    create(Publish=True)

    client.delete_function(FunctionName="greet")

    assert create(Publish=True)["Version"] == "2"


def test_the_code_of_a_version_stays_while_it_is_needed(client: Any, create: Any) -> None:
    create(Publish=True)
    changed(client, "x = 2\n")

    location = client.get_function(FunctionName="greet:1")["Code"]["Location"]

    with urllib.request.urlopen(location, timeout=300) as answer:  # noqa: S310
        assert answer.read() == package()
