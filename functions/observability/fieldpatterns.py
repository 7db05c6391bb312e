"""Filter patterns of fields: `[ip, user, ..., status = 4* && status != 404, size > 1000]`.

A message is parted at blanks; what stands in quotes or brackets is one field. It must have as many
fields as the pattern, unless `...` stands for any number of them.
Source: CloudWatch Logs user guide, "Filter pattern syntax", space-delimited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from console.aws.errors import AwsError
from functions.observability.comparisons import Comparison, comparison

_FIELD = re.compile(r'"([^"]*)"|\[([^\]]*)\]|(\S+)')
_CONDITION = re.compile(
    r"""\s*(?:\#?\w[\w.\-]*)\s*(?P<operator>!=|<=|>=|=|<|>)\s*
    (?:"(?P<quoted>[^"]*)"|(?P<regex>%[^%]*%)|(?P<word>[^\s&|,()]+))\s*""",
    re.VERBOSE,
)
_NAME = re.compile(r"\s*\w[\w.\-]*\s*")
_NAMED = re.compile(r"\s*\#?(\w[\w.\-]*)")
_ANY = "..."


@dataclass(frozen=True, slots=True)
class Field:
    """What one field must be: one of `any_of`, each a list of comparisons that all hold."""

    any_of: tuple[tuple[Comparison, ...], ...] = ()
    name: str = ""

    def is_met(self, found: str) -> bool:
        """Say whether a field of the message is meant."""
        return not self.any_of or any(
            all(one.holds(found) for one in several) for several in self.any_of
        )


@dataclass(frozen=True, slots=True)
class FieldPattern:
    """Fields before and (None: without an ellipsis) after the `...`."""

    head: tuple[Field, ...]
    rest: tuple[Field, ...] | None = None

    def matches(self, message: str) -> bool:
        """Say whether a message is meant."""
        found = fields_of(message)
        if self.rest is None:
            return len(found) == len(self.head) and _met(self.head, found)
        if len(found) < len(self.head) + len(self.rest):
            return False
        behind = found[len(found) - len(self.rest) :]
        return _met(self.head, found) and _met(self.rest, behind)

    def extract(self, message: str) -> dict[str, str]:
        """Give the fields of a message that is meant, by `$name`, or by `$place` without one."""
        found = fields_of(message)
        behind = len(found) - len(self.rest or ())
        named = [*zip(self.head, found, strict=False)]
        named += zip(self.rest or (), found[behind:], strict=False)
        names = {text_at: field.name for text_at, (field, _) in enumerate(named, 1)}
        if self.rest is not None:
            return {f"${names[at] or at}": text for at, (_, text) in enumerate(named, 1)}
        return {f"${names.get(at) or at}": text for at, text in enumerate(found, 1)}

    def offers(self, selector: str) -> bool:
        """Say whether a selector names one field."""
        fields = [*self.head, *(self.rest or ())]
        named = selector.removeprefix("$")
        places = [str(place) for place in range(1, len(fields) + 1)]
        return selector != named and named in {*places, *(one.name for one in fields if one.name)}


def parse(text: str) -> FieldPattern:
    """Read a pattern in brackets. Raises AwsError InvalidParameterException."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        raise _refused("a space-delimited pattern ends with ']'")
    parts = _split(text[1:-1])
    if parts.count(_ANY) > 1:
        raise _refused("... stands once")
    if _ANY not in parts:
        return FieldPattern(tuple(map(_field, parts)))
    at = parts.index(_ANY)
    return FieldPattern(tuple(map(_field, parts[:at])), tuple(map(_field, parts[at + 1 :])))


def fields_of(message: str) -> list[str]:
    """Part a message into its fields."""
    return [
        next(one for one in found if one is not None)
        for found in (match.groups() for match in _FIELD.finditer(message))
    ]


def _met(fields: Sequence[Field], found: Sequence[str]) -> bool:
    return all(field.is_met(text) for field, text in zip(fields, found, strict=False))


def _split(text: str) -> list[str]:
    """Part a pattern at its commas, but not within quotes or a regular expression."""
    parts, quote = [""], ""
    for character in text:
        if character in '"%' and quote in ("", character):
            quote = "" if quote else character
        if character == "," and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _field(text: str) -> Field:
    bare = text.strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    if _NAME.fullmatch(bare):
        return Field(name=bare.strip())
    named = _NAMED.match(bare)
    return Field(
        tuple(
            tuple(_condition(one) for one in several.split("&&")) for several in bare.split("||")
        ),
        named[1] if named else "",
    )


def _condition(text: str) -> Comparison:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise _refused(f"'{text.strip()}' is no field")
    if found["quoted"] is not None:
        return comparison(found["operator"], found["quoted"], quoted=True)
    return comparison(found["operator"], found["regex"] or found["word"])


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {message}")
