"""Builders for mappings: a table with a stream, a role, a function row."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from functions.iam import roles
from functions.models import CodePackage, Function
from tests.polling.conftest import EPOCH, FrozenClock, at, make_shard, write
from triggers.mappings import lifecycle, settings
from triggers.models import Shard

STREAM_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
LOGS_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@dataclass
class World:
    """One account with a shard of three records, a function and the role it runs as."""

    scope: Scope
    shard: Shard
    clock: FrozenClock

    @property
    def arn(self) -> str:
        return self.shard.stream.arn

    def function(self, name: str = "f", policy: str = STREAM_POLICY) -> Function:
        """Make a function whose role has one managed policy."""
        role = roles.create_lambda_role(self.scope, f"{name}-role", [policy])
        code, _ = CodePackage.objects.get_or_create(
            sha256="0" * 64, defaults={"body": b"", "size": 0}
        )
        return Function.objects.create(
            tenancy_id=self.scope.tenancy,
            region=self.scope.region,
            name=name,
            runtime="python3.11",
            handler="m.h",
            role_arn=self.scope.global_arn("iam", f"role{role.path}{role.name}"),
            code=code,
            revision=str(uuid4()),
            created_at=at(EPOCH),
            modified_at=at(EPOCH),
            settles_at=at(EPOCH),
        )

    def create(self, **members: object) -> lifecycle.Found:
        """Create a mapping of function `f` to the stream, LATEST unless told otherwise."""
        given = {
            "FunctionName": "f",
            "EventSourceArn": self.arn,
            "StartingPosition": "LATEST",
            **members,
        }
        return lifecycle.create_mapping(self.scope, settings.read_new(given), clock=self.clock)

    def settle(self) -> None:
        """Let the transition's time pass."""
        self.clock.sleep(5)

    def write(self, count: int) -> None:
        """Append records to the shard."""
        write(self.shard, count)


@pytest.fixture
def world(db: None, settings: object) -> World:
    settings.MAPPING_DELAY_SECONDS = 1.0  # type: ignore[attr-defined]
    scope = scope_for("123456789012", "us-east-1")
    return World(scope, make_shard(scope, 3), FrozenClock())
