"""DynamoDB's transactions."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_SNAPSHOT = "recorded from AWS, LocalStack snapshots of DynamoDB"
_API = "DynamoDB API reference and service model"
_SUITES = "public test suites run against AWS (Alternator, moto)"
_HERE = "tests/dynamodb/test_transactions.py::"

CHAPTER = Chapter(
    "Transactions",
    (
        Fact(
            "A cancelled transaction answers `Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]` with one reason an action, in their order, and the Item where it was asked for.",
            _SNAPSHOT,
            VERIFIED,
            _HERE + "test_one_failed_condition_undoes_everything",
        ),
        Fact(
            "A transaction leaves one record per item that it changed, none for a ConditionCheck and none when it is cancelled.",
            _SNAPSHOT,
            VERIFIED,
            _HERE + "test_every_kind_of_action_is_done",
        ),
        Fact(
            "Keys that do not fit the schema and updates that do not fit the item are reasons with the code ValidationError; invalid values and expressions refuse the whole request.",
            _SUITES,
            VERIFIED,
            _HERE + "test_what_does_not_fit_is_a_reason",
        ),
        Fact(
            "An empty key attribute refuses the whole transaction with a ValidationException.",
            "moto's tests verified on AWS",
            VERIFIED,
            _HERE + "test_what_is_no_action_refuses_the_request",
        ),
        Fact(
            "One item may be named once: `Transaction request cannot include multiple operations on one item`.",
            _SUITES,
            VERIFIED,
            _HERE + "test_what_is_no_action_refuses_the_request",
        ),
        Fact(
            "A ClientRequestToken stands for one request for ten minutes; the same request changes nothing again, another one answers IdempotentParameterMismatchException.",
            _API,
            DOCUMENTED,
            _HERE + "test_the_same_request_is_done_once",
        ),
        Fact(
            "The order of a request's members does not matter to its token.",
            "a probe of AWS reported in localstack#6529",
            VERIFIED,
            _HERE + "test_the_same_request_is_done_once",
        ),
        Fact(
            "A cancelled request may come again with its token.",
            "no source",
            GUESSED,
            _HERE + "test_a_cancelled_request_can_come_again",
        ),
        Fact(
            "A transaction's payload has 4 MB at most, in AWS's own words (`… size cannot exceed …`); what it deletes may be larger.",
            "public test suite run against AWS (Alternator)",
            VERIFIED,
            _HERE + "test_a_transaction_moves_4_megabytes",
            "the rest of the words is ours",
        ),
        Fact(
            "Items and keys that do not fit are told before any condition is judged, and only the first of them: the reasons of all other actions are None.",
            "public test suite run against AWS (Alternator)",
            VERIFIED,
            _HERE + "test_the_first_action_that_does_not_fit_is_the_only_reason",
        ),
        Fact(
            "Transactions on the same items at the same time may be cancelled with TransactionConflict.",
            _API,
            DOCUMENTED,
            "tests/streams/test_transactions_that_meet.py::test_what_one_item_loses_another_gains",
            "they wait for each other instead",
        ),
        Fact(
            "A transaction costs twice the capacity units, named once more as ReadCapacityUnits or WriteCapacityUnits; a repeated request is charged as reads.",
            _API,
            DOCUMENTED,
            "tests/wire/test_dynamodb_transactions.py::test_a_transaction_is_written_and_read",
        ),
    ),
)
