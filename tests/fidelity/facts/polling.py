"""What the pollers of event source mappings do with records."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_EXAMPLES = "tests/polling/test_lane_examples.py"
_WINDOWS = "tests/polling/test_lane_windows.py"
_STACKD = "captures of AWS published in radkawar/stackd, September 2026"
_RECORDED = "recordings of AWS kept by LocalStack, November 2025"
_JOURNEYS = "tests/journeys/test_stream_options.py"
_GUIDE = "Lambda developer guide, DynamoDB event source mappings"

CHAPTER = Chapter(
    "Polling",
    (
        Fact(
            "Each shard is polled four times a second.",
            _GUIDE,
            DOCUMENTED,
            "tests/polling/test_tick.py::test_a_grown_shard_makes_all_its_lanes_due",
            ours="four times a second is the longest wait; a write usually wakes its reader at once.",
        ),
        Fact(
            "Without a batching window a batch is sent as soon as there is a record, so one record can be a batch.",
            _GUIDE,
            DOCUMENTED,
            f"{_EXAMPLES}::test_a_batch_holds_at_most_batch_size_records",
        ),
        Fact(
            "A batch holds at most BatchSize records of one shard.",
            _GUIDE,
            DOCUMENTED,
            f"{_EXAMPLES}::test_a_batch_holds_at_most_batch_size_records",
        ),
        Fact(
            "A batch is cut before the record that would take its event beyond 6 MB (6,291,456 bytes).",
            _GUIDE,
            DOCUMENTED,
            f"{_EXAMPLES}::test_a_batch_is_cut_before_the_record_that_would_exceed_the_payload",
        ),
        Fact(
            "Records of a shard are processed in their order; a failing batch blocks its shard and no other.",
            _GUIDE,
            DOCUMENTED,
            "tests/polling/test_lane_properties.py::test_every_record_has_exactly_one_fate_in_order",
        ),
        Fact(
            "A failed batch is tried again until it succeeds or its records expire.",
            _GUIDE,
            DOCUMENTED,
            f"{_EXAMPLES}::test_a_failing_batch_is_retried_for_ever_by_default_under_one_request_id",
        ),
        Fact(
            "Retries of the same batch carry the same request id.",
            _STACKD,
            VERIFIED,
            f"{_EXAMPLES}::test_a_failing_batch_is_retried_for_ever_by_default_under_one_request_id",
        ),
        Fact(
            "The wait between attempts doubles from 0.2 seconds.",
            f"handler timestamps in {_STACKD}; AWS publishes no figure",
            GUESSED,
            f"{_EXAMPLES}::test_backoff_doubles_up_to_its_cap",
        ),
        Fact(
            "That wait has an upper end.",
            "AWS publishes no figure",
            GUESSED,
            f"{_EXAMPLES}::test_backoff_doubles_up_to_its_cap",
            ours="60 seconds, SHARDLIGHT_BACKOFF_CAP.",
        ),
        Fact(
            "A throttled function, one that is not ready and a missing permission cost no attempt.",
            _GUIDE,
            DOCUMENTED,
            f"{_EXAMPLES}::test_a_function_that_cannot_be_reached_costs_no_attempt_but_waits_longer_each_time",
        ),
        Fact(
            "Records older than 24 hours are skipped, also in the middle of retries.",
            _GUIDE,
            DOCUMENTED,
            f"{_WINDOWS}::test_expired_records_are_skipped_even_in_the_middle_of_retries",
        ),
        Fact(
            "A closed shard is read to its end.",
            "DynamoDB Streams developer guide",
            DOCUMENTED,
            f"{_WINDOWS}::test_a_closed_shard_is_read_to_its_end_before_it_finishes",
        ),
        Fact(
            "LastProcessingResult is `No records processed`, `OK` or `PROBLEM: Function call failed`; when the source cannot be read `PROBLEM: ` and the source's own text.",
            _STACKD,
            VERIFIED,
        ),
        Fact(
            "A mapping whose role loses its permission stays Enabled; its records are delivered when the permission is back.",
            _STACKD,
            VERIFIED,
            "tests/journeys/test_stream_options.py::test_records_wait_for_a_permission_that_was_taken_away",
        ),
        Fact(
            "MaximumRetryAttempts n means 1 + n deliveries of a batch; then it is discarded and its shard goes on.",
            _RECORDED,
            VERIFIED,
            f"{_EXAMPLES}::test_n_retries_mean_one_and_n_deliveries_then_the_batch_is_discarded",
        ),
        Fact(
            "Splitting on error tries the left half to its end before the right one, without waiting; splits use no attempts, each half has a full budget and a request id of its own.",
            _STACKD,
            VERIFIED,
            f"{_EXAMPLES}::test_splitting_tries_the_left_half_to_its_end_before_the_right",
        ),
        Fact(
            "An odd batch is split with the smaller half on the left.",
            _STACKD,
            VERIFIED,
            f"{_EXAMPLES}::test_an_odd_batch_is_split_with_the_smaller_half_on_the_left",
        ),
        Fact(
            "A partial batch response moves the checkpoint to the lowest reported record, and the count of attempts starts anew.",
            _STACKD,
            VERIFIED,
            f"{_EXAMPLES}::test_a_report_moves_the_checkpoint_and_restarts_the_count",
        ),
        Fact(
            "A report of the first record of a batch is no progress: it counts as a failed attempt.",
            _RECORDED,
            VERIFIED,
            f"{_EXAMPLES}::test_a_report_of_the_first_record_is_no_progress",
        ),
        Fact(
            "With splitting, a report cuts at the reported record first, and one without progress is split.",
            _STACKD,
            VERIFIED,
            f"{_EXAMPLES}::test_with_splitting_a_report_cuts_at_the_record_and_then_splits",
        ),
        Fact(
            "Nothing, null, {}, [] and an empty or null batchItemFailures mean success; a stranger key, an empty identifier or one that is not in the batch fails the whole batch.",
            _RECORDED,
            VERIFIED,
            "tests/polling/test_verdicts.py::test_a_report_is_read_as_aws_reads_it",
        ),
        Fact(
            "MaximumRecordAgeInSeconds is asked per record before each delivery: the old ones at the head are discarded, the rest is delivered.",
            _RECORDED,
            VERIFIED,
            f"{_WINDOWS}::test_only_the_records_that_are_too_old_are_discarded",
        ),
        Fact(
            "With a batching window the next window begins when the previous invocation ends; full batches go at once.",
            _STACKD,
            VERIFIED,
            f"{_WINDOWS}::test_full_batches_go_at_once_and_the_rest_when_the_window_ends",
        ),
        Fact(
            "Records that a filter keeps out take no place in a batch, and the checkpoint moves past them.",
            _STACKD,
            VERIFIED,
            f"{_WINDOWS}::test_records_that_do_not_match_take_no_place_in_a_batch",
        ),
        Fact(
            "A tumbling window ends with an invocation that carries only its state.",
            _STACKD,
            VERIFIED,
            f"{_WINDOWS}::test_a_window_ends_with_an_invocation_that_has_only_its_state",
        ),
        Fact(
            "A state beyond 1 MB (1,048,576 bytes) ends its window early.",
            f"{_GUIDE}; seen 64 bytes above in {_STACKD}",
            DOCUMENTED,
            f"{_WINDOWS}::test_a_state_that_is_too_long_ends_its_window_early",
        ),
        Fact(
            "An event of a tumbling window has Records, shardId, eventSourceARN, window, state, isFinalInvokeForWindow and isWindowTerminatedEarly, in this order.",
            _STACKD,
            VERIFIED,
            "tests/polling/test_events.py::test_the_event_of_a_window_has_awss_members_in_their_order",
        ),
        Fact(
            "The failure record of a windowed batch ends with timeWindowInfo: the window and its two flags; a final invocation's batch info has only shardId and streamArn.",
            _STACKD,
            VERIFIED,
            "tests/polling/test_failure_documents.py::test_a_final_invocation_names_only_shard_stream_and_window",
        ),
        Fact(
            "Concurrent batches of a shard keep the order of each item.",
            _GUIDE,
            DOCUMENTED,
            f"{_JOURNEYS}::test_parallel_batches_keep_each_items_order",
        ),
        Fact(
            "A failure record names condition, invoke count, shard, sequence numbers and arrival times, in a fixed order.",
            _RECORDED,
            VERIFIED,
            "tests/polling/test_failure_documents.py::test_a_queue_gets_the_recorded_document_in_its_order",
        ),
        Fact(
            "A role that may no longer read the stream shows as LastProcessingResult, `PROBLEM: User: arn:aws:sts::ACCOUNT:assumed-role/ROLE/awslambda_701_TIME is not authorized to perform: dynamodb:DescribeStream on resource: ARN with an explicit deny in an identity-based policy`; the State stays Enabled.",
            _STACKD,
            VERIFIED,
            "tests/polling/test_watching.py::test_a_role_that_lost_its_permission_is_told_of_without_any_record",
            ours="mappings without records are asked about every 8 seconds, 25 at a time.",
        ),
        Fact(
            "A failure message in a queue was sent by the execution role's session, SenderId `ROLEID:awslambda_701_TIME`.",
            f"session names in {_STACKD}; the form of SenderId: SQS developer guide",
            DOCUMENTED,
            f"{_JOURNEYS}::test_given_up_records_are_told_to_the_failure_queue",
        ),
        Fact(
            "A record may be delivered more than once.",
            _GUIDE,
            DOCUMENTED,
            "tests/polling/test_leases.py::test_an_expired_lease_is_taken_over_and_its_old_owner_is_fenced",
        ),
        Fact(
            "The payload in a bucket writes ApproximateCreationDateTime as a double: 1.789651658E9.",
            "captures of AWS published in radkawar/stackd, September 2026",
            VERIFIED,
            "tests/polling/test_failure_documents.py::test_a_bucket_gets_arrivals_as_aws_writes_them_there",
        ),
    ),
)
