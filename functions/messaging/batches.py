"""Batch calls of SQS and SNS: entries checked together, run one by one, each with its own outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from console.aws.errors import AwsError
from functions.messaging import limits

Entry = Mapping[str, Any]
_ID = re.compile(r"[\w-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the entries: answers of those that went well, errors of the others."""

    successful: tuple[dict[str, Any], ...]
    failed: tuple[dict[str, Any], ...]


def check(entries: Sequence[Entry], kind: str) -> None:
    """Refuse a batch that cannot be run at all; `kind` names its entries in AWS's words.

    Raises AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId or
    BatchEntryIdsNotDistinct.
    """
    if not entries:
        raise AwsError("EmptyBatchRequest", f"There should be at least one {kind} in the request.")
    if len(entries) > limits.BATCH_ENTRIES:
        raise AwsError(
            "TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are {limits.BATCH_ENTRIES}. "
            f"You have sent {len(entries)}.",
        )
    seen = set()
    for entry in entries:
        if not _ID.fullmatch(entry["Id"]):
            raise AwsError(
                "InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and "
                "underscores. It can be at most 80 letters long.",
            )
        if entry["Id"] in seen:
            raise AwsError("BatchEntryIdsNotDistinct", f"Id {entry['Id']} repeated.")
        seen.add(entry["Id"])


def check_size(size: int, most: int = limits.MESSAGE_BYTES) -> None:
    """Refuse a batch whose messages are too long together. Raises AwsError BatchRequestTooLong."""
    if size > most:
        raise AwsError(
            "BatchRequestTooLong",
            f"Batch requests cannot be longer than {most} bytes. You have sent {size} bytes.",
        )


def run(entries: Sequence[Entry], act: Callable[[Entry], dict[str, Any]]) -> Outcome:
    """Run `act` for every entry in one transaction; an AwsError undoes its own entry only."""
    successful, failed = [], []
    with transaction.atomic():
        for entry in entries:
            try:
                with transaction.atomic():
                    successful.append({"Id": entry["Id"], **act(entry)})
            except AwsError as error:
                failed.append(
                    {
                        "Id": entry["Id"],
                        "SenderFault": True,
                        "Code": error.code,
                        "Message": error.message,
                    }
                )
    return Outcome(tuple(successful), tuple(failed))
