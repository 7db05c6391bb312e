"""Only what docs/limits.md lists may be stored without effect."""

from __future__ import annotations

import re

from console import offers
from console.aws.registry import offered
from tests.fidelity.document import ROOT

_ROW = re.compile(r"^\| ([a-z]+) \| (\w+) \| .+ \|$", re.MULTILINE)


def test_every_recorded_member_is_on_the_closed_list() -> None:
    offers.load()
    page = (ROOT / "docs" / "limits.md").read_text()
    listed = set(_ROW.findall(page))

    recorded = {(one.service, member) for one in offered() for member in one.records}

    assert recorded - listed == set()
