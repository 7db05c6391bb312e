"""Ids and secrets of access keys: the account lies in the id, the secret follows from it.

Secrets are derived from the id under the installation's key, so that none is stored. The form of
the ids is AWS's: a prefix and sixteen characters of base32, whose first 48 bits hold one bit, the
account's forty and seven more. Source: Aidan Steele, "AWS Access Key ID formats" (2020), confirmed by
Tal Be'ery, "A short note on AWS KEY ID" (2023).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from console.accounts.secrets import signing_secret
from console.aws.ids import SYSTEM_IDS, Ids

LONG_TERM = "AKIA"
TEMPORARY = "ASIA"
_ID = re.compile(r"(AKIA|ASIA)[A-Z2-7]{16}")


def new_id(prefix: str, account: str, ids: Ids = SYSTEM_IDS) -> str:
    """Draw the id of a key that belongs to an account."""
    return id_of(prefix, account, bytes.fromhex(ids.hex(6)))


def id_of(prefix: str, account: str, salt: bytes) -> str:
    """Make the id of a key from three bytes of salt; its last two bytes show that it is ours."""
    head = 1 << 47 | int(account) << 7 | salt[0] & 0x7F
    bare = head.to_bytes(6, "big") + salt[1:3]
    return prefix + base64.b32encode(bare + _mark(prefix, bare)).decode()


def is_ours(key_id: str) -> bool:
    """Say whether this installation gave out a key of this id, which need not exist any more.

    Others (AWS's own, inventions) are nobody's here, and what holds for unknown keys holds for them.
    """
    if _ID.fullmatch(key_id) is None:
        return False
    raw = base64.b32decode(key_id[4:])
    return hmac.compare_digest(raw[8:], _mark(key_id[:4], raw[:8]))


def is_id(text: str) -> bool:
    """Say whether a text has the form of a key's id."""
    return _ID.fullmatch(text) is not None


def _mark(prefix: str, bare: bytes) -> bytes:
    text = b"key id\0" + prefix.encode() + bare
    return hmac.new(signing_secret(), text, hashlib.sha256).digest()[:2]


def account_of(key_id: str) -> str:
    """Read the account number out of a key's id."""
    head = int.from_bytes(base64.b32decode(key_id[4:])[:6], "big")
    return f"{head >> 7 & (1 << 40) - 1:012d}"


def secret_of(key_id: str) -> str:
    """Derive the secret access key (40 characters) of a key's id."""
    mac = hmac.new(signing_secret(), b"access key\0" + key_id.encode(), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()[:40]
