"""Cuts an expression into tokens that remember where they stood. Knows no grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<name>[A-Za-z][A-Za-z0-9_]*)
    | (?P<alias>\#[A-Za-z0-9_]+)
    | (?P<value>:[A-Za-z0-9_]+)
    | (?P<index>[0-9]+)
    | (?P<symbol><>|<=|>=|[=<>()\[\],.+-])
    | (?P<end>\Z)
    | (?P<stray>.)
    )""",
    re.VERBOSE | re.DOTALL,
)


class Kind(Enum):
    """What a token is; STRAY is a character that no expression has."""

    NAME = "name"
    ALIAS = "alias"
    VALUE = "value"
    INDEX = "index"
    SYMBOL = "symbol"
    END = "end"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text and the place where it starts."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place after the token."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The token as a keyword: keywords are read in any case."""
        return self.text.upper() if self.kind is Kind.NAME else self.text


def tokens(text: str) -> tuple[Token, ...]:
    """Cut `text` up in one pass; the last token is the END."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = Kind(match.lastgroup)
        found.append(Token(kind, match[kind.value], match.start(kind.value)))
        if kind is Kind.END:
            break
    return tuple(found)
