"""Numbers of AWS Lambda's invocations, each with unit and source."""

from __future__ import annotations

#: Bytes of the event of a synchronous and an asynchronous invocation. Source: Lambda quotas,
#: "Invocation payload" (asynchronous: 256 KB until October 2025).
SYNC_BYTES = 6_291_456
ASYNC_BYTES = 1_048_576
#: Bytes of X-Amz-Client-Context. Source: Lambda API reference, Invoke.
CLIENT_CONTEXT_BYTES = 3583
#: Bytes of X-Amz-Log-Result before base64. Source: the same page.
LOG_TAIL_BYTES = 4096
#: Retries of an asynchronous invocation, and seconds before the first; twice as many before the
#: second. Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous
#: invocation".
RETRIES = 2
RETRY_SECONDS = 60.0
#: Seconds after which an event is discarded. Source: the same page.
LONGEST_AGE = 21_600.0
#: Characters of ErrorMessage in a dead-letter message. Source: Lambda developer guide,
#: "Capturing records of Lambda asynchronous invocations" (the first 1 KB).
ERROR_MESSAGE = 1024
#: Seconds that an event waits for concurrency, doubling. Source: the same page.
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 300.0

#: Bytes kept of what a lane's function answered; the lane itself has read all of it. Ours.
LANE_RESULT_BYTES = 4096
#: Seconds that a caller waits for a free worker, beyond the function's own time. Ours.
PATIENCE_SECONDS = 60.0
#: Seconds after which a queued invocation is announced again: its message may be lost. Ours.
ANNOUNCE_SECONDS = 0.5
#: Seconds that an init phase of a provisioned environment may take at least; otherwise the function's
#: timeout. Source: Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
PROVISIONED_INIT_SECONDS = 130.0
