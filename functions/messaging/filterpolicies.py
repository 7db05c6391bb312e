"""Filter policies of SNS subscriptions: parsed once, matched against message attributes. Pure.

Offered: exact strings, numbers, booleans and null; prefix, suffix, equals-ignore-case, anything-but
(with values, prefix or suffix), numeric, exists. Refused: wildcard, cidr, $or, nested keys.
Source: SNS developer guide, "Subscription filter policies" and "Filter policy constraints".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from console.aws.errors import AwsError
from functions.messaging.messageattributes import Attributes

Value = str | Decimal | bool | None
Test = Callable[[Value], bool]
MOST_KEYS = 5
MOST_COMBINATIONS = 150
_COMPARE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda value, edge: value == edge,
    "<": lambda value, edge: value < edge,
    "<=": lambda value, edge: value <= edge,
    ">": lambda value, edge: value > edge,
    ">=": lambda value, edge: value >= edge,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """What one attribute must be: present or absent, or with a value that passes one of the tests."""

    name: str
    tests: tuple[Test, ...]
    present: bool = False
    absent: bool = False

    def holds(self, attributes: Mapping[str, tuple[Value, ...]]) -> bool:
        """Say whether a message's attributes satisfy this clause."""
        values = attributes.get(self.name)
        if values is None:
            return self.absent
        return self.present or any(test(value) for test in self.tests for value in values)


Policy = tuple[Clause, ...]


def parse(text: str) -> Policy:
    """Read a policy; an empty one lets everything through. Raises AwsError InvalidParameter."""
    if not text:
        return ()
    try:
        document = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        raise _invalid("failed to parse JSON.") from None
    if not isinstance(document, dict):
        raise _invalid("Filter policy must be a JSON object")
    if len(document) > MOST_KEYS:
        raise _invalid(f"Filter policy can not have more than {MOST_KEYS} keys")
    policy = tuple(_clause(name, rules) for name, rules in document.items())
    combinations = 1
    for rules in document.values():
        combinations *= len(rules)
    if combinations > MOST_COMBINATIONS:
        raise _invalid("Filter policy is too complex")
    return policy


def matches(policy: Policy, attributes: Attributes) -> bool:
    """Say whether a message with these attributes (kept form) passes."""
    if not policy:
        return True
    values = {name: _values(value) for name, value in attributes.items()}
    return all(clause.holds(values) for clause in policy)


def _values(attribute: Mapping[str, Any]) -> tuple[Value, ...]:
    """List what can be tested of an attribute: an array's elements, nothing of a binary value."""
    text = attribute.get("StringValue")
    if text is None:
        return ()
    if attribute["DataType"] == "String.Array":
        try:
            found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        except (ValueError, RecursionError):
            return (text,)
        listed = found if isinstance(found, list) else [found]
        return tuple(one for one in listed if not isinstance(one, (list, dict)))
    return (Decimal(text),) if attribute["DataType"].startswith("Number") else (text,)


def _clause(name: str, rules: Any) -> Clause:
    if name.startswith("$"):
        raise _not_offered(name)
    if isinstance(rules, dict):
        raise _invalid(f'"{name}" must be an object or an array')
    if not isinstance(rules, list) or not rules:
        raise _invalid(f'"{name}" must be a non-empty array')
    existence = [rule["exists"] for rule in rules if isinstance(rule, dict) and "exists" in rule]
    if not all(isinstance(one, bool) for one in existence):
        raise _invalid("exists match pattern must be either true or false.")
    others = [rule for rule in rules if not (isinstance(rule, dict) and "exists" in rule)]
    return Clause(
        name,
        tuple(_test(rule) for rule in others),
        present=True in existence,
        absent=False in existence,
    )


def _test(rule: Any) -> Test:
    if isinstance(rule, dict):
        if len(rule) != 1:
            raise _invalid("Only one key allowed in match expression")
        ((operator, operand),) = rule.items()
        return _operation(operator, operand)
    if isinstance(rule, list):
        raise _invalid("Match value must be String, number, true, false, or null")
    return lambda value: _same(value, rule)


def _operation(operator: str, operand: Any) -> Test:
    match operator:
        case "prefix" | "suffix" | "equals-ignore-case":
            return _text_test(operator, operand)
        case "anything-but":
            return _anything_but(operand)
        case "numeric":
            return _numeric(operand)
        case "wildcard" | "cidr":
            raise _not_offered(operator)
        case _:
            raise _invalid(f"Unrecognized match type {operator}")


def _text_test(operator: str, operand: Any) -> Test:
    if not isinstance(operand, str) or not operand:
        raise _invalid(f"{operator} match pattern must be a string")
    match operator:
        case "prefix":
            return lambda value: isinstance(value, str) and value.startswith(operand)
        case "suffix":
            return lambda value: isinstance(value, str) and value.endswith(operand)
        case _:
            folded = operand.casefold()
            return lambda value: isinstance(value, str) and value.casefold() == folded


def _anything_but(operand: Any) -> Test:
    if isinstance(operand, dict):
        if len(operand) != 1 or not operand.keys() <= {"prefix", "suffix"}:
            raise _not_offered("anything-but with " + ", ".join(operand))
        ((operator, text),) = operand.items()
        inner = _text_test(operator, text)
        return lambda value: not inner(value)
    excluded = operand if isinstance(operand, list) else [operand]
    if not excluded or not all(isinstance(one, (str, Decimal)) for one in excluded):
        raise _invalid("Value of anything-but must be an array or single string/number value.")
    return lambda value: not any(_same(value, one) for one in excluded)


def _numeric(operand: Any) -> Test:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise _invalid("Value of numeric must be an array of one or two comparisons")
    pairs = _comparisons(operand)

    def within(value: Value) -> bool:
        return isinstance(value, Decimal) and all(
            _COMPARE[operator](value, edge) for operator, edge in pairs
        )

    return within


def _comparisons(operand: Sequence[Any]) -> list[tuple[str, Decimal]]:
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    for operator, edge in pairs:
        if not isinstance(operator, str) or operator not in _COMPARE:
            raise _invalid(f"Unrecognized numeric range operator: {operator}")
        if not isinstance(edge, Decimal):
            raise _invalid(f"Value of {operator} must be numeric")
    return pairs


def _same(value: Value, wanted: Any) -> bool:
    return type(value) is type(wanted) and value == wanted


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: FilterPolicy: {reason}")


def _not_offered(what: str) -> AwsError:
    return _invalid(f"Shardlight does not offer {what} yet")
