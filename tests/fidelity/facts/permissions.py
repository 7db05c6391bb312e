"""Resource policies of functions, and what functions never have here."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_API = "recorded from AWS, LocalStack snapshot test_lambda_api, December 2025"
_GUIDE = "Lambda developer guide"
_POLICIES = "tests/wire/test_lambda_policies.py::"
_ASIDES = "tests/wire/test_lambda_asides.py::"

CHAPTER = Chapter(
    "Policies of functions",
    (
        Fact(
            "A statement has Sid, Effect, Principal, Action, Resource and Condition; an account becomes its root user's ARN, SourceAccount and SourceArn conditions.",
            _API,
            VERIFIED,
            f"{_POLICIES}test_a_statement_is_written_as_aws_does",
        ),
        Fact(
            "Adding and removing a statement gives the function, version or alias another RevisionId.",
            _API,
            VERIFIED,
            f"{_POLICIES}test_versions_and_aliases_have_policies_of_their_own",
        ),
        Fact(
            "Taken statement ids, unknown principals, $LATEST and missing versions, aliases and statements have the recorded words.",
            _API,
            VERIFIED,
            f"{_POLICIES}test_broken_rules_have_awss_words",
        ),
        Fact(
            "A principal is an account, a service, or a user or role that exists; any other `was invalid`.",
            "AWS's answers pasted in public repositories",
            VERIFIED,
            f"{_POLICIES}test_principals_that_do_not_exist_are_refused",
        ),
        Fact(
            "A policy has at most 20,480 bytes; a statement too many is a PolicyLengthExceededException with both numbers.",
            "AWS's answers pasted in public repositories",
            VERIFIED,
            f"{_POLICIES}test_a_policy_has_at_most_20480_bytes",
        ),
        Fact(
            "FunctionUrlAuthType belongs to lambda:InvokeFunctionUrl only.",
            "AWS's answers pasted in public (terraform-aws-open-next#73)",
            VERIFIED,
            f"{_POLICIES}test_broken_rules_have_awss_words",
        ),
        Fact(
            "Another account may invoke a function whose policy lets it.",
            f'{_GUIDE}, "Granting Lambda function access to other accounts"',
            DOCUMENTED,
            f"{_POLICIES}test_another_account_calls_what_a_policy_lets_it",
            ours="only Invoke; other actions stay in the account.",
        ),
        Fact(
            "Another account that no policy lets in is answered AccessDeniedException.",
            f'{_GUIDE}, "Troubleshoot permissions"',
            GUESSED,
            f"{_POLICIES}test_another_account_calls_what_a_policy_lets_it",
            ours="the function is not found.",
        ),
        Fact(
            "Services of AWS need a statement to invoke a function.",
            f'{_GUIDE}, "Granting Lambda function access to AWS services"',
            DOCUMENTED,
            ours="SNS and destinations of the same account are not asked for one.",
        ),
        Fact(
            "Functions that call each other in a loop are stopped after about 16 rounds unless RecursiveLoop is Allow.",
            f'{_GUIDE}, "Use Lambda recursive loop detection to prevent infinite loops"',
            DOCUMENTED,
            f"{_ASIDES}test_a_function_has_nothing_of_what_is_not_offered",
            ours="never stopped; RecursiveLoop is Allow, and Terminate is refused.",
        ),
        Fact(
            "Function URLs, code signing and runtime update modes other than Auto exist.",
            _GUIDE,
            DOCUMENTED,
            f"{_ASIDES}test_other_settings_are_refused",
            ours="refused; asked about them, a function has none.",
        ),
    ),
)
