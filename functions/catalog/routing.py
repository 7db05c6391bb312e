"""Which version an alias leads to: AWS's rules for weights, and the draw between two. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from console.aws.errors import AwsError
from functions.catalog.configuration import invalid, invalid_without_type, out_of_model

LATEST = "$LATEST"
_NUMBER = re.compile(r"[0-9]+")
_NAME = re.compile(r"[a-zA-Z0-9-_]+")
_DRAW_DIGITS = 8


def is_number(qualifier: str) -> bool:
    """Say whether a qualifier names a published version."""
    return _NUMBER.fullmatch(qualifier) is not None


def is_alias(qualifier: str) -> bool:
    """Say whether a qualifier can only name an alias."""
    return _NAME.fullmatch(qualifier) is not None and not is_number(qualifier)


def check_weights(version: str, weights: Mapping[str, float]) -> None:
    """Check the AdditionalVersionWeights of an alias of `version`; existence is not known here.

    Raises AwsError in AWS's words. Source: recorded answers of CreateAlias.
    """
    if len(weights) > 1:
        raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
    for other, weight in weights.items():
        if not 0.0 <= weight < 1.0:
            raise _out_of_model(
                other,
                weight,
                "Map value must satisfy constraint: [Member must have value less than or equal to "
                "1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
            )
        if other == version:
            raise invalid(
                f"Invalid function version {version}. Function version {version} is already "
                "included in routing configuration."
            )
        if version == LATEST:
            raise invalid_without_type(
                "$LATEST is not supported for an alias pointing to more than 1 version"
            )
        if not is_number(other):
            raise _out_of_model(
                other,
                weight,
                "Map keys must satisfy constraint: [Member must have length less than or equal to "
                "1024, Member must have length greater than or equal to 1, Member must satisfy "
                "regular expression pattern: [0-9]+, Member must not be null]",
            )


def choose(version: str, weights: Mapping[str, float], drawn: str) -> str:
    """Choose the version that one call runs; `drawn` are hexadecimal digits of chance."""
    share = int(drawn[:_DRAW_DIGITS], 16) / 16**_DRAW_DIGITS
    for other, weight in weights.items():
        if share < weight:
            return other
    return version


def _out_of_model(other: str, weight: float, rule: str) -> AwsError:
    text = f"{{{other}={weight}}}"
    return out_of_model(text, "routingConfig.additionalVersionWeights", rule)
