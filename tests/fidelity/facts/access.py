"""Who may call: keys, sessions, signatures, refusals."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, Chapter, Fact

_GUIDE = "IAM user guide"
_STS = "STS API reference"

CHAPTER = Chapter(
    "Users, sessions and permission to call",
    (
        Fact(
            "A key's id holds the number of its account: 40 of its first 48 bits, base32.",
            'Aidan Steele, "AWS Access Key ID formats" (2020); Tal Be\'ery, "A short note on AWS KEY ID" (2023)',
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_a_keys_id_holds_its_account",
        ),
        Fact(
            "A user has at most two access keys: LimitExceeded, `Cannot exceed quota for AccessKeysPerUser: 2`; a user with keys or policies cannot be deleted.",
            f'{_GUIDE}, "IAM and AWS STS quotas"; texts pasted in public issues',
            DOCUMENTED,
            "tests/wire/test_iam_users.py::test_keys_are_made_switched_off_and_deleted",
        ),
        Fact(
            "A key that is switched off or gone answers UnrecognizedClientException (JSON), InvalidClientTokenId (query) or InvalidAccessKeyId (S3): `The security token included in the request is invalid.`",
            f'{_GUIDE}, "Troubleshoot IAM"; texts pasted in public issues',
            DOCUMENTED,
            "tests/wire/test_iam_users.py::test_a_key_that_is_off_or_gone_is_unknown",
        ),
        Fact(
            "A wrong signature answers InvalidSignatureException or SignatureDoesNotMatch, one older than five minutes (S3: fifteen) is expired.",
            f'{_GUIDE}, "Troubleshoot AWS API request signatures"',
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_a_signature_is_valid_for_five_minutes",
        ),
        Fact(
            "An expired session answers ExpiredTokenException (query and S3: ExpiredToken): `The security token included in the request is expired`.",
            "texts pasted in public issues",
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_a_token_expires",
        ),
        Fact(
            "Keys belong to accounts, and every signature is verified.",
            f'{_GUIDE}, "AWS Signature Version 4"',
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_keys_of_others_are_taken_at_their_word",
            ours="keys that this installation did not give out are taken at their word; its own are verified.",
        ),
        Fact(
            "A refusal reads `User: ARN is not authorized to perform: ACTION on resource: ARN because no identity-based policy allows the ACTION action`, or ends `with an explicit deny in an identity-based policy`; SQS writes actions in lower case, S3 puts the resource in quotes.",
            f'{_GUIDE}, "Troubleshoot access denied error messages"; texts pasted in public issues',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_session_may_what_its_role_may",
        ),
        Fact(
            "Behind an explicit deny stands the policy's ARN, where AWS tells it.",
            "AWS announcement, January 2026",
            GUESSED,
            "tests/wire/test_sts.py::test_an_explicit_deny_names_its_statement",
            ours="the statement and the name of its policy.",
        ),
        Fact(
            "The policies of users decide what they may do.",
            f'{_GUIDE}, "Policy evaluation logic"',
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_a_user_is_bound_only_when_the_account_says_so",
            ours="only where the account or SHARDLIGHT_ENFORCE_POLICIES asks for it; sessions of roles are bound always.",
        ),
        Fact(
            "AssumeRole is decided by the role's trust policy: it names the caller, the caller's role or the account, also of another account, under its conditions (sts:ExternalId).",
            f'{_STS}, AssumeRole; {_GUIDE}, "AWS JSON policy elements: Principal"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_role_of_another_account_is_assumed_when_it_trusts",
        ),
        Fact(
            "Conditions of a trust policy see who asks (also their tags) and when, the region and the role's account.",
            f'{_GUIDE}, "AWS global condition context keys"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_trust_policy_sees_who_asks_and_when",
            ours="the caller's address, agent, function and the time of its token are not known there: a trust policy on aws:SourceIp, aws:UserAgent, lambda:SourceFunctionArn or aws:TokenIssueTime is refused.",
        ),
        Fact(
            "The account's root user may not assume roles: `Roles may not be assumed by root accounts.`",
            f"{_STS}, AssumeRole",
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_role_is_assumed_by_who_is_trusted",
            ours="it may, because on an installation of one person everybody is.",
        ),
        Fact(
            "A session lasts at most MaxSessionDuration of its role, an hour when a session assumes it.",
            f"{_STS}, AssumeRole",
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_session_lasts_as_long_as_its_role_allows",
        ),
        Fact(
            "A session policy only narrows what the role may: `because no session policy allows the ACTION action`.",
            f'{_GUIDE}, "Policies and permissions: session policies"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_session_policy_narrows_the_session",
        ),
        Fact(
            "A session ends with its role, also when one of the same name is made again.",
            f'{_GUIDE}, "IAM identifiers: unique identifiers"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_session_ends_with_its_role",
        ),
        Fact(
            "Credentials of GetSessionToken without a second factor cannot call IAM (InvalidClientTokenId) nor GetSessionToken.",
            f"{_STS}, GetSessionToken",
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_session_token_calls_neither_iam_nor_itself",
        ),
        Fact(
            "AssumeRole with session policies answers PackedPolicySize, per cent of the room for them.",
            f"{_STS}, AssumeRole",
            DOCUMENTED,
            "tests/wire/test_sts.py::test_session_policies_say_how_much_room_they_take",
            ours="characters are counted; AWS packs policies in a form of its own, mostly smaller.",
        ),
        Fact(
            "GetSessionToken with the credentials of a role's session answers AccessDenied: `Cannot call GetSessionToken with session credentials`; the root user's tokens last an hour.",
            f"{_STS}, GetSessionToken; text pasted in public issues",
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_session_token_is_the_caller_itself",
        ),
        Fact(
            "A function calls with temporary credentials of its execution role, as `assumed-role/ROLE/FUNCTION`, and may do what that role may.",
            'Lambda developer guide, "Defining Lambda function permissions with an execution role"',
            DOCUMENTED,
            "tests/journeys/test_roles_bind_functions.py::test_plain_boto3_is_allowed_and_denied_as_the_role_says",
        ),
        Fact(
            "A function that signs with a key that nobody has is refused: `The security token included in the request is invalid.`",
            f'{_GUIDE}, "Troubleshoot IAM"',
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_a_function_is_not_taken_at_its_word",
        ),
        Fact(
            "lambda:SourceFunctionArn tells which function calls.",
            'Lambda developer guide, "Using source function ARN to control function access behavior"',
            DOCUMENTED,
            "tests/wire/test_gateway_authorisation.py::test_a_condition_may_name_the_function_that_calls",
        ),
        Fact(
            "A function whose role may not create its log stream and put events runs, and has no logs.",
            'Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs"',
            DOCUMENTED,
            "tests/journeys/test_roles_bind_functions.py::test_a_function_whose_role_may_not_write_logs_has_none",
        ),
        Fact(
            "Invoking a function whose role is gone answers AccessDeniedException, 403: `The role defined for the function cannot be assumed by Lambda.`",
            "error texts pasted in public issues",
            GUESSED,
            "tests/invocations/test_queue.py::test_a_function_without_its_role_is_not_run",
        ),
        Fact(
            "CreateFunction needs iam:PassRole on the role besides lambda:CreateFunction.",
            'Lambda developer guide, "Permissions required to create a function"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_a_role_is_passed_only_with_permission",
        ),
        Fact(
            "PartiQL statements need PartiQLSelect, PartiQLInsert, PartiQLUpdate or PartiQLDelete on their table.",
            'DynamoDB developer guide, "IAM policies with PartiQL"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_partiql_needs_actions_of_its_own",
        ),
        Fact(
            "dynamodb:LeadingKeys holds the partition keys of the call's items; a Scan has none.",
            'DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control"',
            DOCUMENTED,
            "tests/wire/test_sts.py::test_conditions_see_the_request",
        ),
    ),
)
