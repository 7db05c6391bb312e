"""Keys of a bucket, page by page, rolled up at a delimiter. Reads no bodies.

Source: S3 API reference, ListObjectsV2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models.functions import Left

from functions.messaging.models import Bucket, StoredObject
from functions.messaging.objects import in_bucket

_ROWS_A_LOOK = 1000


@dataclass(frozen=True, slots=True)
class Search:
    """Which keys: those that begin with `prefix`, rolled up to the next `delimiter` after it."""

    prefix: str = ""
    delimiter: str = ""

    def common(self, key: str) -> str:
        """Give what `key` rolls up to; empty when it stands for itself."""
        if not self.delimiter:
            return ""
        head, found, _ = key[len(self.prefix) :].partition(self.delimiter)
        return f"{self.prefix}{head}{found}" if found else ""


@dataclass(slots=True)
class Leaf:
    """One page: objects, common prefixes, and after which key the next one goes on."""

    rows: list[StoredObject] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    last: str = ""
    truncated: bool = False

    @property
    def count(self) -> int:
        """Count objects and prefixes together, as MaxKeys does."""
        return len(self.rows) + len(self.prefixes)


def page(bucket: Bucket, search: Search, *, after: str, count: int) -> Leaf:
    """List up to `count` keys and prefixes that follow the key (or prefix) `after`."""
    leaf = Leaf(last=after)
    if count <= 0:
        return leaf
    for row in _rows(bucket, search, after):
        common = search.common(row.key)
        if common and (common in leaf.prefixes[-1:] or common == search.common(after)):
            leaf.last = row.key
            continue
        if leaf.count == count:
            leaf.truncated = True
            return leaf
        if common:
            leaf.prefixes.append(common)
        else:
            leaf.rows.append(row)
        leaf.last = row.key
    return leaf


def _rows(bucket: Bucket, search: Search, after: str) -> Iterator[StoredObject]:
    rows = in_bucket(bucket).defer("body")
    if search.prefix:  # not startswith: SQLite's LIKE does not see the case of letters
        rows = rows.annotate(head=Left("key", len(search.prefix))).filter(head=search.prefix)
    while True:
        found = list(rows.filter(key__gt=after).order_by("key")[:_ROWS_A_LOOK])
        yield from found
        if len(found) < _ROWS_A_LOOK:
            return
        after = found[-1].key
