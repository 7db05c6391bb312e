"""Writes docs/fidelity.md from the facts: `python -m tests.fidelity.document`. Holds no facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.fidelity.fact import Chapter, Fact, Sureness
from tests.fidelity.facts import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "fidelity.md"
_HEAD = """# Fidelity: what we believe about AWS, and how sure we are

Generated from `tests/fidelity/facts/` by `python -m tests.fidelity.document`; do not edit by hand.

*verified*: recorded from AWS, or asserted by a public test that was run against AWS.
*documented*: said by AWS's documentation or its service models.
*guessed*: the likeliest behaviour, until somebody looks.
A fact without a test is not held by one yet. **Here:** marks where Shardlight knowingly differs.
"""


def render(chapters: Sequence[Chapter]) -> str:
    """Write the page."""
    return "\n".join([_HEAD, _summary(chapters), *map(_section, chapters)])


def _summary(chapters: Sequence[Chapter]) -> str:
    lines = ["| room | verified | documented | guessed | held by a test |", "|---|--:|--:|--:|--:|"]
    for chapter in chapters:
        sure = Counter(fact.sureness for fact in chapter.facts)
        counts = " | ".join(str(sure[one]) for one in Sureness)
        tested = sum(bool(fact.test) for fact in chapter.facts)
        lines.append(f"| {chapter.title} | {counts} | {tested} of {len(chapter.facts)} |")
    return "\n".join(lines) + "\n"


def _section(chapter: Chapter) -> str:
    return "\n".join([f"## {chapter.title}\n", *map(_entry, chapter.facts)]) + "\n"


def _entry(fact: Fact) -> str:
    lines = [f"* {fact.claim}", f"  *{fact.sureness}*: {fact.source}."]
    if fact.ours:
        lines.append(f"  **Here:** {fact.ours}")
    if fact.test:
        path, _, name = fact.test.partition("::")
        lines.append(f"  [{name}](../{path})")
    return "  \n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(render(CHAPTERS))
