"""Resource-based policies of tables and streams."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_PROBES = "live probes of AWS, October 2026"
_SUITES = "public test suites run against AWS (Moto)"
_GUIDE = 'DynamoDB developer guide, "Using resource-based policies"'
_TESTS = "tests/wire/test_dynamodb_policies.py::"

CHAPTER = Chapter(
    "Policies of tables and streams",
    (
        Fact(
            "A policy is shown in one form: no blanks, members in a fixed order, lists of one as texts, accounts as ARNs of their root users, principals once, effects in capitals.",
            _PROBES,
            VERIFIED,
            f"{_TESTS}test_a_policy_is_kept_and_shown_in_one_form",
        ),
        Fact(
            "RevisionId is the millisecond of the change; the same policy again, however it is written, changes nothing.",
            f"{_PROBES}; {_SUITES}",
            VERIFIED,
            f"{_TESTS}test_only_another_policy_has_another_revision",
            ours="also one without a Version, which AWS takes for another policy.",
        ),
        Fact(
            "ExpectedRevisionId must be the present one, or NO_POLICY; otherwise PolicyNotFoundException says which there is.",
            f"{_SUITES}; API reference",
            VERIFIED,
            f"{_TESTS}test_only_another_policy_has_another_revision",
        ),
        Fact(
            "For 15 seconds after a change a policy cannot be changed again; a change is readable after one to three seconds and enforced after up to four minutes.",
            _PROBES,
            VERIFIED,
            f"{_TESTS}test_a_policy_forbids_what_roles_may",
            ours="changes count at once and may follow each other.",
        ),
        Fact(
            "Removing a policy that is not there answers nothing, showing it PolicyNotFoundException; a table's goes with the table.",
            f"{_PROBES}; {_SUITES}",
            VERIFIED,
            f"{_TESTS}test_a_policy_goes_alone_or_with_its_table",
        ),
        Fact(
            "CreateTable takes a policy; who makes the table must be allowed PutResourcePolicy as well.",
            _GUIDE,
            DOCUMENTED,
            f"{_TESTS}test_a_table_is_made_with_its_policy_or_not_at_all",
        ),
        Fact(
            "Broken JSON, empty statements, missing elements, more than 20480 bytes, principals that do not exist and an Allow to everybody without conditions each have words of their own.",
            _PROBES,
            VERIFIED,
            f"{_TESTS}test_what_is_no_policy_is_refused",
            ours="a syntax error is always told at position (1,1).",
        ),
        Fact(
            "Policies may name principals of every account, and services.",
            _GUIDE,
            DOCUMENTED,
            f"{_TESTS}test_what_is_no_policy_is_refused",
            ours="only the own account, its roles, users and sessions; others do not exist.",
        ),
        Fact(
            "Only policies of resources of the own account and region can be asked for.",
            _PROBES,
            VERIFIED,
            f"{_TESTS}test_only_tables_and_streams_of_the_account_have_policies",
        ),
        Fact(
            "An explicit deny wins over what the caller's own policies allow; the refusal ends `with an explicit deny in a resource-based policy`.",
            f'{_GUIDE}; IAM user guide, "Troubleshoot access denied error messages"',
            DOCUMENTED,
            f"{_TESTS}test_a_policy_forbids_what_roles_may",
            ours="the statement is named at the end; the account itself is never held to policies.",
        ),
        Fact(
            "Who is named needs no policy of his own; naming the account leaves it to the policies of its roles and users.",
            'IAM user guide, "Policy evaluation logic"',
            DOCUMENTED,
            f"{_TESTS}test_a_policy_allows_what_roles_may_not",
            ours="a session with policies of its own gains nothing, though AWS would let one named by its own ARN in.",
        ),
        Fact(
            "A caller who would lose the right to put policies must confirm it.",
            f"{_PROBES}; words guessed",
            GUESSED,
            f"{_TESTS}test_nobody_locks_himself_out_by_mistake",
        ),
    ),
)
