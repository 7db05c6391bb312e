"""Cuts a PartiQL statement into tokens that remember where they stood. Knows no grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<word>[A-Za-z_$][A-Za-z0-9_$]*)
    | "(?P<quoted>(?:[^"]|"")*)"
    | '(?P<string>(?:[^']|'')*)'
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<symbol><<|>>|<>|!=|<=|>=|[=<>()\[\]{},.:?*+-])
    | (?P<end>\Z)
    | (?P<stray>.)
    )""",
    re.VERBOSE | re.DOTALL,
)


class Kind(Enum):
    """What a token is; STRAY is a character that no statement has."""

    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"
    END = "end"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text (without quotes) and the place where it starts, from 1."""

    kind: Kind
    text: str
    start: int

    @property
    def word(self) -> str:
        """The token as a keyword, which is read in any case, or as a symbol."""
        if self.kind is Kind.WORD:
            return self.text.upper()
        return self.text if self.kind is Kind.SYMBOL else ""


def tokens(text: str) -> tuple[Token, ...]:
    """Cut `text` up in one pass; the last token is the END."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = Kind(match.lastgroup)
        content = match[kind.value]
        if kind in (Kind.QUOTED, Kind.STRING):
            quote = '"' if kind is Kind.QUOTED else "'"
            content = content.replace(quote * 2, quote)
        found.append(Token(kind, content, match.start(kind.value) + 1))
        if kind is Kind.END:
            break
    return tuple(found)
