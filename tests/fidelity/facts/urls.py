"""Function URLs: their configuration, and HTTP into an event and back."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, VERIFIED, Chapter, Fact

_API = "recorded from AWS, LocalStack snapshot test_lambda_api, November 2023"
_GUIDE = "Lambda developer guide"
_WIRE = "tests/wire/test_lambda_urls.py::"
_PURE = "tests/invocations/test_url_events.py::"

CHAPTER = Chapter(
    "Function URLs",
    (
        Fact(
            "CreateFunctionUrlConfig answers without InvokeMode, GetFunctionUrlConfig with InvokeMode and LastModifiedTime; a second one is a ResourceConflictException.",
            _API,
            VERIFIED,
            f"{_WIRE}test_an_address_is_made_shown_changed_listed_and_deleted",
        ),
        Fact(
            "Creating and updating for what is missing says `Function does not exist`, the others `The resource you requested does not exist.`",
            _API,
            VERIFIED,
            f"{_WIRE}test_addresses_of_what_is_missing_have_awss_words",
        ),
        Fact(
            "Only functions and aliases have URLs; a version is refused by the qualifier's pattern.",
            _API,
            VERIFIED,
            f"{_WIRE}test_only_aliases_have_addresses_of_their_own",
        ),
        Fact(
            "The event has payload format 2.0; a result with statusCode is shown as it says, any other is the body of a 200 with application/json, a text without its quotes.",
            f'{_GUIDE}, "Invoking Lambda function URLs"; recorded from AWS, LocalStack snapshot test_lambda, April 2024',
            VERIFIED,
            f"{_PURE}test_a_result_is_shown_as_it_says",
        ),
        Fact(
            "The header x-amzn-RequestId of an answer is the invocation's request ID; the event has a header x-amzn-trace-id.",
            "recorded from AWS, LocalStack snapshot test_lambda, April and July 2024",
            VERIFIED,
            f"{_WIRE}test_a_visit_its_event_and_its_invocation_have_one_id_and_one_trace",
            ours="no headers of TLS",
        ),
        Fact(
            "With AuthType NONE the resource policy must let everybody in; with AWS_IAM the caller signs for the service lambda. All others are 403 `Forbidden…`.",
            f'{_GUIDE}, "Control access to Lambda function URLs"',
            DOCUMENTED,
            f"{_WIRE}test_an_open_address_needs_a_policy",
        ),
        Fact(
            "A visitor needs lambda:InvokeFunctionUrl and lambda:InvokeFunction; a statement with InvokedViaFunctionUrl lets in by the URL only.",
            f'{_GUIDE}, "Control access to Lambda function URLs", since October 2025',
            DOCUMENTED,
            f"{_WIRE}test_an_open_address_needs_a_statement_for_each_of_two_actions",
        ),
        Fact(
            "A function that fails, or whose result makes no answer, is 502 `Internal Server Error`; too many visits are 429.",
            f'{_GUIDE}, "Monitoring Lambda function URLs"',
            DOCUMENTED,
            f"{_WIRE}test_a_throttled_visit_is_told",
        ),
        Fact(
            "The URL is https://KEY.lambda-url.REGION.on.aws/.",
            f'{_GUIDE}, "Creating and managing Lambda function URLs"',
            DOCUMENTED,
            f"{_WIRE}test_a_visit_runs_the_function",
            ours="the gateway's own address, the path /_shardlight/url/KEY/, plain HTTP.",
        ),
        Fact(
            'A URL that does not exist answers 403 `{"Message":null}` with x-amzn-ErrorType AccessDeniedException.',
            "LocalStack's test_lambda_url_non_existing_url, which was run against AWS",
            VERIFIED,
            f"{_WIRE}test_an_address_that_leads_nowhere_lets_nobody_in",
        ),
    ),
)
