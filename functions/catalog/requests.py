"""Members of function requests in Lambda's spelling, read into `configuration`'s values.

Refuses, in nested members, what is not offered here; the wire refuses the top-level ones.
"""

from __future__ import annotations

from typing import Any

from console.aws.registry import Params
from functions.catalog.configuration import Configuration, architecture, invalid

#: Settings that CreateFunction and UpdateFunctionConfiguration share: member to field.
_SETTINGS = {
    "Runtime": "runtime",
    "Role": "role_arn",
    "Handler": "handler",
    "Description": "description",
    "Timeout": "timeout",
    "MemorySize": "memory_mb",
}
RECORDED = ("KMSKeyArn", "TracingConfig")


def read_new(params: Params) -> Configuration:
    """Read the settings of a CreateFunction request."""
    if params.get("PackageType", "Zip") != "Zip":
        raise invalid("Shardlight does not offer container images: PackageType must be Zip.")
    if not params.get("Runtime") or not params.get("Handler"):
        raise invalid(
            "Runtime and Handler are mandatory parameters for functions created with "
            "deployment packages."
        )
    refuse_architectures(params)
    settings = read_changes(params)
    return Configuration(name=params["FunctionName"], tags=params.get("Tags") or {}, **settings)


def read_changes(params: Params) -> dict[str, Any]:
    """Read the settings that a request names, by the fields of `Configuration`.

    An empty text of a recorded member takes it away.
    """
    _refuse_settings(params)
    changes = {
        field: params[member]
        for member, field in _SETTINGS.items()
        if params.get(member) is not None
    }
    if params.get("EphemeralStorage"):
        changes["ephemeral_mb"] = params["EphemeralStorage"]["Size"]
    if params.get("DeadLetterConfig") is not None:
        changes["dead_letter"] = params["DeadLetterConfig"].get("TargetArn") or ""
    if params.get("Layers") is not None:
        changes["layers"] = params["Layers"]
    if params.get("LoggingConfig"):
        wanted = params["LoggingConfig"]
        changes["logging"] = {key: wanted[key] for key in wanted if key != "LogGroup"}
    if params.get("Environment") is not None:
        changes["environment"] = params["Environment"].get("Variables") or {}
    recorded = {
        name: params[name] for name in RECORDED if params.get(name) or params.get(name) == ""
    }
    return changes | ({"recorded": recorded} if recorded else {})


def refuse_architectures(params: Params) -> None:
    """Refuse other architectures than this host's. Raises AwsError."""
    asked = params.get("Architectures") or [architecture()]
    if asked != [architecture()]:
        raise invalid(f"Shardlight runs functions on this host only: {architecture()}.")


def _refuse_settings(params: Params) -> None:
    if (params.get("SnapStart") or {}).get("ApplyOn", "None") != "None":
        raise invalid("Shardlight does not offer SnapStart.")
    vpc = params.get("VpcConfig") or {}
    if any(vpc.values()):
        raise invalid("Shardlight does not offer VPCs.")
    _refuse_logging(params.get("LoggingConfig") or {}, params.get("FunctionName", ""))


def _refuse_logging(logging: Params, name: str) -> None:
    group = logging.get("LogGroup")
    own = group in (None, "", f"/aws/lambda/{name}")
    if not own:
        raise invalid("Shardlight keeps what a function logs in the function's own log group only.")
