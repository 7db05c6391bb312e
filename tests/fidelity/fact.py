"""What a fact about AWS is here: a claim, where it comes from, how sure it is, which test holds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sureness(StrEnum):
    """How well a claim is founded."""

    VERIFIED = "verified"
    """Recorded from AWS, or asserted by a public test that was run against AWS."""

    DOCUMENTED = "documented"
    """Said by AWS's documentation or its service models."""

    GUESSED = "guessed"
    """Neither: the likeliest behaviour, until somebody looks."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of AWS; one entry of docs/fidelity.md.

    `test` names the test that holds it ("tests/iam/test_roles.py::test_x"). `ours` says where
    Shardlight knowingly differs; without it, it does as AWS does.
    """

    claim: str
    source: str
    sureness: Sureness
    test: str = ""
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """The facts of one room."""

    title: str
    facts: tuple[Fact, ...]


VERIFIED, DOCUMENTED, GUESSED = Sureness.VERIFIED, Sureness.DOCUMENTED, Sureness.GUESSED
