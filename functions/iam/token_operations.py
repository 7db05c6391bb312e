"""STS on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from datetime import UTC, datetime

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.iam import assuming, caller, keyring
from functions.iam.sessions import Credentials


@operation("sts", "GetCallerIdentity")
def get_caller_identity(scope: Scope, params: Params) -> Params:  # noqa: ARG001 - it has none
    """Tell the caller who it is."""
    return {
        "UserId": caller.user_id(scope),
        "Account": scope.account,
        "Arn": caller.arn(scope),
    }


@operation(
    "sts",
    "AssumeRole",
    honours="RoleArn RoleSessionName PolicyArns Policy DurationSeconds ExternalId",
)
def assume_role(scope: Scope, params: Params) -> Params:
    """Give temporary credentials of a role."""
    made = assuming.assume(
        scope,
        params["RoleArn"],
        params["RoleSessionName"],
        seconds=params.get("DurationSeconds", 3600),
        external_id=params.get("ExternalId", ""),
        policy=params.get("Policy", ""),
        policy_arns=[one["arn"] for one in params.get("PolicyArns", []) if "arn" in one],
    )
    user = {
        "AssumedRoleId": f"{made.role.role_id}:{params['RoleSessionName']}",
        "Arn": made.arn,
    }
    shown: Params = {"Credentials": _shown(made.credentials), "AssumedRoleUser": user}
    return shown if made.packed is None else shown | {"PackedPolicySize": made.packed}


@operation("sts", "GetSessionToken", honours="DurationSeconds")
def get_session_token(scope: Scope, params: Params) -> Params:
    """Give temporary credentials of the caller."""
    return {"Credentials": _shown(assuming.session_token(scope, params.get("DurationSeconds")))}


@operation("sts", "GetAccessKeyInfo", honours="AccessKeyId")
def get_access_key_info(scope: Scope, params: Params) -> Params:  # noqa: ARG001 - in the id itself
    """Name the account that an access key belongs to."""
    key_id = params["AccessKeyId"]
    if not keyring.is_id(key_id):
        raise AwsError("ValidationError", f"Invalid AccessKeyId: {key_id}")
    return {"Account": keyring.account_of(key_id)}


def _shown(made: Credentials) -> Params:
    return {
        "AccessKeyId": made.access_key_id,
        "SecretAccessKey": made.secret_access_key,
        "SessionToken": made.session_token,
        "Expiration": datetime.fromtimestamp(made.expires_at, UTC),
    }
