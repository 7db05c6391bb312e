"""Filter patterns: which messages are meant. Plain text is read here, the others next door.

    ERROR timeout      both terms
    "GET /orders"      the phrase; anything but letters, digits and _ needs the quotes
    -DEBUG             not the term
    ?ERROR ?WARN       any of the terms; beside other terms these are passed over

    { $.n > 5 }        properties of JSON (`jsonpatterns`)
    [ip, status = 4*]  fields between blanks (`fieldpatterns`)
    %5[0-9]{2}%        a regular expression (`regexes`)

Source: CloudWatch Logs user guide, "Filter pattern syntax".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from console.aws.errors import AwsError
from functions.observability import fieldpatterns, jsonpatterns, regexes
from functions.observability.regexes import Regex

_TOKEN = re.compile(r'\s*(?P<sign>[-?]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>\S+))')
_FOREIGN = re.compile(r"[^\w]")


_REGEX = re.compile(r"=\s*%[^%]*%")
_MOST_REGEXES = 2


class Pattern(Protocol):
    """What every kind of pattern can say; its `extract` gives what it has looked at in a message."""

    def matches(self, message: str) -> bool:
        """Say whether a message is meant."""
        ...

    def extract(self, message: str) -> dict[str, str]:
        """Give the values of a message by the names that the pattern has for them."""
        ...

    def offers(self, selector: str) -> bool:
        """Say whether a selector names one value of a message that is meant."""
        ...


@dataclass(frozen=True, slots=True)
class RegexPattern:
    """A regular expression that a message contains."""

    regex: Regex

    def matches(self, message: str) -> bool:
        """Say whether a message is meant."""
        return self.regex.found_in(message)

    def extract(self, message: str) -> dict[str, str]:
        """Give nothing: there are no names."""
        del message
        return {}

    def offers(self, selector: str) -> bool:
        """Say no: there are no names."""
        del selector
        return False


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Terms that a message must all contain, must not contain, and of which it contains any."""

    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    anyof: tuple[str, ...] = ()

    def matches(self, message: str) -> bool:
        """Say whether a message is meant; upper and lower case differ."""
        return (
            all(term in message for term in self.required)
            and not any(term in message for term in self.excluded)
            and (not self.anyof or any(term in message for term in self.anyof))
        )

    def extract(self, message: str) -> dict[str, str]:
        """Give nothing: there are no names."""
        del message
        return {}

    def offers(self, selector: str) -> bool:
        """Say no: there are no names."""
        del selector
        return False


def parse(text: str) -> Pattern:
    """Read a pattern. Raises AwsError InvalidParameterException."""
    text = text.strip()
    if text[:1] in ("{", "[") and len(_REGEX.findall(text)) > _MOST_REGEXES:
        raise _refused(f"A filter pattern may hold {_MOST_REGEXES} regular expressions")
    match text[:1]:
        case "{":
            return jsonpatterns.parse(text)
        case "[":
            return fieldpatterns.parse(text)
        case "%" if len(text) > 1 and text.endswith("%"):
            return RegexPattern(regexes.parse(text[1:-1]))
    return _terms(text)


def _terms(text: str) -> TextPattern:
    terms: dict[str, list[str]] = {"": [], "-": [], "?": []}
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # pragma: no cover - \S+ takes whatever is left
            break
        terms[found["sign"]].append(_term(found))
        at = found.end()
    mixed = terms[""] or terms["-"]
    return TextPattern(tuple(terms[""]), tuple(terms["-"]), () if mixed else tuple(terms["?"]))


def _term(found: re.Match[str]) -> str:
    if found["phrase"] is not None:
        return re.sub(r"\\(.)", r"\1", found["phrase"])
    foreign = _FOREIGN.search(found["word"])
    if foreign is not None:
        raise _refused(f"Invalid character(s) in term '{foreign[0]}'")
    return found["word"]


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
