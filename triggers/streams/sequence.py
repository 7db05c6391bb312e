"""Sequence numbers: the shard's ordinal and the place in it, as 24 digits. Knows no rows.

All sequence numbers are equally long, so their text order is their number order; they rise from
parent to child shards because ordinals do.
"""

from __future__ import annotations

import re

_FORM = re.compile(r"1([0-9]{8})([0-9]{15})")

OPEN_END = 10**15 - 1
"""No sequence lies above this one."""


def sequence_number(ordinal: int, seq: int) -> str:
    """Write the sequence number of place `seq` (from 1) in the stream's shard `ordinal`."""
    return f"1{ordinal:08d}{seq:015d}"


def parse_sequence_number(text: str) -> tuple[int, int] | None:
    """Take (ordinal, seq) out of a sequence number; None when it is none of ours."""
    found = _FORM.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None
