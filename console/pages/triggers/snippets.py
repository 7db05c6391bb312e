"""The same trigger as a command, a script and three kinds of template. Pure: members in, texts out.

Only what differs from a new trigger's settings is written, as one would by hand.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pprint import pformat
from typing import Any


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way to say it: a stable name, its title, the text."""

    name: str
    title: str
    text: str


def create(members: dict[str, Any]) -> list[Snippet]:
    """Write CreateEventSourceMapping with `members` in every way."""
    return [
        Snippet("cli", "AWS CLI", cli("create-event-source-mapping", members)),
        Snippet("boto3", "boto3", boto3("create_event_source_mapping", members)),
        *_declared(members),
    ]


def update(members: dict[str, Any], whole: dict[str, Any]) -> list[Snippet]:
    """Write UpdateEventSourceMapping with `members`, among them UUID, and the `whole` trigger."""
    return [
        Snippet("cli", "AWS CLI", cli("update-event-source-mapping", members)),
        Snippet("boto3", "boto3", boto3("update_event_source_mapping", members)),
        *_declared(whole),
    ]


def _declared(members: dict[str, Any]) -> list[Snippet]:
    """Write the trigger as templates have it, where a change is the whole written anew."""
    return [
        Snippet("sam", "SAM", sam(members)),
        Snippet("cloudformation", "CloudFormation", cloudformation(members)),
        Snippet("terraform", "Terraform", terraform(members)),
    ]


def called(service: str, operation: str, members: dict[str, Any]) -> list[Snippet]:
    """Write a call of another service; `operation` is AWS's name of it."""
    return [
        Snippet("cli", "AWS CLI", cli(_words(operation, "-"), members, service)),
        Snippet("boto3", "boto3", boto3(_words(operation, "_"), members, service)),
    ]


def cli(command: str, members: dict[str, Any], service: str = "lambda") -> str:
    """Write a command of the AWS CLI, an option a line."""
    options = " \\\n".join(f"  {_option(name, value)}" for name, value in members.items())
    return f"aws {service} {command} \\\n{options}"


def _option(name: str, value: Any) -> str:
    option = "--" + _words(name, "-")
    match value:
        case bool():
            return option if value else f"--no-{option[2:]}"
        case [*strings] if all(isinstance(one, str) for one in strings):
            return f"{option} {' '.join(strings)}"
        case dict() | list():
            return f"{option} {shlex.quote(json.dumps(value, ensure_ascii=False))}"
        case str():
            return f"{option} {shlex.quote(value)}"
        case _:
            return f"{option} {value}"


def boto3(method: str, members: dict[str, Any], service: str = "lambda") -> str:
    """Write a call of boto3."""
    lines = "".join(
        f"    {name}={pformat(value, width=66, sort_dicts=False)},\n".replace(
            "\n     ", "\n         "
        )
        for name, value in members.items()
    )
    return f'import boto3\n\nboto3.client("{service}").{method}(\n{lines})'


def sam(members: dict[str, Any]) -> str:
    """Write the event of an AWS::Serverless::Function."""
    properties = {_SAM.get(name, name): value for name, value in members.items()}
    properties.pop("FunctionName", None)
    head = "Events:\n  Stream:\n    Type: DynamoDB\n    Properties:\n"
    return head + _yaml(properties, 6)


def cloudformation(members: dict[str, Any]) -> str:
    """Write an AWS::Lambda::EventSourceMapping."""
    properties = {_CLOUDFORMATION.get(name, name): value for name, value in members.items()}
    head = "Trigger:\n  Type: AWS::Lambda::EventSourceMapping\n  Properties:\n"
    return head + _yaml(properties, 4)


def terraform(members: dict[str, Any]) -> str:
    """Write an aws_lambda_event_source_mapping."""
    body = "".join(
        _argument(_TERRAFORM.get(name, _words(name, "_")), value, 2)
        for name, value in members.items()
    )
    return f'resource "aws_lambda_event_source_mapping" "trigger" {{\n{body}}}'


_SAM = {"EventSourceArn": "Stream", "KMSKeyArn": "KmsKeyArn"}
_CLOUDFORMATION = {"KMSKeyArn": "KmsKeyArn"}
_TERRAFORM = {"DestinationConfig": "destination_config", "KMSKeyArn": "kms_key_arn"}
_BLOCKS = {"Filters": "filter", "Destination": "destination_arn"}


def _words(name: str, joint: str) -> str:
    """Take a member's name apart: BatchSize, KMSKeyArn → batch-size, kms-key-arn."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", joint, name).lower()


def _yaml(value: Any, indent: int) -> str:
    pad = " " * indent
    lines = []
    for name, one in value.items():
        match one:
            case dict():
                lines.append(f"{pad}{name}:\n{_yaml(one, indent + 2)}")
            case [{}, *_]:
                items = (f"{pad}  - {_yaml(item, indent + 4).lstrip()}" for item in one)
                lines.append(f"{pad}{name}:\n" + "\n".join(items))
            case list():
                items = (f"{pad}  - {_scalar(item)}" for item in one)
                lines.append(f"{pad}{name}:\n" + "\n".join(items))
            case _:
                lines.append(f"{pad}{name}: {_scalar(one)}")
    return "\n".join(lines)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return "'" + text.replace("'", "''") + "'" if text[:1] in "{[\"'" else text


def _argument(name: str, value: Any, indent: int) -> str:
    pad = " " * indent
    match value:
        case dict():
            inside = "".join(
                _argument(_BLOCKS.get(key, _words(key, "_")), one, indent + 2)
                for key, one in value.items()
            )
            if name == "metrics_config" or inside:
                return f"{pad}{name} {{\n{inside}{pad}}}\n"
            return ""
        case [{}, *_]:
            return "".join(_argument(name, one, indent) for one in value)
        case bool():
            return f"{pad}{name} = {_scalar(value)}\n"
        case _:
            text = json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
            return f"{pad}{name} = {text}\n"
