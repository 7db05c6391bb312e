"""What a function may be configured with: AWS's rules and words. Pure; stores nothing."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.aws.errors import AwsError
from functions.catalog import limits
from functions.runtime import runtimes
from functions.runtime.variables import RESERVED

_ROLE = re.compile(r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
_VARIABLE = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")
_HANDLER = re.compile(r"[^\s]{0,128}")
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a new function; `recorded` members are kept and shown without effect."""

    name: str
    runtime: str
    role_arn: str
    handler: str
    description: str = ""
    timeout: int = limits.DEFAULT_TIMEOUT
    memory_mb: int = limits.LEAST_MEMORY
    ephemeral_mb: int = limits.LEAST_EPHEMERAL
    environment: Mapping[str, str] | None = None
    dead_letter: str = ""
    layers: tuple[str, ...] = ()
    logging: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Raise AwsError at the first rule that it breaks."""
        check_settings(
            {
                "runtime": self.runtime,
                "role_arn": self.role_arn,
                "handler": self.handler,
                "timeout": self.timeout,
                "memory_mb": self.memory_mb,
                "ephemeral_mb": self.ephemeral_mb,
                "environment": self.environment,
            }
        )
        check_tags(self.tags)


def architecture() -> str:
    """Name this host's architecture as AWS does."""
    return _ARCHITECTURES.get(platform.machine().lower(), "x86_64")


def check_settings(settings: Mapping[str, Any]) -> None:
    """Check the settings that are given: those of `Configuration` that can be changed later."""
    for name, check in _CHECKS.items():
        if name in settings:
            check(settings[name])


def check_tags(tags: Mapping[str, str]) -> None:
    """Check all tags that a function shall have. Source of the first text: recorded answers."""
    if len(tags) > limits.TAGS:
        raise invalid("Number of tags exceeds resource tag limit.")
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            raise invalid("The tag key(s) provided contain a reserved prefix: aws:")
        if not 1 <= len(key) <= limits.TAG_KEY_LENGTH or len(value) > limits.TAG_VALUE_LENGTH:
            raise invalid(f"The tag {key} is too long.")


def invalid(message: str) -> AwsError:
    """Make the error of a parameter that the service itself refuses."""
    return AwsError("InvalidParameterValueException", message)


def invalid_without_type(message: str) -> AwsError:
    """Make the same error where the service does not say whose fault it is. Source: recorded answers."""
    return AwsError("InvalidParameterValueException", message, fields={"Type": None})


def out_of_model(value: object, member: str, rule: str) -> AwsError:
    """Make the error of a value that breaks a constraint of the API's model."""
    return AwsError(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy "
        f"constraint: {rule}",
    )


def _check_range(value: int, member: str, least: int, most: int) -> None:
    if value < least:
        rule = f"Member must have value greater than or equal to {least}"
        raise out_of_model(value, member, rule)
    if value > most:
        rule = f"Member must have value less than or equal to {most}"
        raise out_of_model(value, member, rule)


def _check_timeout(seconds: int) -> None:
    _check_range(seconds, "timeout", 1, limits.LONGEST_TIMEOUT)


def _check_memory(megabytes: int) -> None:
    if megabytes > limits.MOST_MEMORY:
        raise invalid(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or "
            f"equal to {limits.MOST_MEMORY}"
        )
    _check_range(megabytes, "memorySize", limits.LEAST_MEMORY, limits.MOST_MEMORY)


def _check_ephemeral(megabytes: int) -> None:
    member = "ephemeralStorage.size"
    _check_range(megabytes, member, limits.LEAST_EPHEMERAL, limits.MOST_EPHEMERAL)


def _check_role(role_arn: str) -> None:
    if not _ROLE.fullmatch(role_arn):
        rule = f"Member must satisfy regular expression pattern: {_ROLE.pattern}"
        raise out_of_model(role_arn, "role", rule)


def _check_handler(handler: str) -> None:
    if not _HANDLER.fullmatch(handler):
        rule = r"Member must satisfy regular expression pattern: [^\s]+"
        raise out_of_model(handler, "handler", rule)


def _check_environment(given: Mapping[str, str] | None) -> None:
    variables = given or {}
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise out_of_model(
                json.dumps(dict(variables)),
                "environment.variables",
                "Map keys must satisfy constraint: [Member must satisfy regular expression "
                f"pattern: {_VARIABLE.pattern}]",
            )
    if any("\0" in value for value in variables.values()):
        raise invalid("An environment variable's value must not contain the character NUL.")
    reserved = sorted(RESERVED.intersection(variables))
    if reserved:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(dict(variables), separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > limits.ENVIRONMENT_BYTES:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided exceeded the 4KB limit. "
            f"String measured: {measured}"
        )


_CHECKS: Mapping[str, Callable[[Any], None]] = {
    "timeout": _check_timeout,
    "memory_mb": _check_memory,
    "ephemeral_mb": _check_ephemeral,
    "handler": _check_handler,
    "environment": _check_environment,
    "role_arn": _check_role,
    "runtime": runtimes.check,
}
