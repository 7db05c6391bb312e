"""PartiQL for DynamoDB."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_GUIDE = "developer guide, PartiQL for DynamoDB"
_HERE = "tests/dynamodb/test_partiql_statements.py::"

CHAPTER = Chapter(
    "PartiQL",
    (
        Fact(
            "INSERT of a key that is there answers DuplicateItemException `Duplicate primary key exists in table`.",
            _GUIDE,
            DOCUMENTED,
            _HERE + "test_what_cannot_be_done_is_refused",
        ),
        Fact(
            "UPDATE and DELETE name the whole key: `Where clause does not contain a mandatory equality on all key attributes`; UPDATE of what is not there is a failed condition, DELETE of it is none.",
            _GUIDE,
            DOCUMENTED,
            _HERE + "test_writes_leave_records_as_item_calls_do",
        ),
        Fact(
            "ORDER BY takes keys of one partition: `Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.`",
            _GUIDE,
            DOCUMENTED,
            _HERE + "test_what_cannot_be_done_is_refused",
        ),
        Fact(
            "A malformed statement answers `Statement wasn't well formed, can't be processed: …`.",
            "messages reported by users of AWS",
            DOCUMENTED,
            "tests/dynamodb/test_partiql_grammar.py::test_a_malformed_statement_is_refused",
            "what comes after the colon is ours",
        ),
        Fact(
            "Empty Parameters answer `1 validation error detected: Value '[]' at 'parameters' failed to satisfy constraint: Member must have length greater than or equal to 1`.",
            "recorded from AWS, LocalStack snapshots of DynamoDB",
            VERIFIED,
            "tests/wire/test_dynamodb_partiql.py::test_what_makes_no_sense_is_refused",
        ),
        Fact(
            "A batch answers each statement with its item or its error; all of them read single items, or all write.",
            _GUIDE,
            DOCUMENTED,
            _HERE + "test_a_batch_runs_each_statement_for_itself",
        ),
        Fact(
            "A transaction of writes answers one empty response a statement.",
            "no source",
            GUESSED,
            "tests/wire/test_dynamodb_partiql.py::test_a_transaction_is_one",
        ),
    ),
)
