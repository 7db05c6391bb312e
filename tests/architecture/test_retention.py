"""Every table is either made by people or has a line in docs/retention.md, which is proved elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "retention.md"
MADE_BY_PEOPLE = {
    "accounts": "Account Tenancy Secret",
    "catalog": "Function Version Alias CodePackage SpentNumber Permission Layer LayerVersion "
    "EventInvokeConfig FunctionUrl Provision TestEvent",
    "iam": "Role RolePolicy AttachedPolicy User UserPolicy UserAttachment AccessKey "
    "CustomerPolicy PolicyVersion",
    "observability": "LogGroup MetricFilter",
    "messaging": "Queue Topic Subscription Bucket StoredObject",
    "dynamodb": "Table Item Index IndexEntry ResourcePolicy",
    "mappings": "EventSourceMapping",
}
"""Made and deleted through the API and the console; nothing of them comes by itself."""


def documented() -> list[str]:
    """List the tables that docs/retention.md says the end of."""
    return re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE)


def test_every_table_is_made_by_people_or_has_a_retention() -> None:
    """For a new table that grows: a trimmer in `upkeep`, a line in docs/retention.md, and a maker
    of an old row in tests/polling/test_retention.py."""
    rooms = " ".join(MADE_BY_PEOPLE.values()).split()
    ours = [one for one in apps.get_models() if not one.__module__.startswith("django.")]
    assert sorted(rooms + documented()) == sorted(one.__name__ for one in ours)


def test_every_setting_it_names_exists() -> None:
    source = (ROOT / "console" / "settings.py").read_text()
    for name in re.findall(r"SHARDLIGHT_\w+", DOCS.read_text()):
        assert name in source
