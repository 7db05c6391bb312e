"""Versions and aliases of functions."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_GUIDE = "Lambda developer guide"
_VERSIONS = "tests/wire/test_lambda_versions.py::"
_ALIASES = "tests/wire/test_lambda_aliases.py::"

CHAPTER = Chapter(
    "Versions and aliases",
    (
        Fact(
            "PublishVersion of unchanged code and configuration answers the last version.",
            f'{_GUIDE}, "Manage Lambda function versions"; {_API}',
            VERIFIED,
            f"{_VERSIONS}test_unchanged_code_is_published_once",
        ),
        Fact(
            "A CodeSha256 other than $LATEST's answers InvalidParameterValueException `CodeSHA256 (X) is different from current CodeSHA256 in $LATEST (Y). Please try again with the CodeSHA256 in $LATEST.`",
            _API,
            VERIFIED,
            f"{_VERSIONS}test_another_code_hash_is_refused",
        ),
        Fact(
            "Publishing gives $LATEST another RevisionId.",
            _API,
            VERIFIED,
            f"{_VERSIONS}test_publishing_changes_the_revision_of_latest",
        ),
        Fact(
            "Version numbers are never used again, not even after the function was deleted and made anew.",
            f'{_GUIDE}, "Manage Lambda function versions"',
            DOCUMENTED,
            f"{_VERSIONS}test_numbers_go_on_after_the_function_was_made_anew",
        ),
        Fact(
            "A version's LastModified is that of $LATEST when it was published.",
            "LocalStack's model of versions",
            GUESSED,
        ),
        Fact(
            "DeleteFunction of a version that aliases lead to answers ResourceConflictException `Unable to delete version because the following aliases reference it: [NAMES]`; of an alias `Deletion of aliases is not currently supported.`; of a missing version 204.",
            "measured on AWS, floci-io/floci#2824, August 2026; zappa/Zappa#960",
            VERIFIED,
            f"{_ALIASES}test_a_version_stays_while_an_alias_leads_to_it",
        ),
        Fact(
            "GetFunction with an alias shows the alias in FunctionArn and the number in Version.",
            _API,
            VERIFIED,
            f"{_ALIASES}test_a_function_is_found_by_its_alias",
        ),
        Fact(
            "A missing alias answers `Cannot find alias arn: ARN` to GetAlias and `Alias not found: ARN` to UpdateAlias; DeleteAlias passes.",
            _API,
            VERIFIED,
            f"{_ALIASES}test_missing_aliases_have_words_of_their_own",
        ),
        Fact(
            "An alias leads to at most two versions, never to $LATEST and another; broken weights have the recorded words.",
            _API,
            VERIFIED,
            f"{_ALIASES}test_broken_weights_are_refused",
        ),
        Fact(
            "Each call of an alias with weights draws its version by itself.",
            f'{_GUIDE}, "Implement Lambda canary deployments using a weighted alias"',
            DOCUMENTED,
            "tests/wire/test_lambda_qualifiers.py::test_an_alias_with_weights_runs_both",
        ),
        Fact(
            "Metrics of an alias are also kept by ExecutedVersion.",
            f'{_GUIDE}, "Types of metrics for Lambda functions"',
            DOCUMENTED,
            "tests/wire/test_lambda_qualifiers.py::test_executions_of_an_alias_are_counted_by_version",
        ),
        Fact(
            "Re-pointing an alias changes the code that its event source mappings run at once.",
            "captures of AWS published in radkawar/stackd, September 2026",
            VERIFIED,
            "tests/journeys/test_qualified_functions.py::test_re_pointing_an_alias_changes_the_code_of_its_mapping",
        ),
        Fact(
            "A failure record of a mapping names the alias in functionArn and the version that ran in executedVersion.",
            "captures of AWS published in radkawar/stackd, September 2026",
            VERIFIED,
            "tests/journeys/test_qualified_functions.py::test_a_failure_record_names_the_version_that_ran",
        ),
    ),
)
