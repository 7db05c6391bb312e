"""What a function's answer means for its batch: success, failure, or a report of some failures.

Pure. The table is AWS's as recorded; `identify` turns an itemIdentifier into a sequence of the shard.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from triggers.polling.lane import Batch, Failed, Outcome, Partial, Rules, Succeeded

Identify = Callable[[str], int | None]
_KEY = "batchItemFailures"


def judge(answer: bytes, batch: Batch, rules: Rules, identify: Identify) -> Outcome:
    """Judge the answer of a function that returned (one that raised has simply failed)."""
    if not rules.reports and not rules.tumbling:
        return Succeeded()
    parsed = _parse(answer)
    state = "{}"
    if rules.tumbling:
        if not isinstance(parsed, dict) or "state" not in parsed:
            return Failed(reported=True)
        state = json.dumps(parsed["state"], separators=(",", ":"))
    if not rules.reports:
        return Succeeded(state)
    return _read_report(parsed, state, batch, identify)


def _read_report(parsed: Any, state: str, batch: Batch, identify: Identify) -> Outcome:
    """Nothing, an empty object or list, and an empty text mean success; a stranger key does not."""
    if parsed in (None, {}, [], ""):
        return Succeeded(state)
    if not isinstance(parsed, dict) or _KEY not in parsed:
        return Succeeded(state) if _has_only_state(parsed) else Failed(reported=True)
    failures = parsed[_KEY]
    if failures in (None, []):
        return Succeeded(state)
    if not isinstance(failures, list):
        return Failed(reported=True)
    owed = set(batch.seqs)
    reported = [_sequence(failure, identify) for failure in failures]
    found = [seq for seq in reported if seq is not None and seq in owed]
    if len(found) < len(reported):
        return Failed(reported=True)  # an identifier that is missing, malformed or not in the batch
    return Partial(min(found), state)


def _has_only_state(parsed: Any) -> bool:
    return isinstance(parsed, dict) and set(parsed) == {"state"}


def _sequence(failure: Any, identify: Identify) -> int | None:
    identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
    return identify(identifier) if isinstance(identifier, str) and identifier else None


def _parse(answer: bytes) -> Any:
    """Parse the answer; what is no JSON is a text that is neither empty nor an object."""
    try:
        return json.loads(answer) if answer.strip() else None
    except ValueError:
        return "not JSON"
