"""Asynchronous invocations: retries, ages, destinations."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_RECORDS = "recorded from AWS, LocalStack snapshot test_lambda_destinations"
_GUIDE = "Lambda developer guide"
_RETRIES = f'{_GUIDE}, "How Lambda handles errors and retries with asynchronous invocation"'
_RETAIN = f'{_GUIDE}, "Capturing records of Lambda asynchronous invocations"'
_CONFIGS = "tests/wire/test_lambda_event_configs.py::"
_EVENTS = "tests/wire/test_lambda_events.py::"
_RULES = "tests/invocations/test_event_rules.py::"

CHAPTER = Chapter(
    "Asynchronous invocations",
    (
        Fact(
            "A function error is retried after one and two minutes, MaximumRetryAttempts times (0 to 2, 2 by default).",
            _RETRIES,
            DOCUMENTED,
            f"{_RULES}test_an_event_is_retried_until_its_rules_say_no",
            ours="`SHARDLIGHT_ASYNC_RETRY` changes the first wait, 60 seconds by default.",
        ),
        Fact(
            "An event older than MaximumEventAgeInSeconds (60 to 21,600, the latter by default) is discarded with the condition EventAgeExceeded.",
            f"{_RETRIES}; {_RETAIN}",
            DOCUMENTED,
            f"{_RULES}test_an_event_grows_too_old",
        ),
        Fact(
            "The record of an event has version, timestamp, requestContext, requestPayload, responseContext and responsePayload; its functionArn always has a qualifier.",
            _RECORDS,
            VERIFIED,
            f"{_RULES}test_a_failed_event_is_recorded_with_awss_keys_in_awss_order",
        ),
        Fact(
            "With a reserve of 0 an event ends at once with the condition ZeroReservedConcurrency, approximateInvokeCount 0 and no responseContext.",
            _RECORDS,
            VERIFIED,
            f"{_EVENTS}test_without_a_reserve_an_event_ends_at_once",
        ),
        Fact(
            "The record of an event that grew too old has no responseContext.",
            "as that of one without a reserve",
            GUESSED,
            f"{_RULES}test_an_event_that_never_ran_has_no_response",
        ),
        Fact(
            "A dead-letter message is the bare event with the attributes RequestID, ErrorCode (Number, 200 after a function error) and ErrorMessage (the first 1 KB).",
            f"{_RETAIN}; {_RECORDS}",
            VERIFIED,
            f"{_EVENTS}test_a_dead_letter_is_the_bare_event",
        ),
        Fact(
            "The ErrorCode of a dead letter that never ran is 429.",
            "the status of a throttled call",
            GUESSED,
        ),
        Fact(
            "Records go to queues, topics and functions, failures also to buckets, as aws/lambda/async/FUNCTION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID.",
            _RETAIN,
            DOCUMENTED,
            f"{_EVENTS}test_a_topic_and_a_bucket_and_a_function_are_told",
        ),
        Fact(
            "Records go to event buses.",
            _RETAIN,
            DOCUMENTED,
            ours="EventBridge is not offered; such a destination is refused.",
        ),
        Fact(
            "What cannot be delivered, for want of permission or to a FIFO queue, counts in DestinationDeliveryFailures or DeadLetterErrors and is dropped.",
            _RETAIN,
            DOCUMENTED,
            f"{_EVENTS}test_what_cannot_be_delivered_is_counted",
        ),
        Fact(
            "Put clears the settings that are left out, Update keeps them; without settings all but Put answer `The function ARN doesn't have an EventInvokeConfig`.",
            _API,
            VERIFIED,
            f"{_CONFIGS}test_settings_that_are_not_there_are_told_so",
        ),
        Fact(
            "A function may not be its own destination; other kinds answer `The provided destination config DestinationConfig(…) is invalid.`",
            _API,
            VERIFIED,
            f"{_CONFIGS}test_a_destination_is_refused",
        ),
        Fact(
            "A destination that the role may not send to answers `The function's execution role does not have permissions to call ACTION on ARN`; a missing one `The destination ARN ARN is invalid.`",
            "AWS's answers pasted in public (serverless/serverless#7507 and #10799; a queue without permission, in an exam question)",
            VERIFIED,
            f"{_CONFIGS}test_a_destination_is_refused",
        ),
        Fact(
            "A FIFO queue as a destination answers as a missing one.",
            "stackd's model of its captures; that it is refused with InvalidParameterValueException, aws/aws-cdk#13793",
            GUESSED,
            f"{_CONFIGS}test_a_destination_is_refused",
        ),
        Fact(
            "A FIFO queue as a dead-letter queue is refused: `Invalid dead letter queue ARN: FIFO SQS queue is not supported for dead letter configuration`; an ARN of another service `Invalid dead letter queue ARN: The service specified by the TargetArn is not supported for dead letter configuration.`",
            "AWS's answers pasted in public repositories (Terraform's output; the rules of cdk-preflight)",
            VERIFIED,
            f"{_CONFIGS}test_a_dead_letter_queue_of_another_kind_is_refused",
            ours="the words for a queue or topic that is missing are ours.",
        ),
        Fact(
            "A dead-letter queue that the role may not send to answers `The provided execution role does not have permissions to call SendMessage on SQS`.",
            "AWS's answers pasted in public issues (elastic/beats#13963)",
            VERIFIED,
            f"{_CONFIGS}test_a_dead_letter_queue_needs_a_role_that_may_send",
        ),
    ),
)
