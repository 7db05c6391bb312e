"""What to run: everything an execution environment must know of a function. Does not start it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """One version of one function, ready to be started; two equal specs share warm environments.

    `code` is the unpacked package and `layers` the folder of its layers put together
    (`packages.merged`), if it has any; `log_format` is Text or JSON, the levels are names of AWS
    (TRACE to FATAL) or empty; `role_arn` says what the function may read; `variables` are the function's own environment variables;
    `provisioned` ones are kept ready (provisioned concurrency);
    `access_key_id`, `secret_access_key` and `session_token` are what the SDK inside signs with.
    """

    function_arn: str
    name: str
    version: str
    runtime: str
    handler: str
    region: str
    code: Path
    code_sha256: str
    revision: str
    memory_mb: int = 128
    timeout_seconds: int = 3
    ephemeral_mb: int = 512
    role_arn: str = ""
    log_group: str = ""
    log_format: str = "Text"
    application_level: str = ""
    system_level: str = ""
    layers: Path | None = None
    variables: tuple[tuple[str, str], ...] = ()
    access_key_id: str = "000000000000"
    secret_access_key: str = "shardlight"  # noqa: S105 - names the account, guards nothing
    session_token: str = ""
    provisioned: bool = False

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What must be equal for a warm environment to be used again, a provisioned one too."""
        credentials = self.access_key_id
        return self.function_arn, self.version, self.code_sha256, self.revision, credentials


@dataclass(frozen=True, slots=True)
class Event:
    """One event on its way into a function; `client_context` is JSON text or empty.

    `trace` names the caller's trace (Root, and Parent and Sampled where they are known), if it has one.
    """

    request_id: str
    payload: bytes
    invoked_arn: str
    trace: str = ""
    client_context: str = ""

    def traced(self, now: float) -> str:
        """Give the X-Ray trace that every invocation has, sampled or not; `now` in epoch seconds.

        Where the caller has said what it is, that goes on.

        Source: AWS X-Ray developer guide, "Tracing header"; headers of Lambda's invocations in public logs.
        """
        drawn = hashlib.sha256(f"{self.request_id} {now}".encode()).hexdigest()
        fields = {
            "Root": f"1-{int(now):08x}-{drawn[:24]}",
            "Parent": drawn[24:40],
            "Sampled": "0",
            "Lineage": f"1:{drawn[40:48]}:0",
        }
        given = (one.partition("=") for one in self.trace.split(";") if one)
        fields.update((name, text) for name, _, text in given)
        return ";".join(f"{name}={text}" for name, text in fields.items())
