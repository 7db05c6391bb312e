"""How AWS's services print a refused value, an enum's names and a pattern. Judges nothing."""

from __future__ import annotations

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.aws.wire.models import holds_attribute_values

_ENUM_ORDERS = (
    "LATEST AT_TIMESTAMP TRIM_HORIZON",
    "INDEXES TOTAL NONE",
    "ALL_NEW UPDATED_OLD ALL_OLD NONE UPDATED_NEW",
    "SIZE NONE",
    "IN NULL BETWEEN LT NOT_CONTAINS EQ GT NOT_NULL NE LE BEGINS_WITH GE CONTAINS",
    "SPECIFIC_ATTRIBUTES COUNT ALL_ATTRIBUTES ALL_PROJECTED_ATTRIBUTES",
    "B N S",
    "OR AND",
)
"""Orders recorded from AWS (hash order of some Java version); other enums keep the model's order."""
_RECORDED = {frozenset(names.split()): names.split() for names in _ENUM_ORDERS}

_RECORDED_MEMBERS = {
    "MetricTransformation": (
        "metricName",
        "metricNamespace",
        "metricValue",
        "defaultValue",
        "unit",
        "dimensions",
    ),
}
"""Structures whose every member is printed, null where it is missing, in this order. Source:
recorded, February 2026."""

_UNICODE_CLASSES = {
    r"\p{L}\p{Z}\p{N}_": r"\w\s",
    r"\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}": r"\x20-\x7e\xa0-\U0010ffff",
    r"\p{Print}": r"[\x20-\x7e]",
    r"[\w-_]": r"[\w\-_]",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010ffff",
}


def enum_order(names: list[str]) -> list[str]:
    """Put an enum's names in the order in which AWS prints them, where it has been recorded."""
    return _RECORDED.get(frozenset(names), names)


def python_pattern(pattern: str) -> str:
    """Translate a Java pattern of the models to Python's `re`."""
    for java, python in _UNICODE_CLASSES.items():
        pattern = pattern.replace(java, python)
    return pattern


def spell(shape: Shape, value: Any) -> str:
    """Print a parsed value as Java does: lists in brackets, maps as `{key=value}`."""
    match value:
        case list() if isinstance(shape, ListShape):
            return "[" + ", ".join(spell(shape.member, item) for item in value) + "]"
        case dict() if isinstance(shape, MapShape):
            pairs = (f"{key}={spell(shape.value, item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case dict() if isinstance(shape, StructureShape) and not holds_attribute_values(shape):
            pairs = (
                f"{name[:1].lower()}{name[1:]}={spell(shape.members[name], value.get(name))}"
                for name in _RECORDED_MEMBERS.get(shape.name, value)
            )
            return f"{shape.name}({', '.join(pairs)})"
        case _:
            return _spell_scalar(value)


def _spell_scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case bytes():
            return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
        case _:
            return str(value)
