"""CloudWatch Logs."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_MOTO = "moto's tests that were run against AWS, tests/test_logs"
_SNAPSHOT = "recorded from AWS, LocalStack snapshot test_logs, 6 April 2023"
_API = "CloudWatch Logs API reference"
_LATELY = "recorded from AWS, LocalStack snapshots test_logs_groups, test_logs_events, test_logs_metric_filters, February 2026"

CHAPTER = Chapter(
    "CloudWatch Logs",
    (
        Fact(
            "PutLogEvents always answers with nextSequenceToken; DescribeLogGroups says deletionProtectionEnabled, by logGroupNamePattern neither that nor storedBytes.",
            _LATELY,
            VERIFIED,
            "tests/wire/test_logs_events.py::test_groups_found_by_a_pattern_do_not_say_what_they_hold",
        ),
        Fact(
            "A name of more than 512 characters is refused: `Invalid LogGroup or LogStream, both must have length less than or equal to 512.`",
            _LATELY,
            VERIFIED,
            "tests/wire/test_logs_events.py::test_names_that_are_too_long_have_words_of_their_own",
        ),
        Fact(
            "A logGroupIdentifier that breaks its pattern is not shown: `Value at 'logGroupIdentifier' failed …`.",
            "moto's tests verified on AWS",
            VERIFIED,
            "tests/wire/test_logs_events.py::test_an_identifier_that_ends_in_a_star_is_refused_without_being_shown",
        ),
        Fact(
            "A logGroupName that breaks its pattern is not shown either.",
            "AWS's answers pasted in several public notes, 2025 and 2026",
            DOCUMENTED,
            "tests/wire/test_logs_events.py::test_a_group_name_of_other_characters_is_refused_without_being_shown",
        ),
        Fact(
            "Two transformations are refused with all their members: `Value '[MetricTransformation(metricName=m, …, defaultValue=null, unit=null, dimensions=null), …]' at 'metricTransformations' failed …`.",
            _LATELY,
            VERIFIED,
            "tests/wire/test_logs_metric_filters.py::test_a_filter_has_one_transformation",
        ),
        Fact(
            "A metric filter is shown with applyOnTransformedLogs false, its defaultValue a float, and counted in metricFilterCount.",
            _LATELY,
            VERIFIED,
            "tests/wire/test_logs_metric_filters.py::test_a_filter_is_kept_shown_and_deleted",
        ),
        Fact(
            "A metric filter counts metricValue for each message it means and defaultValue for each other one; selectors read numbers and dimensions out of the message.",
            'CloudWatch Logs user guide, "Creating metrics from log events using filters"',
            DOCUMENTED,
            "tests/wire/test_logs_metric_filters.py::test_what_events_say_is_counted_as_they_come",
        ),
        Fact(
            "A metric filter's value is a number or a selector of its pattern, its dimensions are selectors (three at most) and exclude a default value: `Invalid metric transformation: dimension value must be valid selector`, `… dimensions and default value are mutually exclusive properties`, `… metric value X must be a valid number`.",
            "error texts pasted in public issues; the last one and that there are too many guessed",
            DOCUMENTED,
            "tests/wire/test_logs_metric_filters.py::test_a_transformation_asks_for_what_its_pattern_finds",
        ),
        Fact(
            "`$.items[*]` and `$.*` select any element and any member; one wildcard a selector, three a pattern.",
            'CloudWatch Logs user guide, "Using filter patterns to match terms in JSON log events"',
            DOCUMENTED,
            "tests/observability/test_structured_patterns.py::test_json_patterns_look_at_properties",
        ),
        Fact(
            "Tags of log groups do not begin with aws: `aws: prefixed tag key names are not allowed for external use.`",
            f"{_API}, TagResource (the rule); the text is that of other services, that of Logs is not known",
            GUESSED,
            "tests/wire/test_logs_events.py::test_the_tags_of_aws_are_not_ours_to_give",
        ),
        Fact(
            "Names of log groups that begin with AWS/, in whatever case, are refused: `Log groups starting with AWS/ are reserved for AWS.`",
            "error texts pasted in public issues",
            DOCUMENTED,
            "tests/observability/test_groups_and_streams.py::test_names_that_begin_like_those_of_aws_are_refused",
        ),
        Fact(
            "`?any` terms beside other terms are passed over.",
            'CloudWatch Logs user guide, "Filter pattern syntax", as remembered',
            GUESSED,
            "tests/observability/test_filter_patterns.py::test_terms_are_found",
        ),
        Fact(
            "An unknown group answers ResourceNotFoundException: `The specified log group does not exist.`",
            _MOTO,
            VERIFIED,
            "tests/wire/test_logs_events.py::test_what_is_missing_or_there_already_is_said_in_the_words_of_aws",
        ),
        Fact(
            "An unknown stream answers `The specified log stream does not exist.`; a group or stream made twice ResourceAlreadyExistsException `The specified log group already exists`, `The specified log stream already exists` (no full stop).",
            "error texts pasted in public issues",
            GUESSED,
            "tests/observability/test_groups_and_streams.py::test_names_are_given_once",
        ),
        Fact(
            "A group's `arn` ends in `:*`, its `logGroupArn` does not; a stream's is `GROUP:log-stream:NAME`.",
            _SNAPSHOT,
            VERIFIED,
            "tests/wire/test_logs_events.py::test_groups_are_described_with_their_retention",
        ),
        Fact(
            "Prefix and pattern of DescribeLogGroups exclude each other: `LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.`",
            _SNAPSHOT,
            VERIFIED,
            "tests/observability/test_groups_and_streams.py::test_groups_are_listed_by_prefix_or_by_a_part_of_their_name",
        ),
        Fact(
            "A group is named by logGroupName or logGroupIdentifier (name or ARN), not both: ValidationException `LogGroup name and LogGroup ARN are mutually exclusive parameters.`",
            _SNAPSHOT,
            VERIFIED,
            "tests/observability/test_groups_and_streams.py::test_a_group_is_found_by_its_arn_in_its_own_account_only",
        ),
        Fact(
            "DescribeLogStreams by LastEventTime takes no prefix: `Cannot order by LastEventTime with a logStreamNamePrefix.`",
            _MOTO,
            VERIFIED,
            "tests/observability/test_groups_and_streams.py::test_streams_by_time_have_no_prefix",
        ),
        Fact(
            "A stream's storedBytes is 0 since 2019.",
            f"{_API}, LogStream",
            DOCUMENTED,
        ),
        Fact(
            "A group's storedBytes counts what it holds, some hours late.",
            f"{_API}, LogGroup",
            DOCUMENTED,
            "tests/wire/test_logs_events.py::test_a_group_knows_its_bytes",
            ours="at once: UTF-8 of the messages and 26 bytes for each, uncompressed.",
        ),
        Fact(
            "GetLogEvents gives the newest events when neither token nor startFromHead is sent, always oldest first.",
            f"{_API}, GetLogEvents",
            DOCUMENTED,
            "tests/observability/test_reading_events.py::test_without_a_token_the_newest_events_come",
        ),
        Fact(
            "Tokens of GetLogEvents begin with `f/` and `b/`; at the end of the stream the token that was sent comes back.",
            f"{_API}, GetLogEvents; moto's tests",
            DOCUMENTED,
            "tests/observability/test_reading_events.py::test_forward_tokens_lead_to_the_end_and_go_on_when_more_is_written",
            ours="what follows the slash is a sealed position, not 56 digits.",
        ),
        Fact(
            "A token that is none answers InvalidParameterException: `The specified nextToken is invalid.`",
            _MOTO,
            VERIFIED,
            "tests/observability/test_reading_events.py::test_a_token_that_was_not_given_out_is_refused",
        ),
        Fact(
            "endTime is excluded by GetLogEvents and included by FilterLogEvents; startTime is included by both.",
            f"{_API}, GetLogEvents and FilterLogEvents",
            DOCUMENTED,
            "tests/wire/test_logs_events.py::test_a_search_includes_its_end_time",
        ),
        Fact(
            "A page of events holds 10,000 events or one megabyte.",
            f"{_API}, GetLogEvents",
            DOCUMENTED,
            "tests/observability/test_reading_events.py::test_a_page_holds_a_megabyte",
        ),
        Fact(
            "FilterLogEvents may answer an empty page with a token; searchedLogStreams is always empty.",
            f"{_API}, FilterLogEvents",
            DOCUMENTED,
            "tests/observability/test_reading_events.py::test_a_search_looks_at_a_bounded_number_of_events",
        ),
        Fact(
            "A text pattern asks for all its terms, `-` excludes, `?` asks for any, quotes make phrases; case matters.",
            'CloudWatch Logs user guide, "Filter pattern syntax"',
            DOCUMENTED,
            "tests/observability/test_filter_patterns.py::test_terms_are_found",
            ours="`?` beside other terms is refused.",
        ),
        Fact(
            "A term is found anywhere in a message, also inside a word.",
            "no recording known",
            GUESSED,
            "tests/observability/test_filter_patterns.py::test_terms_are_found",
        ),
        Fact(
            "A term with anything but letters, digits and underscores needs quotes: `Invalid character(s) in term ':'`, naming the first such character.",
            "AWS's answers pasted in several public repositories, 2024 to 2026",
            VERIFIED,
            "tests/observability/test_filter_patterns.py::test_what_is_not_a_text_pattern_is_refused",
        ),
        Fact(
            "JSON patterns compare properties (`=`, `!=` with `*`, orders with numbers, IS NULL, IS TRUE, IS FALSE, NOT EXISTS), joined by `&&`, `||` and parentheses.",
            'CloudWatch Logs user guide, "Filter pattern syntax"',
            DOCUMENTED,
            "tests/observability/test_structured_patterns.py::test_json_patterns_look_at_properties",
        ),
        Fact(
            "A property that is missing matches no comparison but NOT EXISTS, `!=` neither.",
            "no recording known",
            GUESSED,
            "tests/observability/test_structured_patterns.py::test_json_patterns_look_at_properties",
        ),
        Fact(
            "Space-delimited patterns name every field of a message, or leave some out with `...`; fields in quotes and brackets are one.",
            'CloudWatch Logs user guide, "Filter pattern syntax"',
            DOCUMENTED,
            "tests/observability/test_structured_patterns.py::test_space_delimited_patterns_look_at_fields",
        ),
        Fact(
            "Regular expressions between `%` have no groups; a pattern may hold two.",
            'CloudWatch Logs user guide, "Supported regular expressions (regex) syntax"',
            DOCUMENTED,
            "tests/observability/test_structured_patterns.py::test_regular_expressions_are_found",
            ours="an expression of more than 128 places, repetitions counted, is refused.",
        ),
        Fact(
            "Log groups carry tags, fifty at most: TooManyTagsException beyond.",
            f"{_API}, TagResource",
            DOCUMENTED,
            "tests/wire/test_logs_events.py::test_tags_of_a_group",
        ),
        Fact(
            "PutLogEvents refuses a batch out of order: `Log events in a single PutLogEvents request must be in chronological order.`",
            "AWS's answer quoted in tests of several public log shippers",
            VERIFIED,
            "tests/observability/test_putting_events.py::test_a_bad_batch_is_refused_whole",
        ),
        Fact(
            "A batch may have 1,048,576 bytes (UTF-8 and 26 for each event) and span 24 hours.",
            f"{_API}, PutLogEvents",
            DOCUMENTED,
            "tests/observability/test_putting_events.py::test_the_largest_batch_is_taken",
        ),
        Fact(
            "A batch too large answers `Upload too large: N bytes exceeds limit of 1048576`, one too long `The batch of log events in a single PutLogEvents request cannot span more than 24 hours.`",
            "error texts pasted in public issues",
            GUESSED,
            "tests/observability/test_putting_events.py::test_a_bad_batch_is_refused_whole",
        ),
        Fact(
            "Events older than 14 days (tooOldLogEventEndIndex) or than the retention (expiredLogEventEndIndex) and more than 2 hours ahead (tooNewLogEventStartIndex) are left out; the rest of the batch is stored.",
            f"{_API}, RejectedLogEventsInfo",
            DOCUMENTED,
            "tests/observability/test_putting_events.py::test_events_too_old_or_too_new_are_left_out",
        ),
        Fact(
            "The sequence token of PutLogEvents is ignored.",
            f"{_API}, PutLogEvents (since January 2023)",
            DOCUMENTED,
        ),
        Fact(
            "A retention is one of 22 numbers of days from 1 to 3653.",
            f"{_API}, PutRetentionPolicy",
            DOCUMENTED,
            "tests/observability/test_groups_and_streams.py::test_a_retention_is_one_of_those_that_aws_offers",
        ),
        Fact(
            "A group without a retention keeps its events for ever.",
            f"{_API}, PutRetentionPolicy",
            DOCUMENTED,
            "tests/observability/test_trimming.py::test_groups_of_functions_have_a_default",
            ours="groups of functions keep them for SHARDLIGHT_LOG_RETENTION_DAYS (14), and their streams go when they are empty.",
        ),
    ),
)
