"""What a trigger needs of its function's role, and the one-click fixes that allow it."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages.aws import call
from functions.catalog.finding import Published, functions_of
from functions.iam import managed, roles
from functions.invocations import journal
from functions.messaging import targets
from triggers.mappings import lifecycle
from triggers.sources.registry import source_of


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that the role must be allowed, and the button (a label id) that allows it."""

    granted: bool
    text: str
    fix: str


def needs(scope: Scope, function: Published, stream_arn: str, destination: str) -> list[Permission]:
    """Check what a trigger needs: reading the stream and, where there is one, its destination."""
    role = function.role_arn.rpartition("/")[2]
    found = []
    source = source_of(stream_arn) if stream_arn else None
    if source is not None:
        may = lifecycle.may_read(scope, source, function.role_arn, stream_arn)
        verb = "may" if may else "may not"
        found.append(Permission(may, f"{role} {verb} read this stream.", "trigger.attach_policy"))
    target = targets.find(scope, destination) if destination else None
    if target is not None:
        may = all(one.allowed for one in roles.decisions(scope, function.role_arn, target.needs))
        verb, name = "may" if may else "may not", destination.rpartition(":")[2]
        found.append(
            Permission(may, f"{role} {verb} write to {name}.", "trigger.allow_destination")
        )
    return found


def logs(scope: Scope, function: Published) -> Permission:
    """Check whether the function's role may write its log."""
    role = function.role_arn.rpartition("/")[2]
    lacks = journal.missing(scope, function.role_arn, f"/aws/lambda/{function.name}", function.name)
    text = f"{role} may write logs." if lacks is None else f"{role} may not write logs: {lacks}."
    return Permission(lacks is None, text, "trigger.attach_logs")


def asked(posted: Container[str]) -> bool:
    """Say whether a form was sent by one of the buttons that fix permissions."""
    return any(one in posted for one in ("attach_policy", "attach_logs", "allow_destination"))


def grant(scope: Scope, function: Published, posted: Container[str], destination: str) -> str:
    """Do what the button stands for; say so. Raises AwsError as IAM does."""
    if "attach_policy" in posted:
        return read_streams(scope, function)
    if "attach_logs" in posted:
        return write_logs(scope, function)
    return write_to(scope, function, destination)


def read_streams(scope: Scope, function: Published) -> str:
    """Attach the policy that reads streams; say so. Raises AwsError as IAM does."""
    policy = managed.DYNAMODB_EXECUTION
    call(scope, "iam", "AttachRolePolicy", RoleName=_role(function), PolicyArn=policy.arn)
    return f"{policy.name} was attached. The role can read streams now."


def write_logs(scope: Scope, function: Published) -> str:
    """Attach the policy that writes logs; say so. Raises AwsError as IAM does."""
    policy = managed.BASIC_EXECUTION
    call(scope, "iam", "AttachRolePolicy", RoleName=_role(function), PolicyArn=policy.arn)
    return f"{policy.name} was attached. The role can write logs now."


def write_to(scope: Scope, function: Published, arn: str) -> str:
    """Allow the role to send to a queue, topic, bucket or function; say so.

    Raises AwsError as IAM does.
    """
    wanted = sending(scope, arn)
    if not wanted:
        raise AwsError("ResourceNotFoundException", f"{arn} is no queue, topic or bucket.")
    name = arn.rpartition(":")[2]
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in wanted
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    call(
        scope,
        "iam",
        "PutRolePolicy",
        RoleName=_role(function),
        PolicyName=f"SendTo-{name}"[:128],
        PolicyDocument=json.dumps(document),
    )
    return f"The role may write to {name} now."


def sending(scope: Scope, arn: str) -> tuple[tuple[str, str], ...]:
    """Name the actions that sending to `arn` needs, each with its resource; none when it is gone."""
    target = targets.find(scope, arn)
    if target is not None:
        return target.needs
    return (("lambda:InvokeFunction", arn),) if ":function:" in arn else ()


def there(scope: Scope, arn: str) -> bool:
    """Say whether the queue, topic, bucket or function `arn` is there."""
    if ":function:" not in arn:
        return targets.find(scope, arn) is not None
    name = arn.partition(":function:")[2].partition(":")[0]
    return functions_of(scope).filter(name=name).exists()


def may_send(scope: Scope, function: Published, arn: str) -> bool:
    """Say whether the function's role may send to `arn`."""
    wanted = sending(scope, arn)
    return all(one.allowed for one in roles.decisions(scope, function.role_arn, wanted))


def _role(function: Published) -> str:
    return function.role_arn.rpartition("/")[2]
