"""CloudWatch metrics."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_MODEL = "botocore's service model of CloudWatch"
_API = "CloudWatch API reference"
_LAMBDA = "Lambda developer guide, Types of metrics for Lambda functions"
_CAPTURES = "captures of AWS published in radkawar/stackd, September 2026"
_ADDED = "tests/journeys/test_metrics_add_up.py"
_MOTO = "moto's source and tests of CloudWatch"
_WIRE = "tests/wire/test_cloudwatch_metrics.py"
_WRITING = "tests/observability/test_metrics_writing.py"

CHAPTER = Chapter(
    "CloudWatch metrics",
    (
        Fact(
            "CloudWatch speaks JSON 1.0, Smithy's RPC with CBOR and the query protocol; boto3 and the AWS CLI choose JSON.",
            f"{_MODEL}, `protocols`, and botocore's order of protocols",
            VERIFIED,
            f"{_WIRE}::test_older_and_newer_sdks_get_the_same",
        ),
        Fact(
            "Over JSON and CBOR an error carries its name of the query protocol in x-amzn-query-error.",
            f"{_MODEL}, `awsQueryCompatible`",
            DOCUMENTED,
            "tests/aws/test_wire_cbor.py::test_an_error_keeps_its_name_of_the_query_protocol",
        ),
        Fact(
            "Invocations, Errors and Duration are counted for FunctionName, for FunctionName with Resource, and without dimensions, at the time the function was invoked.",
            _LAMBDA,
            DOCUMENTED,
            f"{_WRITING}::test_an_invocation_counts_for_the_function_the_resource_and_the_account",
            ours="no ExecutedVersion, which belongs to aliases of two versions.",
        ),
        Fact(
            "Errors has a datapoint of 0 for an invocation that succeeds.",
            "CloudWatch graphs of error rates over SampleCount; not recorded",
            GUESSED,
            f"{_WRITING}::test_an_invocation_counts_for_the_function_the_resource_and_the_account",
        ),
        Fact(
            "An invocation that is not throttled is a datapoint of 0 in Throttles.",
            _CAPTURES,
            VERIFIED,
            f"{_WRITING}::test_an_invocation_is_a_datapoint_of_no_throttle",
        ),
        Fact(
            "An enabled mapping that finds nothing has a PolledEventCount of 0 each minute.",
            _CAPTURES,
            VERIFIED,
            "tests/polling/test_idle_mappings.py::test_an_idle_mapping_has_a_datapoint_of_zero_each_minute",
        ),
        Fact(
            "A mapping without filters has no FilteredOutEventCount.",
            _CAPTURES,
            VERIFIED,
            f"{_ADDED}::test_a_mapping_lists_the_metrics_that_it_has",
        ),
        Fact(
            "Records given up are counted once: as OnFailureDestinationDeliveredEventCount when they were told, as DroppedEventCount and in DestinationDeliveryFailures when they could not be told, in neither without a destination.",
            _CAPTURES,
            VERIFIED,
            f"{_ADDED}::test_what_cannot_be_told_is_dropped_and_counted",
        ),
        Fact(
            "A throttled invocation counts in Throttles, not in Invocations or Errors.",
            _LAMBDA,
            DOCUMENTED,
            f"{_WRITING}::test_a_throttle_is_no_invocation",
        ),
        Fact(
            "Event counts of a mapping have the dimension EventSourceMappingUUID only, and exist only with MetricsConfig EventCount.",
            "captures of real AWS in radkawar/stackd, September 2026; Lambda developer guide",
            VERIFIED,
            f"{_WRITING}::test_event_counts_are_off_unless_the_mapping_wants_them",
        ),
        Fact(
            "IteratorAge is the age of a batch's last record when it goes to the function, in milliseconds, under FunctionName.",
            _LAMBDA,
            DOCUMENTED,
            f"{_WRITING}::test_a_mapping_counts_events_under_its_uuid_and_ages_under_the_function",
        ),
        Fact(
            "A metric is named by namespace, name and all of its dimensions; fewer dimensions name another metric.",
            f"{_API}, GetMetricStatistics",
            DOCUMENTED,
            f"{_WIRE}::test_dimensions_name_a_metric_all_together_in_any_order",
        ),
        Fact(
            "Statistic sets have no percentiles, unless their minimum is their maximum.",
            "CloudWatch user guide, Percentiles",
            DOCUMENTED,
            f"{_WIRE}::test_statistic_sets_count_but_have_no_percentiles",
        ),
        Fact(
            "Percentiles are computed from the values.",
            "CloudWatch user guide, Percentiles",
            DOCUMENTED,
            "tests/observability/test_metrics_statistics.py::test_a_percentile_is_right_within_a_bucket",
            ours="from buckets of values, right within 9 per cent.",
        ),
        Fact(
            "GetMetricStatistics gives at most 1,440 datapoints: InvalidParameterCombination `You have requested up to 2,881 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`",
            "error texts pasted in public issues",
            VERIFIED,
            f"{_WIRE}::test_what_aws_refuses_is_refused",
        ),
        Fact(
            "`The parameter StartTime must be less than the parameter EndTime.`, `The value AWS/Lambda for parameter Namespace is invalid.`, and the words for values given in two ways.",
            _MOTO,
            GUESSED,
            f"{_WIRE}::test_what_aws_refuses_is_refused",
        ),
        Fact(
            "Periods of GetMetricStatistics begin at StartTime (whole minutes), those of GetMetricData at multiples of the period.",
            f"{_API}, read together with {_MOTO}",
            GUESSED,
            f"{_WIRE}::test_longer_periods_add_minutes_up",
        ),
        Fact(
            "Minutes are kept for 15 days, then five minutes until 63 days, then hours until 455.",
            f"{_API}, GetMetricStatistics",
            DOCUMENTED,
            f"{_WRITING}::test_old_minutes_go_and_then_their_series",
            ours="minutes for METRIC_RETENTION_DAYS (15), then nothing.",
        ),
        Fact(
            "ListMetrics gives 500 metrics a page, those with a value in the last two weeks.",
            f"{_API}, ListMetrics",
            DOCUMENTED,
            f"{_WIRE}::test_many_metrics_are_listed_page_by_page",
        ),
    ),
)
