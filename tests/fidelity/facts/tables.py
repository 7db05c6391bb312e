"""DynamoDB's tables."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, VERIFIED, Chapter, Fact

_SUITES = "public test suites run against AWS (Alternator, dynalite, moto)"
_SNAPSHOT = "recorded from AWS, LocalStack snapshot test_dynamodb"
_PROBES = "live probes of AWS, published October 2026"
_GUIDE = "DynamoDB developer guide"

CHAPTER = Chapter(
    "Tables",
    (
        Fact(
            "CreateTable with a name that is taken answers ResourceInUseException: `Table already exists: T`.",
            _SNAPSHOT,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_a_name_is_taken_once_in_an_account_and_region",
        ),
        Fact(
            "An unknown table answers ResourceNotFoundException: `Requested resource not found: Table: T not found` to the control plane, `Requested resource not found` to item calls.",
            _SUITES,
            VERIFIED,
            test="tests/wire/test_dynamodb_with_boto3.py::test_another_accounts_table_is_not_found",
        ),
        Fact(
            "A name of less than 3 or more than 255 characters answers the control plane's own text: `TableName must be at least 3 characters long and at most 255 characters long`.",
            _SUITES,
            VERIFIED,
            "tests/aws/test_wire_constraints.py::test_a_tables_name_is_left_to_the_control_plane_operation",
        ),
        Fact(
            "BillingMode is PROVISIONED when missing, and then ProvisionedThroughput is required: `One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`.",
            _SNAPSHOT,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_definitions_are_refused_in_awss_words",
        ),
        Fact(
            "CreateTable looks at the name's length first, then at the model's constraints, then at billing, keys and indexes.",
            "public test suite run against AWS (dynalite)",
            VERIFIED,
            "tests/wire/test_dynamodb_order_of_checks.py::test_a_new_tables_billing_is_looked_at_before_its_keys",
        ),
        Fact(
            "Messages list sets of attribute names in the order of Java's HashSet, not as they came: `AttributeDefinitions: [created_at, id, user]`.",
            "messages of AWS quoted in moto's tests; the order reckoned with String.hashCode",
            VERIFIED,
            "tests/dynamodb/test_wording.py::test_sets_of_names_come_in_the_order_of_their_hashes",
        ),
        Fact(
            "Provisioned capacity throttles requests beyond it.",
            f'{_GUIDE}, "Provisioned capacity mode"',
            DOCUMENTED,
            ours="recorded, not enforced: nothing is throttled.",
        ),
        Fact(
            "A stream is enabled with a view type and disabled without one; the four texts of CreateTable and UpdateTable differ.",
            _PROBES,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_definitions_are_refused_in_awss_words",
        ),
        Fact(
            "Enabling an enabled stream answers ValidationException `Table already has an enabled stream: TableName: T`, disabling none `Table has no stream to disable: TableName: T`.",
            _PROBES,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_a_stream_is_switched_only_when_that_changes_it",
        ),
        Fact(
            "After a stream is disabled DescribeTable has no StreamSpecification but keeps LatestStreamArn and LatestStreamLabel.",
            _PROBES,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_each_enabling_makes_a_new_stream",
        ),
        Fact(
            "A protected table is not deleted: `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`",
            _PROBES,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_a_protected_table_is_not_deleted",
        ),
        Fact(
            "A table is CREATING for some seconds, and a changed stream keeps it UPDATING for four to five.",
            _PROBES,
            VERIFIED,
            test="tests/dynamodb/test_tables.py::test_changes_settle_after_the_table_delay",
            ours="as long as SHARDLIGHT_TABLE_DELAY says, 0 seconds by default.",
        ),
        Fact(
            "ItemCount and TableSizeBytes are refreshed about every six hours.",
            f"{_GUIDE}, DescribeTable",
            DOCUMENTED,
            test="tests/dynamodb/test_tables.py::test_a_description_has_awss_members",
            ours="counted when asked.",
        ),
        Fact(
            "UpdateTable takes one kind of change at a time, and says which parameters it knows when there is none.",
            _PROBES,
            VERIFIED,
            test="tests/wire/test_dynamodb_capacity.py::test_an_update_is_about_one_thing",
        ),
        Fact(
            "Encryption, deletion protection, table class, warm throughput, ceilings on demand and streams are each changed alone; only billing goes together with a stream (on demand) or with ceilings: `DeletionProtection modification must be the only operation in the request` and its like.",
            _PROBES,
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_an_update_is_about_one_thing",
        ),
        Fact(
            "Units are refused on demand, required when a table becomes provisioned, and must change: `The provisioned throughput for the table will not change. …`.",
            f"{_PROBES}; {_SUITES}",
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_units_belong_to_provisioned_billing_and_must_change",
        ),
        Fact(
            "BillingModeSummary is there once a table has been on demand, and says since when.",
            _PROBES,
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_a_table_says_how_it_is_billed_once_it_was_on_demand",
        ),
        Fact(
            "OnDemandThroughput is joined member by member, -1 takes a ceiling away, provisioned billing ends them all.",
            _PROBES,
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_ceilings_are_joined_removed_and_end_with_on_demand_billing",
            "recorded, not enforced: nothing is throttled.",
        ),
        Fact(
            "Warm throughput is at least what a table has anyway and never sinks: `… is lower than current WarmThroughput, decreasing WarmThroughput is not supported`; switched to provisioned billing it stays.",
            f"{_PROBES}; {_SUITES}",
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_what_is_warm_never_cools_down",
            "recorded, and at once: nothing is warmed by it.",
        ),
        Fact(
            "An SSESpecification that contradicts itself, names AES256 or changes nothing is refused.",
            _PROBES,
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_encryption_that_contradicts_itself_is_refused",
        ),
        Fact(
            "Tags are letters, digits, blanks and `+-=._:/@`, up to 50, each key once, none beginning with aws:.",
            _PROBES,
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_tags_are_checked",
        ),
        Fact(
            "An ARN that is not a table's answers in four ways: no ARN, another service's, an index's, another region's.",
            _PROBES,
            VERIFIED,
            "tests/wire/test_dynamodb_capacity.py::test_only_tables_have_tags",
        ),
        Fact(
            "Time to live takes one attribute with a number of epoch seconds; other types and times over five years ago are left alone, and expired items stay readable until they are deleted.",
            "developer guide, Time to Live; public test suites run against AWS (Alternator)",
            VERIFIED,
            "tests/dynamodb/test_time_to_live.py::test_only_numbers_of_the_last_five_years_are_over",
            "items go within seconds (`SHARDLIGHT_TTL_SWEEP`), on AWS within hours to days",
        ),
        Fact(
            "UpdateTimeToLive refuses what is so already: `TimeToLive is already enabled`, `TimeToLive is already disabled`, `TimeToLive is active on a different AttributeName: current AttributeName is A`.",
            "public test suites run against AWS (Alternator)",
            VERIFIED,
            "tests/dynamodb/test_time_to_live.py::test_switching_to_what_is_so_already_is_refused",
            "it may be switched as often as one likes; AWS wants an hour in between",
        ),
        Fact(
            "Every table has continuous backups ENABLED with point-in-time recovery DISABLED, no Contributor Insights, no Kinesis destinations, until somebody changes that.",
            "API reference; Terraform's and CDK's reads of new tables",
            DOCUMENTED,
            "tests/wire/test_dynamodb_asides.py::test_nothing_is_on",
        ),
    ),
)
