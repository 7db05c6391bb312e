"""Queues, topics and buckets."""

from __future__ import annotations

from tests.fidelity.fact import DOCUMENTED, GUESSED, VERIFIED, Chapter, Fact

_SQS = "recorded from AWS, LocalStack snapshot test_sqs, 2022 and 2023"
_SQS_API = "SQS API reference"
_SQS_GUIDE = "SQS developer guide"
_SNS_GUIDE = "SNS developer guide"
_S3_API = "S3 API reference"
_MESSAGES = "tests/wire/test_sqs_messages.py::"
_QUEUES = "tests/wire/test_sqs_queues.py::"
_TOPICS = "tests/wire/test_sns_topics.py::"
_OBJECTS = "tests/wire/test_s3_objects.py::"

CHAPTER = Chapter(
    "Queues, topics and buckets",
    (
        Fact(
            "SQS's MD5 of message attributes sorts by name and measures each part; asking for some attributes gives the digest of those.",
            _SQS,
            VERIFIED,
            _MESSAGES + "test_the_digest_of_attributes_is_the_recorded_one",
        ),
        Fact(
            "A QueueUrl may be the bare name of a queue; whatever names no queue answers NonExistentQueue.",
            "moto's tests verified on AWS",
            VERIFIED,
            "tests/wire/test_sqs_queues.py::test_a_bare_name_does_for_a_url",
        ),
        Fact(
            "ReceiveMessage takes 1 to 10 messages: `Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`",
            _SQS,
            VERIFIED,
            _MESSAGES + "test_a_wish_out_of_range_is_refused",
        ),
        Fact(
            "Batches are refused whole with EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct or BatchRequestTooLong; SDKs see these names with the prefix `AWS.SimpleQueueService.`.",
            _SQS,
            VERIFIED,
            _MESSAGES + "test_a_batch_that_cannot_be_run_is_refused_in_sqs_words",
        ),
        Fact(
            "A message longer than the queue allows: `One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.`",
            _SQS,
            VERIFIED,
            _MESSAGES + "test_a_message_longer_than_the_queue_allows_is_refused",
        ),
        Fact(
            "A message may have 1 MiB, and a new queue says so (MaximumMessageSize 1048576).",
            _SQS_GUIDE + ", quotas, since August 2025",
            DOCUMENTED,
            _QUEUES + "test_a_new_queue_has_the_defaults_of_sqs",
        ),
        Fact(
            "CreateQueue with other attributes answers QueueAlreadyExists and names the first that differs.",
            _SQS,
            VERIFIED,
            _QUEUES + "test_making_a_queue_again_gives_the_same_one_or_is_refused",
        ),
        Fact(
            "A second purge within 60 seconds answers 403 PurgeQueueInProgress.",
            _SQS,
            VERIFIED,
            _QUEUES + "test_a_purge_empties_a_queue_and_rests_for_a_minute",
        ),
        Fact(
            "With an older receipt a standard queue answers success and keeps the message.",
            _SQS_API + ", DeleteMessage",
            DOCUMENTED,
            _MESSAGES + "test_an_old_receipt_of_a_standard_queue_deletes_nothing",
        ),
        Fact(
            "With an expired receipt a FIFO queue answers `Value … for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`",
            _SQS,
            VERIFIED,
            _QUEUES + "test_an_expired_receipt_is_refused",
        ),
        Fact(
            "A FIFO queue knows a deduplication id for five minutes, also of a message that was deleted, and answers with the first message's id.",
            _SQS,
            VERIFIED,
            _QUEUES + "test_the_same_deduplication_id_is_stored_once_even_after_deletion",
        ),
        Fact(
            "While a message of a group is in flight, no other of that group is given out.",
            _SQS_GUIDE + ", FIFO delivery logic",
            DOCUMENTED,
            _QUEUES + "test_a_group_keeps_its_order_and_one_receiver",
        ),
        Fact(
            "A message that was received maxReceiveCount times goes to the dead-letter queue at the next receive, keeps its id and tells DeadLetterQueueSourceArn.",
            _SQS_GUIDE + ", dead-letter queues",
            DOCUMENTED,
            _QUEUES + "test_a_message_received_too_often_goes_to_the_dead_letters",
        ),
        Fact(
            "While the dead-letter queue is missing, its messages go on being received.",
            "nobody says",
            GUESSED,
            "tests/messaging/test_queues.py::test_messages_stay_while_their_dead_letter_queue_is_missing",
        ),
        Fact(
            "A deleted queue's name is refused for 60 seconds (QueueDeletedRecently).",
            _SQS_API + ", DeleteQueue",
            DOCUMENTED,
            _QUEUES + "test_a_deleted_queue_is_gone_with_its_messages",
            ours="free at once.",
        ),
        Fact(
            "A queue that subscribed gets JSON with Type, MessageId, TopicArn, Subject, Message, Timestamp, SignatureVersion, Signature, SigningCertURL, UnsubscribeURL and MessageAttributes; Subject and MessageAttributes are left out when there are none.",
            _SNS_GUIDE + ", parsing message formats",
            DOCUMENTED,
            _TOPICS + "test_a_queue_gets_the_message_in_an_envelope",
        ),
        Fact(
            "SNS signs with a key whose certificate SigningCertURL names.",
            _SNS_GUIDE + ", verifying signatures",
            DOCUMENTED,
            ours="the signature is a keyed hash of the installation and no certificate exists.",
        ),
        Fact(
            "A function that subscribed is invoked asynchronously with one record (EventSource `aws:sns`, EventVersion 1.0); Subject is null and MessageAttributes {} when there are none.",
            "Lambda developer guide, using Lambda with SNS",
            DOCUMENTED,
            "tests/messaging/test_targets.py::test_a_function_that_subscribed_is_invoked_asynchronously",
        ),
        Fact(
            "SNS delivers to a queue or function only when that one's policy lets it.",
            _SNS_GUIDE + ", access control",
            DOCUMENTED,
            ours="resource policies of queues are not offered; SNS always may.",
        ),
        Fact(
            "Filter policies match strings, numbers, prefixes, suffixes, ranges, absence, and any element of a String.Array; binary attributes never match.",
            _SNS_GUIDE + ", filter policies",
            DOCUMENTED,
            "tests/messaging/test_filter_policies.py::test_a_policy_lets_through_what_it_names",
        ),
        Fact(
            "Making one's own bucket again answers 200 in us-east-1 and BucketAlreadyOwnedByYou elsewhere.",
            _S3_API + ", CreateBucket",
            DOCUMENTED,
            _OBJECTS + "test_a_bucket_says_where_it_is",
        ),
        Fact(
            "A bucket's name is unique in the world, and the bucket is reached from every region.",
            _S3_API,
            DOCUMENTED,
            ours="names belong to an account and region, and a bucket is reached there only.",
        ),
        Fact(
            "A part of an object answers 206 with Content-Range; one beyond its end 416 InvalidRange.",
            _S3_API + ", GetObject",
            DOCUMENTED,
            _OBJECTS + "test_a_part_of_an_object_can_be_asked_for",
        ),
        Fact(
            "A body in pieces (aws-chunked) may end with its checksum in a trailing header.",
            _S3_API + ", trailing headers",
            DOCUMENTED,
            _OBJECTS + "test_a_body_in_pieces_with_a_trailing_checksum_is_put_together",
        ),
        Fact(
            "A wrong checksum answers BadDigest: `The SHA256 you specified did not match the calculated checksum.`",
            "error texts pasted in public issues",
            GUESSED,
            _OBJECTS + "test_a_wrong_checksum_is_refused",
        ),
        Fact(
            "ListObjectsV2 rolls keys up at a delimiter and counts a common prefix as one entry, across pages too.",
            _S3_API + ", ListObjectsV2",
            DOCUMENTED,
            _OBJECTS + "test_keys_roll_up_at_a_delimiter_across_pages",
        ),
        Fact(
            "StartMessageMoveTask moves what lies in a dead-letter queue, at most 500 messages a second, back to where each came from or to one queue; one task of a queue runs at a time, and only running ones have a handle.",
            "SQS API reference, StartMessageMoveTask and ListMessageMoveTasks; error texts from tests of moto and LocalStack",
            DOCUMENTED,
            "tests/messaging/test_move_tasks.py::test_messages_go_back_to_where_they_came_from",
            ours="without a rate 500 messages a second; AWS finds one of its own.",
        ),
        Fact(
            "RedriveAllowPolicy (allowAll, denyAll, byQueue with up to ten ARNs) says whose dead letters a queue takes, asked when a RedrivePolicy is set.",
            "SQS API reference, SetQueueAttributes; the error texts are guesses",
            DOCUMENTED,
            _QUEUES + "test_a_redrive_allow_policy_says_who_may_send_dead_letters",
        ),
    ),
)
