"""DynamoDB Streams."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_SUITES = "public test suites run against AWS (Alternator, dynalite, moto)"
_SNAPSHOT = "recorded from AWS, LocalStack snapshots of DynamoDB Streams and event source mappings"
_PROBES = "live probes of AWS, published October 2026"
_API = "DynamoDB Streams API reference and service model"

CHAPTER = Chapter(
    "Streams",
    (
        Fact(
            "A write that changes nothing makes no record: the same item put again, an update to equal values, the deletion of what is not there.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_writing_items.py::test_a_noop_write_makes_no_record",
        ),
        Fact(
            "Items are compared by value: 1 and 1.0 are equal, and so are sets and maps in another order.",
            _SUITES,
            VERIFIED,
            "tests/dynamodb/test_values.py::test_equal_items_have_equal_bytes",
        ),
        Fact(
            "The view type chooses the images, keys are always there; a missing image is a missing member, an image holds the keys too.",
            _SNAPSHOT,
            VERIFIED,
            "tests/dynamodb/test_writing_items.py::test_each_view_type_shows_its_images",
        ),
        Fact(
            "SizeBytes is the size of Keys, NewImage and OldImage as far as they are shown.",
            "fifteen recorded events: LocalStack snapshots and the Lambda guide",
            VERIFIED,
            "tests/dynamodb/test_writing_items.py::test_size_bytes_are_those_of_the_guides_example",
        ),
        Fact(
            "A record has eventVersion 1.1 and an eventID of 32 hexadecimal digits; only Lambda's event has eventSourceARN.",
            _SNAPSHOT,
            VERIFIED,
            test="tests/wire/test_streams_with_boto3.py::test_a_record_has_awss_members",
        ),
        Fact(
            "Sequence numbers are 21 to 40 digits that rise within a shard.",
            _API,
            DOCUMENTED,
            test="tests/wire/test_streams_with_boto3.py::test_a_record_has_awss_members",
        ),
        Fact(
            "ApproximateCreationDateTime is cut to the second.",
            _API,
            DOCUMENTED,
            test="tests/wire/test_streams_with_boto3.py::test_a_record_has_awss_members",
        ),
        Fact(
            "A stream's label is the time it began (UTC, milliseconds, no Z); enabled again it is a new stream with a new ARN.",
            _PROBES,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_each_enabling_makes_a_new_stream",
        ),
        Fact(
            "A disabled stream, also of a deleted table, is listed and readable for 24 hours; its shards have an ending sequence number.",
            _SUITES,
            VERIFIED,
            test="tests/streams/test_following.py::test_streams_of_deleted_tables_are_listed_with_new_ones",
        ),
        Fact(
            "At the end of a closed shard GetRecords answers no NextShardIterator.",
            _SUITES,
            VERIFIED,
            test="tests/streams/test_following.py::test_an_ended_stream_stays_readable_to_its_end",
        ),
        Fact(
            "A shard iterator is the stream's ARN, a digit and something opaque, divided by `|`; it is good for 15 minutes.",
            f"LocalStack's test of the form, run against AWS; {_API}",
            VERIFIED,
            test="tests/streams/test_following.py::test_two_iterators_are_never_alike",
        ),
        Fact(
            "An iterator too old answers ExpiredIteratorException `The provided iterator exceeds the maximum age allowed.`",
            "text of the service model, not recorded",
            GUESSED,
            test="tests/streams/test_following.py::test_iterators_end_after_15_minutes",
        ),
        Fact(
            "GetRecords gives up to 1,000 records or one megabyte; an empty answer is normal for an open shard.",
            _API,
            DOCUMENTED,
            test="tests/streams/test_following.py::test_a_page_of_records_holds_at_most_one_megabyte",
        ),
        Fact(
            "ListStreams and DescribeStream take a Limit of 1 to 100, GetRecords of 1 to 1,000.",
            _SUITES,
            VERIFIED,
            "tests/wire/test_streams_with_boto3.py::test_no_answer_is_longer_than_awss",
        ),
        Fact(
            "An unknown stream answers ResourceNotFoundException `Requested resource not found: Stream: ARN not found`.",
            _SNAPSHOT,
            VERIFIED,
            test="tests/streams/test_following.py::test_streams_of_another_account_are_not_found",
        ),
        Fact(
            "Records live for 24 hours.",
            _API,
            DOCUMENTED,
            test="tests/streams/test_retention.py::test_records_go_after_24_hours",
        ),
        Fact(
            "A new on-demand table has one shard.",
            _SNAPSHOT,
            VERIFIED,
            "tests/streams/test_resharding.py::test_a_stream_begins_with_as_many_shards_as_the_setting_says",
            "SHARDLIGHT_SHARDS_PER_STREAM shards, 1 by default",
        ),
        Fact(
            "An item that expired leaves a REMOVE with its old image and the userIdentity of the service: `PrincipalId` and `Type` in GetRecords, `principalId` and `type` in a function's event.",
            "service model; developer guide, Time to Live",
            DOCUMENTED,
            "tests/dynamodb/test_time_to_live.py::test_expired_items_go_and_their_records_name_the_service",
        ),
        Fact(
            "A closed shard has an EndingSequenceNumber and one child (roll-over) or two (split) that name it as their parent, even after it has gone from the list; the numbers of children lie above all of the parent's.",
            "developer guide, DynamoDB Streams; public test suites run against AWS (Alternator)",
            DOCUMENTED,
            "tests/streams/test_resharding.py::test_describe_stream_shows_the_lineage",
        ),
        Fact(
            "Changes of one item lie in one lineage of shards, so a reader that reads parents before their children sees them in order.",
            "developer guide, DynamoDB Streams",
            DOCUMENTED,
            "tests/streams/test_splits_under_load.py::test_a_tailing_reader_misses_nothing_across_splits",
        ),
        Fact(
            "An iterator at the LATEST of a shard that then closes comes to its end; what is newer lies in the children.",
            "public test suites run against AWS (Alternator)",
            VERIFIED,
            "tests/streams/test_resharding.py::test_latest_of_a_closed_shard_is_its_end",
        ),
        Fact(
            "Shards live about four hours, and split as partitions do.",
            "reports of consumers (data-prepper#5208, estuary#3418)",
            DOCUMENTED,
            "tests/streams/test_resharding.py::test_shards_roll_over_when_they_are_old",
            "only after `SHARDLIGHT_SHARD_ROLLOVER` seconds (default: never), or when a person says so",
        ),
    ),
)
