"""The page of facts is up to date, and the tests that its facts name exist."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.fidelity.document import PAGE, ROOT, render
from tests.fidelity.fact import Fact
from tests.fidelity.facts import CHAPTERS

FACTS = [fact for chapter in CHAPTERS for fact in chapter.facts]


@cache
def functions_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_page_is_what_the_facts_say() -> None:
    assert PAGE.read_text() == render(CHAPTERS), "run python -m tests.fidelity.document"


@pytest.mark.parametrize(
    "fact", [fact for fact in FACTS if fact.test], ids=lambda fact: fact.test.rpartition("::")[2]
)
def test_the_test_of_a_fact_exists(fact: Fact) -> None:
    path, _, name = fact.test.partition("::")

    assert name in functions_in(path)


def test_no_claim_is_made_twice() -> None:
    claims = [fact.claim for fact in FACTS]

    assert len(claims) == len(set(claims))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.claim[:60])
def test_a_fact_is_one_line_with_a_source(fact: Fact) -> None:
    for text in (fact.claim, fact.source, fact.ours):
        assert "\n" not in text
    assert fact.source
    assert not fact.source.endswith(".")
