"""What an invocation takes on of the trace that its caller names."""

from __future__ import annotations

import pytest

from functions.invocations.traces import read

ROOT = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"
PARENT = "Parent=7fa8c0f79203be72"


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (f"{ROOT};{PARENT};Sampled=1", f"{ROOT};{PARENT};Sampled=1"),
        (f"Sampled=0; {PARENT}; {ROOT}", f"{ROOT};{PARENT};Sampled=0"),
        (f"Self=1-67891234-12456789abcdef012345678;{ROOT}", ROOT),
        (f"{ROOT};Parent=short;Sampled=?;Lineage=1:a87bd80c:0", ROOT),
        (f"{ROOT};user=a\r\nX-Other: b", ROOT),
        (f"{PARENT};Sampled=1", ""),
        ("Root=3152b799;Sampled=1", ""),
        (f"{ROOT}\r\nX-Other: b", ""),
        ("nonsense", ""),
        (";;=;", ""),
        ("", ""),
    ],
)
def test_root_parent_and_decision_are_kept_where_they_can_be_read(header: str, kept: str) -> None:
    assert read(header) == kept
