"""CloudWatch Logs as boto3 and the AWS CLI see it."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError

GROUP, STREAM = "/aws/lambda/orders", "2026/01/01/[$LATEST]abc"


@pytest.fixture
def logs(gateway, account):
    return gateway.client("logs", account)


@pytest.fixture
def now():
    return int(time.time() * 1000)


def prepare(logs):
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)


def put(logs, *events):
    return logs.put_log_events(
        logGroupName=GROUP,
        logStreamName=STREAM,
        logEvents=[{"timestamp": at, "message": message} for at, message in events],
    )


def messages(answer):
    return [event["message"] for event in answer["events"]]


def refusal(call, **params):
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer = refused.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, answer["Error"]["Code"], answer["Error"]["Message"]


def test_events_are_written_and_read_in_both_directions(logs, now):
    prepare(logs)
    put(logs, *[(now + at, str(at)) for at in range(5)])
    where = {"logGroupName": GROUP, "logStreamName": STREAM, "limit": 2}

    newest = logs.get_log_events(**where)
    older = logs.get_log_events(**where, nextToken=newest["nextBackwardToken"])
    first = logs.get_log_events(**where, startFromHead=True)
    end = logs.get_log_events(**where, nextToken=newest["nextForwardToken"])

    assert messages(newest) == ["3", "4"]
    assert messages(older) == ["1", "2"]
    assert messages(first) == ["0", "1"]
    assert messages(end) == []
    assert end["nextForwardToken"] == newest["nextForwardToken"]
    assert newest["events"][0]["timestamp"] == now + 3
    assert newest["nextForwardToken"].startswith("f/")


def test_events_are_found_by_their_words(logs, now):
    prepare(logs)
    put(logs, (now, "[ERROR] no stock"), (now + 1, "[INFO] fine"), (now + 2, "[ERROR] no money"))

    found = logs.filter_log_events(logGroupName=GROUP, filterPattern='ERROR -"no money"')

    assert messages(found) == ["[ERROR] no stock"]
    assert found["events"][0]["logStreamName"] == STREAM
    assert len(found["events"][0]["eventId"]) == 56
    assert found["searchedLogStreams"] == []
    paginator = logs.get_paginator("filter_log_events")
    pages = paginator.paginate(logGroupName=GROUP, PaginationConfig={"PageSize": 1})
    assert [message for page in pages for message in messages(page)] == [
        "[ERROR] no stock",
        "[INFO] fine",
        "[ERROR] no money",
    ]


def test_a_search_includes_its_end_time(logs, now):
    prepare(logs)
    put(logs, (now, "a"), (now + 1, "b"), (now + 2, "c"))

    found = logs.filter_log_events(logGroupName=GROUP, startTime=now + 1, endTime=now + 2)

    assert messages(found) == ["b", "c"]


def test_properties_fields_and_expressions_are_searched(logs, now):
    prepare(logs)
    put(logs, (now, '{"level": "ERROR", "n": 7}'), (now, '{"level": "INFO"}'), (now, "GET /a 404"))

    def found(pattern):
        return messages(logs.filter_log_events(logGroupName=GROUP, filterPattern=pattern))

    assert found('{ $.level = "ERROR" && $.n > 5 }') == ['{"level": "ERROR", "n": 7}']
    assert found("[method, path, status = 4*]") == ["GET /a 404"]
    assert found("%4[0-9]{2}%") == ["GET /a 404"]
    status, code, message = refusal(
        logs.filter_log_events, logGroupName=GROUP, filterPattern="{ $.level = }"
    )
    assert (status, code) == (400, "InvalidParameterException")
    assert message == "Invalid filter pattern: it ends too early"


def test_a_group_knows_its_bytes(logs, now):
    prepare(logs)
    put(logs, (now, "12345"), (now, "ü"))

    described = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]

    assert described["storedBytes"] == 5 + 2 + 2 * 26


def test_the_tags_of_aws_are_not_ours_to_give(logs, account):
    refused = (
        400,
        "InvalidParameterException",
        "aws: prefixed tag key names are not allowed for external use.",
    )

    assert refusal(logs.create_log_group, logGroupName=GROUP, tags={"aws:x": "1"}) == refused
    logs.create_log_group(logGroupName=GROUP)
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{GROUP}"
    assert refusal(logs.tag_resource, resourceArn=arn, tags={"AWS:x": "1"}) == refused
    assert refusal(logs.tag_log_group, logGroupName=GROUP, tags={"aws:x": "1"}) == refused


def test_tags_of_a_group(logs, account):
    logs.create_log_group(logGroupName=GROUP, tags={"team": "a"})
    arn = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]["logGroupArn"]

    logs.tag_resource(resourceArn=arn, tags={"cost": "b"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "a", "cost": "b"}
    logs.untag_resource(resourceArn=arn, tagKeys=["team"])
    logs.tag_log_group(logGroupName=GROUP, tags={"x": "y"})
    logs.untag_log_group(logGroupName=GROUP, tags=["cost"])
    assert logs.list_tags_log_group(logGroupName=GROUP)["tags"] == {"x": "y"}
    missing = arn.replace(GROUP, "nothing")
    assert refusal(logs.list_tags_for_resource, resourceArn=missing)[1] == (
        "ResourceNotFoundException"
    )


def test_what_is_not_here_is_refused_cleanly(logs):
    prepare(logs)
    for call, params in (
        (logs.put_subscription_filter, {"filterName": "f", "filterPattern": "",
                                        "logGroupName": GROUP, "destinationArn": "arn:x"}),
        (logs.start_query, {"logGroupName": GROUP, "startTime": 0, "endTime": 1,
                            "queryString": "fields @message"}),
    ):  # fmt: skip
        status, code, message = refusal(call, **params)
        assert (status, code) == (400, "UnknownOperationException")
        assert message.startswith("Shardlight does not offer logs:")


def test_streams_are_described(logs, now, account):
    prepare(logs)
    put(logs, (now, "x"))

    (stream,) = logs.describe_log_streams(
        logGroupName=GROUP, orderBy="LastEventTime", descending=True
    )["logStreams"]

    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{GROUP}"
    assert stream["arn"] == f"{arn}:log-stream:{STREAM}"
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (now, now)
    by_arn = logs.describe_log_streams(logGroupIdentifier=arn)["logStreams"]
    assert [one["logStreamName"] for one in by_arn] == [STREAM]


def test_groups_are_described_with_their_retention(logs, account):
    prepare(logs)
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=7)

    (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]

    assert group["retentionInDays"] == 7
    assert group["arn"] == f"arn:aws:logs:us-east-1:{account}:log-group:{GROUP}:*"
    logs.delete_retention_policy(logGroupName=GROUP)
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]


def test_what_is_missing_or_there_already_is_said_in_the_words_of_aws(logs, now):
    missing = (400, "ResourceNotFoundException", "The specified log group does not exist.")
    assert refusal(logs.describe_log_streams, logGroupName=GROUP) == missing
    assert refusal(logs.delete_log_group, logGroupName=GROUP) == missing

    prepare(logs)

    assert refusal(logs.create_log_group, logGroupName=GROUP) == (
        400,
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    assert refusal(logs.get_log_events, logGroupName=GROUP, logStreamName="x") == (
        400,
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )


def test_events_too_old_are_reported(logs, now):
    prepare(logs)

    answer = put(logs, (now - 15 * 86_400_000, "old"))

    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}


def test_what_has_no_effect_is_refused(logs):
    status, _, message = refusal(logs.create_log_group, logGroupName="g", kmsKeyId="k")

    assert status == 400
    assert "kmsKeyId" in message


def test_deleting_a_stream_leaves_the_group(logs):
    prepare(logs)
    logs.delete_log_stream(logGroupName=GROUP, logStreamName=STREAM)

    assert logs.describe_log_streams(logGroupName=GROUP)["logStreams"] == []


def test_deleting_a_group_takes_its_events_along(logs, now):
    prepare(logs)
    put(logs, (now, "x"))

    logs.delete_log_group(logGroupName=GROUP)

    assert logs.describe_log_groups()["logGroups"] == []
    prepare(logs)
    assert messages(logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)) == []


def test_another_account_or_region_sees_no_logs_and_no_tokens(gateway, logs, account, now):
    prepare(logs)
    put(logs, (now, "secret"), (now + 1, "secret"))
    where = {"logGroupName": GROUP, "logStreamName": STREAM}
    page = logs.get_log_events(**where, limit=1)
    search = logs.filter_log_events(logGroupName=GROUP, limit=1)
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{GROUP}"
    strangers = (
        gateway.client("logs", str(int(account) + 500_000)),
        gateway.client("logs", account, "eu-west-1"),
    )

    for stranger in strangers:
        assert stranger.describe_log_groups()["logGroups"] == []
        for call, params in (
            (stranger.get_log_events, where),
            (stranger.delete_log_stream, where),
            (stranger.create_log_stream, where),
            (stranger.delete_log_group, {"logGroupName": GROUP}),
            (stranger.describe_log_streams, {"logGroupIdentifier": arn}),
            (stranger.filter_log_events, {"logGroupIdentifier": arn}),
            (stranger.filter_log_events, {"logGroupName": GROUP}),
            (stranger.put_retention_policy, {"logGroupName": GROUP, "retentionInDays": 1}),
            (stranger.delete_retention_policy, {"logGroupName": GROUP}),
            (
                stranger.put_log_events,
                where | {"logEvents": [{"timestamp": now, "message": "x"}]},
            ),
        ):
            assert refusal(call, **params) == (
                400,
                "ResourceNotFoundException",
                "The specified log group does not exist.",
            )
        prepare(stranger)
        for token in (page["nextForwardToken"], page["nextBackwardToken"]):
            assert refusal(stranger.get_log_events, **where, nextToken=token)[1:] == (
                "InvalidParameterException",
                "The specified nextToken is invalid.",
            )
        assert (
            refusal(stranger.filter_log_events, logGroupName=GROUP, nextToken=search["nextToken"])[
                1
            ]
            == "InvalidParameterException"
        )


def test_the_aws_cli_reads_events(gateway, logs, account, now):
    prepare(logs)
    put(logs, (now, "hello"))

    answer = gateway.cli(
        "logs",
        "get-log-events",
        f"--log-group-name={GROUP}",
        f"--log-stream-name={STREAM}",
        account=account,
    )

    assert messages(answer) == ["hello"]


def test_names_that_are_too_long_have_words_of_their_own(logs):
    text = "Invalid LogGroup or LogStream, both must have length less than or equal to 512."

    long = "x" * 513
    assert refusal(logs.create_log_group, logGroupName=long) == (
        400,
        "InvalidParameterException",
        text,
    )
    assert refusal(logs.create_log_stream, logGroupName=GROUP, logStreamName=long)[2] == text


def test_an_identifier_that_ends_in_a_star_is_refused_without_being_shown(logs, account):
    prepare(logs)
    arn = logs.describe_log_groups()["logGroups"][0]["arn"]

    answer = refusal(logs.describe_log_streams, logGroupIdentifier=arn)

    assert answer == (
        400,
        "InvalidParameterException",
        "1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w#+=/:,.@-]*",
    )


def test_a_group_name_of_other_characters_is_refused_without_being_shown(logs):
    assert refusal(logs.create_log_group, logGroupName="C:/lambda/f") == (
        400,
        "InvalidParameterException",
        "1 validation error detected: Value at 'logGroupName' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
    )


def test_every_batch_answers_with_a_token(logs, now):
    prepare(logs)

    first, second = put(logs, (now, "a")), put(logs, (now, "b"))

    assert first["nextSequenceToken"].isdigit()
    assert first["nextSequenceToken"] < second["nextSequenceToken"]


def test_groups_found_by_a_pattern_do_not_say_what_they_hold(logs):
    prepare(logs)

    by_prefix = logs.describe_log_groups(logGroupNamePrefix="/aws")["logGroups"][0]
    by_pattern = logs.describe_log_groups(logGroupNamePattern="orders")["logGroups"][0]

    assert by_prefix["storedBytes"] == 0
    assert by_prefix["deletionProtectionEnabled"] is False
    assert set(by_prefix) - set(by_pattern) == {"storedBytes", "deletionProtectionEnabled"}


def test_what_is_switched_off_asks_for_nothing(logs, now):
    logs.create_log_group(logGroupName=GROUP, deletionProtectionEnabled=False)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    put(logs, (now, "a"))

    found = logs.describe_log_groups(includeLinkedAccounts=False, logGroupClass="STANDARD")
    assert [one["logGroupName"] for one in found["logGroups"]] == [GROUP]
    assert messages(logs.filter_log_events(logGroupName=GROUP, unmask=False)) == ["a"]
    where = {"logGroupName": GROUP, "logStreamName": STREAM}
    assert messages(logs.get_log_events(**where, unmask=False)) == ["a"]
    assert refusal(logs.get_log_events, **where, unmask=True) == (
        400,
        "InvalidParameterException",
        "Shardlight does not offer the parameter unmask of GetLogEvents yet.",
    )
    assert refusal(logs.create_log_group, logGroupName="b", deletionProtectionEnabled=True)[1] == (
        "InvalidParameterException"
    )
