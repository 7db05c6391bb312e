"""Numbers of SQS, SNS and S3, each with its unit and source."""

from __future__ import annotations

from typing import Final

BATCH_ENTRIES: Final = 10
"""Entries of a batch call. Source: SQS and SNS API references; recorded in the error's text."""

MESSAGE_BYTES: Final = 1024 * 1024
"""Longest message with its attributes, and longest batch. Source: SQS developer guide, quotas (2025)."""

SMALLEST_MAX_BYTES: Final = 1024
"""Least MaximumMessageSize. Source: SQS API reference, SetQueueAttributes."""

VISIBILITY_SECONDS: Final = 43_200
"""Longest visibility timeout, also in all from the first receive. Source: SQS API reference."""

RETENTION_SECONDS: Final = (60, 1_209_600)
"""Least and most MessageRetentionPeriod. Source: SQS API reference."""

DELAY_SECONDS: Final = 900
"""Longest DelaySeconds. Source: SQS API reference."""

WAIT_SECONDS: Final = 20
"""Longest long poll. Source: SQS API reference, ReceiveMessage."""

RECEIVES: Final = 1000
"""Most maxReceiveCount. Source: SQS developer guide, dead-letter queues."""

MESSAGE_ATTRIBUTES: Final = 10
"""Attributes of one SQS message. Source: SQS developer guide, message attributes."""

DEDUPLICATION_MS: Final = 5 * 60 * 1000
"""How long a FIFO queue knows a deduplication id. Source: SQS developer guide, exactly-once."""

PURGE_MS: Final = 60 * 1000
"""Between two purges of a queue. Source: recorded error text of PurgeQueue."""

FIRST_SEQUENCE: Final = 18_849_496_460_467_696_128
SEQUENCE_STEP: Final = 256
"""How FIFO sequence numbers look: twenty digits, rising. Source: recordings of SQS; the step is ours."""

QUEUES_A_PAGE: Final = 1000
"""Most queues in one answer. Source: SQS API reference, ListQueues."""

ENTRIES_A_PAGE: Final = 100
"""Topics and subscriptions in one answer. Source: SNS API reference, ListTopics."""

TAGS: Final = 50
"""Tags of a queue or topic. Source: SQS and SNS developer guides."""

SUBJECT_CHARACTERS: Final = 100
"""Source: SNS API reference, Publish ("less than 100 characters", measured as at most 100)."""

PUBLISHED_BYTES: Final = 262_144
"""Longest SNS message. Source: SNS API reference, Publish."""

OBJECT_BYTES: Final = 16 * 1024 * 1024
"""Largest object here; AWS takes 5 GB in one piece. Ours."""

KEY_BYTES: Final = 1024
"""Longest object key, in UTF-8. Source: S3 user guide, object key names."""

KEYS_A_PAGE: Final = 1000
"""Most keys in one answer, and in one DeleteObjects. Source: S3 API reference."""

BUCKETS_A_PAGE: Final = 10_000
"""Most buckets in one answer. Source: S3 API reference, ListBuckets."""

METADATA_BYTES: Final = 2048
"""User-defined metadata of one object. Source: S3 user guide, object metadata."""

MOVED_A_SECOND: Final = 500
"""Highest MaxNumberOfMessagesPerSecond. Source: SQS API reference, StartMessageMoveTask."""

MOVES_LISTED: Final = 10
"""Most tasks in one answer. Source: SQS API reference, ListMessageMoveTasks."""
