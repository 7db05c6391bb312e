"""Ids that IAM draws: a prefix that tells the kind, and seventeen capitals and digits."""

from __future__ import annotations

import base64

from console.aws.ids import SYSTEM_IDS, Ids


def unique_id(prefix: str, ids: Ids = SYSTEM_IDS) -> str:
    """Draw an id: AROA for roles, AIDA for users, ANPA for policies.

    Source: IAM user guide, "IAM identifiers", table of unique ID prefixes.
    """
    return prefix + base64.b32encode(bytes.fromhex(ids.hex(22))).decode()[:17]
