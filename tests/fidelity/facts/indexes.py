"""DynamoDB's secondary indexes."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_DYNALITE = "dynalite's recordings of AWS"
_ALTERNATOR = "Alternator's tests, run against AWS"
_CATALOGUE = "a catalogue of AWS's answers, published October 2026"
_DYNOXIDE = "dynoxide's recordings of AWS"
_GUIDE = "DynamoDB developer guide"
_TESTS = "tests/dynamodb"

CHAPTER = Chapter(
    "Indexes",
    (
        Fact(
            "An item without one of an index's key attributes is not in that index.",
            _ALTERNATOR,
            VERIFIED,
            f"{_TESTS}/test_index_entries.py::test_only_items_with_the_whole_key_are_in_an_index",
        ),
        Fact(
            "Writes to indexes never add stream records.",
            _ALTERNATOR,
            VERIFIED,
            f"{_TESTS}/test_index_entries.py::test_index_writes_make_no_records",
        ),
        Fact(
            "A whole item whose index key has another type answers `One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: i`, naming the first index by name.",
            _DYNOXIDE,
            VERIFIED,
            f"{_TESTS}/test_index_entries.py::test_no_item_may_have_what_an_index_cannot_hold",
        ),
        Fact(
            "An empty index key answers `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: i, IndexKey: g`.",
            _DYNOXIDE,
            VERIFIED,
            f"{_TESTS}/test_index_entries.py::test_no_item_may_have_what_an_index_cannot_hold",
        ),
        Fact(
            "An update that sets an index key to a value of another type answers as a put does; one whose result is of another type answers `The update expression attempted to update the secondary index key to unsupported type`.",
            f"{_DYNOXIDE}; API reference, BatchExecuteStatement",
            VERIFIED,
            f"{_TESTS}/test_index_entries.py::test_no_update_may_make_what_an_index_cannot_hold",
        ),
        Fact(
            "An update of a part of an index key answers `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: x`.",
            _ALTERNATOR,
            VERIFIED,
            f"{_TESTS}/test_index_entries.py::test_no_update_may_make_what_an_index_cannot_hold",
        ),
        Fact(
            "An update that leaves an unfit index key alone, on an item older than the index, is accepted.",
            _DYNOXIDE,
            VERIFIED,
            f"{_TESTS}/test_index_changes.py::test_items_from_before_may_keep_what_a_key_cannot_be",
        ),
        Fact(
            "Items whose index key is of another type, empty or too long are left out when an index is filled.",
            _ALTERNATOR,
            VERIFIED,
            f"{_TESTS}/test_index_changes.py::test_a_new_index_holds_the_items_that_were_there",
        ),
        Fact(
            "CreateTable checks local indexes, then global ones, then repeated names and unused attributes, each with a text of its own.",
            f"{_DYNALITE}; {_CATALOGUE}",
            VERIFIED,
            f"{_TESTS}/test_index_definitions.py::test_what_aws_does_not_make_is_refused",
        ),
        Fact(
            "UpdateTable with an index name that exists answers `Attempting to create an index which already exists`, before its schema is looked at.",
            _CATALOGUE,
            VERIFIED,
            f"{_TESTS}/test_index_changes.py::test_what_aws_does_not_change_is_refused",
        ),
        Fact(
            "Only one index is created or deleted at a time: `Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table` (LimitExceededException).",
            f"{_ALTERNATOR}; {_DYNALITE}",
            VERIFIED,
            f"{_TESTS}/test_index_changes.py::test_while_an_index_is_filled_no_other_is_made_or_removed",
        ),
        Fact(
            "Updating or deleting an index that does not exist answers ResourceNotFoundException.",
            _ALTERNATOR,
            VERIFIED,
            f"{_TESTS}/test_index_changes.py::test_what_aws_does_not_change_is_refused",
        ),
        Fact(
            "… and its text is `Requested resource not found`.",
            "the data plane's text for a table that is missing",
            GUESSED,
        ),
        Fact(
            "A new index is CREATING with Backfilling until it holds all items; reading it before answers `Cannot read from backfilling global secondary index: i`.",
            "public reports of AWS's answers",
            DOCUMENTED,
            f"{_TESTS}/test_reading_indexes.py::test_an_index_that_is_being_filled_cannot_be_read",
        ),
        Fact(
            "LastEvaluatedKey of a page through an index holds the keys of the table and of the index.",
            f'{_GUIDE}, "Query"',
            DOCUMENTED,
            f"{_TESTS}/test_reading_indexes.py::test_a_page_ends_with_the_keys_of_table_and_index",
        ),
        Fact(
            "A global index is asked for attributes that it does not hold: `One or more parameter values were invalid: Global secondary index i does not project [x]`.",
            "a conformance suite run against AWS, for PartiQL",
            VERIFIED,
            f"{_TESTS}/test_reading_indexes.py::test_invalid_reads_through_an_index_are_refused",
        ),
        Fact(
            "… and a FilterExpression on such an attribute answers the same.",
            "by analogy with the projection",
            GUESSED,
        ),
        Fact(
            "A local index fetches what it does not hold from the table; each fetched item is charged to the table on its own.",
            f'{_GUIDE}, "Local secondary indexes"',
            DOCUMENTED,
            f"{_TESTS}/test_reading_indexes.py::test_reads_cost_what_they_read_of_index_and_table",
        ),
        Fact(
            "Consistent reads of a global index answer `Consistent reads are not supported on global secondary indexes`.",
            _DYNALITE,
            VERIFIED,
            f"{_TESTS}/test_reading_indexes.py::test_invalid_reads_through_an_index_are_refused",
        ),
        Fact(
            "Global indexes follow their table within a fraction of a second.",
            f'{_GUIDE}, "Global secondary indexes"',
            DOCUMENTED,
            ours="they follow in the transaction of the write itself.",
        ),
        Fact(
            "A write to an index costs nothing when its entry does not change, one write when it comes, goes or changes in place, two when its key changes.",
            f'{_GUIDE}, "Global secondary indexes", "Provisioned throughput considerations"',
            DOCUMENTED,
            f"{_TESTS}/test_index_entries.py::test_writes_cost_what_they_write_to_indexes",
        ),
        Fact(
            "A global index's partition key and its sort key have up to four attributes each; queries give all of the first and of the second the leftmost, only the last with anything but `=`.",
            f"{_GUIDE}; {_ALTERNATOR}",
            VERIFIED,
            f"{_TESTS}/test_reading_indexes.py::test_keys_of_several_attributes_are_read_from_left_to_right",
        ),
        Fact(
            "ItemCollectionMetrics estimates the size of an item collection; over 10 GB, writes answer ItemCollectionSizeLimitExceededException.",
            f'{_GUIDE}, "Item collections"',
            DOCUMENTED,
            ours="the estimate is always 0 to 1 GB and the limit is not enforced.",
        ),
        Fact(
            "At most 100 attributes are named in the NonKeyAttributes of all indexes of a table.",
            f'{_GUIDE}, "Quotas"',
            DOCUMENTED,
            ours="each index's own limit of 20 holds, the sum is not checked.",
        ),
    ),
)
