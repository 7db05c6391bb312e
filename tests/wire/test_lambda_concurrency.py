"""Reserved and provisioned concurrency through unmodified boto3: what may be reserved, and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.test_lambda_functions import client, create, refusal, role

__all__ = ["client", "create", "role"]


def reserve(client: Any, many: int, name: str = "greet") -> int:
    answer = client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=many)
    return int(answer["ReservedConcurrentExecutions"])


def left(client: Any) -> int:
    return int(client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"])


def test_a_reserve_is_taken_from_the_account_and_given_back(client: Any, create: Any) -> None:
    create()

    reserved = reserve(client, 250)
    shown = client.get_function_concurrency(FunctionName="greet")
    described = client.get_function(FunctionName="greet")["Concurrency"]
    during = left(client)
    client.delete_function_concurrency(FunctionName="greet")

    assert reserved == 250
    assert shown["ReservedConcurrentExecutions"] == 250
    assert described == {"ReservedConcurrentExecutions": 250}
    assert (during, left(client)) == (750, 1000)
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(
        FunctionName="greet"
    )
    assert "Concurrency" not in client.get_function(FunctionName="greet")


def test_a_reserve_may_be_nothing(client: Any, create: Any) -> None:
    create()

    assert reserve(client, 0) == 0
    assert (
        client.get_function_concurrency(FunctionName="greet")["ReservedConcurrentExecutions"] == 0
    )


def test_a_hundred_stay_for_the_others(client: Any, create: Any) -> None:
    create()
    create("other")
    reserve(client, 800)

    with pytest.raises(ClientError) as error:
        reserve(client, 101, "other")

    text = (
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100]."
    )
    assert refusal(error) == ("InvalidParameterValueException", text, 400)
    assert "Type" not in error.value.response
    assert reserve(client, 900) == 900


def test_only_whole_functions_have_a_reserve(client: Any, create: Any) -> None:
    create(Publish=True)

    with pytest.raises(ClientError) as error:
        reserve(client, 1, "greet:1")

    code, text, status = refusal(error)
    assert (code, status) == ("InvalidParameterValueException", 400)
    assert text.startswith("This operation is permitted on Lambda functions only.")


def test_a_missing_function_has_none(client: Any, account: str) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: reserve(client, 1, "nobody"),
        lambda: client.get_function_concurrency(FunctionName="nobody"),
        lambda: client.delete_function_concurrency(FunctionName="nobody"),
        lambda: client.list_provisioned_concurrency_configs(FunctionName="nobody"),
    ]

    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error)[0::2] == ("ResourceNotFoundException", 404)
    with pytest.raises(ClientError) as error:
        reserve(client, 1, "nobody")
    arn = f"arn:aws:lambda:us-east-1:{account}:function:nobody:$LATEST"
    assert refusal(error)[1] == f"Function not found: {arn}"


def provision(client: Any, qualifier: str, many: int = 1) -> Any:
    answer = client.put_provisioned_concurrency_config(
        FunctionName="greet", Qualifier=qualifier, ProvisionedConcurrentExecutions=many
    )
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def provisioned(client: Any, qualifier: str) -> Any:
    return client.get_provisioned_concurrency_config(FunctionName="greet", Qualifier=qualifier)


def test_places_are_wanted_for_a_version(client: Any, create: Any) -> None:
    arn = create(Publish=True)["FunctionArn"]
    before = client.get_function_configuration(FunctionName="greet", Qualifier="1")

    put = client.put_provisioned_concurrency_config(
        FunctionName="greet", Qualifier="1", ProvisionedConcurrentExecutions=3
    )
    after = client.get_function_configuration(FunctionName="greet", Qualifier="1")
    listed = client.list_provisioned_concurrency_configs(FunctionName="greet")

    assert put["ResponseMetadata"]["HTTPStatusCode"] == 202
    figures = {
        "AllocatedProvisionedConcurrentExecutions": 0,
        "AvailableProvisionedConcurrentExecutions": 0,
        "RequestedProvisionedConcurrentExecutions": 3,
        "Status": "IN_PROGRESS",
        "LastModified": put["LastModified"],
    }
    assert {key: put[key] for key in figures} == figures
    assert "StatusReason" not in put
    assert put["LastModified"].endswith("+0000")
    assert listed["ProvisionedConcurrencyConfigs"] == [{"FunctionArn": f"{arn}:1", **figures}]
    assert before["RevisionId"] != after["RevisionId"]
    assert left(client) == 997


def test_places_that_are_not_wanted_are_not_found(client: Any, create: Any) -> None:
    create(Publish=True)
    provision(client, "1")

    client.delete_provisioned_concurrency_config(FunctionName="greet", Qualifier="1")
    client.delete_provisioned_concurrency_config(FunctionName="greet", Qualifier="1")
    with pytest.raises(ClientError) as error:
        provisioned(client, "1")

    listed = client.list_provisioned_concurrency_configs(FunctionName="greet")
    assert listed["ProvisionedConcurrencyConfigs"] == []
    assert refusal(error) == (
        "ProvisionedConcurrencyConfigNotFoundException",
        "No Provisioned Concurrency Config found for this function",
        404,
    )


def test_a_version_is_provisioned_once(client: Any, create: Any) -> None:
    create(Publish=True)
    client.create_alias(FunctionName="greet", Name="live", FunctionVersion="1")
    provision(client, "1")

    with pytest.raises(ClientError) as by_alias:
        provision(client, "live")
    client.delete_provisioned_concurrency_config(FunctionName="greet", Qualifier="1")
    provision(client, "live")
    with pytest.raises(ClientError) as by_number:
        provision(client, "1")
    client.delete_alias(FunctionName="greet", Name="live")
    with pytest.raises(ClientError) as gone:
        provisioned(client, "live")

    assert refusal(by_alias) == (
        "ResourceConflictException",
        "Alias can't be used for Provisioned Concurrency configuration on an already "
        "Provisioned version",
        409,
    )
    text = "Version is pointed by a Provisioned Concurrency alias"
    assert refusal(by_number) == ("ResourceConflictException", text, 409)
    assert refusal(gone)[1].startswith("Cannot find alias arn: arn:aws:lambda:")
    assert not client.list_provisioned_concurrency_configs(FunctionName="greet")[
        "ProvisionedConcurrencyConfigs"
    ]


def test_places_and_weights_exclude_each_other(client: Any, create: Any) -> None:
    create(Publish=True)
    client.update_function_configuration(FunctionName="greet", Timeout=9)
    client.publish_version(FunctionName="greet")
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    client.create_alias(
        FunctionName="greet", Name="live", FunctionVersion="1", RoutingConfig=weights
    )

    with pytest.raises(ClientError) as weighted:
        provision(client, "live")
    client.update_alias(FunctionName="greet", Name="live", RoutingConfig={})
    provision(client, "live")
    with pytest.raises(ClientError) as provisioned_first:
        client.update_alias(FunctionName="greet", Name="live", RoutingConfig=weights)

    assert refusal(weighted)[1] == (
        "Alias with weights can not be used with Provisioned Concurrency"
    )
    assert refusal(provisioned_first)[1] == (
        "Invalid alias configuration for Provisioned Concurrency"
    )


@pytest.mark.parametrize(
    ("name", "qualifier", "text"),
    [
        ("nobody", "live", "Cannot find alias arn: {arn}:nobody:live"),
        ("nobody", "1", "Function not found: {arn}:nobody:1"),
        ("greet", "live", "Cannot find alias arn: {arn}:greet:live"),
        ("greet", "10", "Function not found: {arn}:greet:10"),
    ],
)
def test_what_is_missing_cannot_be_provisioned(
    client: Any, create: Any, account: str, name: str, qualifier: str, text: str
) -> None:
    create(Publish=True)
    which = {"FunctionName": name, "Qualifier": qualifier}
    calls: list[Callable[[], Any]] = [
        lambda: client.get_provisioned_concurrency_config(**which),
        lambda: client.delete_provisioned_concurrency_config(**which),
        lambda: client.put_provisioned_concurrency_config(
            **which, ProvisionedConcurrentExecutions=1
        ),
    ]

    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        arn = f"arn:aws:lambda:us-east-1:{account}:function"
        assert refusal(error) == ("ResourceNotFoundException", text.format(arn=arn), 404)


def test_places_fit_into_the_reserve_or_what_is_left(client: Any, create: Any) -> None:
    create(Publish=True)

    with pytest.raises(ClientError) as beyond:
        provision(client, "1", 1001)
    with pytest.raises(ClientError) as too_many:
        provision(client, "1", 901)
    reserve(client, 5)
    with pytest.raises(ClientError) as over_reserve:
        provision(client, "1", 6)
    provision(client, "1", 5)
    with pytest.raises(ClientError) as under_places:
        reserve(client, 4)

    assert "Type" not in beyond.value.response
    assert "Type" not in too_many.value.response
    assert "Type" not in under_places.value.response
    assert over_reserve.value.response["Type"] == "User"
    assert refusal(beyond)[1] == (
        "Specified ConcurrentExecutions for function is greater than account's unreserved "
        "concurrency [1000]."
    )
    assert refusal(too_many)[1] == (
        "Specified ConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100]."
    )
    assert refusal(over_reserve)[1] == (
        "Requested Provisioned Concurrency should not be greater than the "
        "reservedConcurrentExecution for function"
    )
    assert refusal(under_places)[1] == (
        " ReservedConcurrentExecutions  4 should not be lower than function's total provisioned "
        "concurrency [5]."
    )
    assert left(client) == 995


def test_latest_is_never_provisioned(client: Any, create: Any) -> None:
    create()

    with pytest.raises(ClientError) as error:
        client.put_provisioned_concurrency_config(
            FunctionName="greet", Qualifier="$LATEST", ProvisionedConcurrentExecutions=1
        )

    text = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    assert refusal(error) == ("InvalidParameterValueException", text, 400)
