"""How many invocations run at once, and what becomes of the others."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_FN = "recorded from AWS, LocalStack snapshot test_lambda, November 2025"
_GUIDE = "Lambda developer guide"
_WIRE = "tests/wire/test_lambda_concurrency.py::"
_THROTTLES = "tests/wire/test_lambda_throttling.py::"

CHAPTER = Chapter(
    "Concurrency",
    (
        Fact(
            "An account has 1,000 concurrent executions in each region; reserves are taken from them, and 100 stay for functions without a reserve: `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].`",
            f'{_API}; {_GUIDE}, "Configuring reserved concurrency for a function"',
            VERIFIED,
            f"{_WIRE}test_a_hundred_stay_for_the_others",
        ),
        Fact(
            "A function beyond its reserve answers 429 TooManyRequestsException `Rate Exceeded.` with Reason ReservedFunctionConcurrentInvocationLimitExceeded.",
            _FN,
            VERIFIED,
            f"{_THROTTLES}test_a_throttled_call_has_awss_shape",
        ),
        Fact(
            "Functions without a reserve that together use up what is left answer 429 with Reason ConcurrentInvocationLimitExceeded.",
            "service model; the message is that of the reserve",
            GUESSED,
            "tests/invocations/test_admission.py::test_reserves_are_taken_from_what_the_others_share",
        ),
        Fact(
            "A 429 carries Retry-After.",
            "service model; its value was never seen",
            GUESSED,
            f"{_THROTTLES}test_a_throttled_call_has_awss_shape",
            ours="one second.",
        ),
        Fact(
            "Only whole functions have a reserve: `This operation is permitted on Lambda functions only. …`",
            _API,
            VERIFIED,
            f"{_WIRE}test_only_whole_functions_have_a_reserve",
        ),
        Fact(
            "An event that is throttled is tried again after 1 second, then ever later up to 5 minutes, for at most 6 hours.",
            f'{_GUIDE}, "How Lambda handles errors and retries with asynchronous invocation"',
            DOCUMENTED,
            "tests/invocations/test_admission.py::test_an_event_that_is_turned_away_waits_longer_each_time",
        ),
        Fact(
            "A throttled event source mapping spends no attempt and counts in Throttles.",
            f'{_GUIDE}, "Using Lambda to process records from Amazon DynamoDB Streams"',
            DOCUMENTED,
            "tests/journeys/test_throttled_mappings.py::test_throttles_cost_a_mapping_no_attempt",
        ),
        Fact(
            "LastProcessingResult of a throttled mapping is `PROBLEM: ` and the text of the 429.",
            "as that of a source that cannot be read",
            GUESSED,
            "tests/journeys/test_throttled_mappings.py::test_throttles_cost_a_mapping_no_attempt",
        ),
        Fact(
            "Provisioned concurrency goes from IN_PROGRESS to READY, or FAILED with FUNCTION_ERROR_INIT_FAILURE; the version gets another RevisionId.",
            f'{_API}; {_GUIDE}, "Configuring provisioned concurrency for a function"',
            VERIFIED,
            "tests/wire/test_lambda_provisioned.py::test_an_init_phase_that_fails_is_told",
        ),
        Fact(
            "A version is provisioned by its number or by one alias, not both: `Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version`, `Version is pointed by a Provisioned Concurrency alias`.",
            _API,
            VERIFIED,
            f"{_WIRE}test_a_version_is_provisioned_once",
        ),
        Fact(
            "Invocations by number and by alias both use what is provisioned for the version; it moves with the alias; $LATEST never uses it.",
            "LocalStack's tests that were validated against AWS, test_lambda_provisioned_concurrency_moves_with_alias",
            VERIFIED,
            "tests/wire/test_lambda_provisioned.py::test_places_go_with_the_alias",
        ),
        Fact(
            "A reserve that is wholly provisioned leaves nothing for $LATEST: 429.",
            "LocalStack's tests that were validated against AWS, test_reserved_provisioned_overlap",
            VERIFIED,
            "tests/wire/test_lambda_provisioned.py::test_a_reserve_that_is_wholly_provisioned_leaves_nothing_for_the_rest",
        ),
        Fact(
            "Weights and provisioned concurrency exclude each other: `Alias with weights can not be used with Provisioned Concurrency`, `Invalid alias configuration for Provisioned Concurrency`.",
            "reports of users of AWS",
            DOCUMENTED,
            f"{_WIRE}test_places_and_weights_exclude_each_other",
        ),
        Fact(
            "Provisioned concurrency fits into the function's reserve or what the account has left, and a reserve is never lower than it.",
            "LocalStack's words for PutProvisionedConcurrencyConfig and PutFunctionConcurrency",
            GUESSED,
            f"{_WIRE}test_places_fit_into_the_reserve_or_what_is_left",
        ),
    ),
)
