"""What an account may have at most and where it calls, as the services tell it."""

from __future__ import annotations

from urllib.parse import urlsplit


def test_lambda_tells_an_accounts_concurrency(gateway, account):
    limits = gateway.client("lambda", account).get_account_settings()["AccountLimit"]

    assert limits["ConcurrentExecutions"] == 1000
    assert limits["UnreservedConcurrentExecutions"] == 1000


def test_dynamodb_tells_its_throughput(gateway, account):
    limits = gateway.client("dynamodb", account).describe_limits()

    assert set(limits) - {"ResponseMetadata"} == {
        "AccountMaxReadCapacityUnits",
        "AccountMaxWriteCapacityUnits",
        "TableMaxReadCapacityUnits",
        "TableMaxWriteCapacityUnits",
    }


def test_dynamodb_names_the_gateway_as_its_endpoint(gateway, account):
    endpoint = gateway.client("dynamodb", account).describe_endpoints()["Endpoints"][0]

    assert endpoint == {"Address": urlsplit(gateway.url).netloc, "CachePeriodInMinutes": 1440}
