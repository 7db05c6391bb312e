"""What tools ask of every role and user before they delete it: kinds of things that are not here.

The answers are true: there are none. Source: calls of the Terraform AWS provider and of the CDK.
"""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.iam import answers, caller, roles, users
from functions.iam.models import User


def _none(member: str) -> Params:
    return {member: [], "IsTruncated": False}


def _user(scope: Scope, params: Params) -> User:
    return users.find(scope, params.get("UserName") or caller.own_name(scope))


@operation("iam", "ListInstanceProfilesForRole", honours="RoleName Marker MaxItems")
def list_instance_profiles_for_role(scope: Scope, params: Params) -> Params:
    """List no instance profiles of a role that exists."""
    roles.find(scope, params["RoleName"])
    return _none("InstanceProfiles")


@operation("iam", "ListGroups", honours="PathPrefix Marker MaxItems")
def list_groups(scope: Scope, params: Params) -> Params:  # noqa: ARG001 - there are none
    """List no groups."""
    return _none("Groups")


@operation("iam", "ListGroupsForUser", honours="UserName Marker MaxItems")
def list_groups_for_user(scope: Scope, params: Params) -> Params:
    """List no groups of a user who exists."""
    users.find(scope, params["UserName"])
    return _none("Groups")


@operation("iam", "ListMFADevices", honours="UserName Marker MaxItems")
def list_mfa_devices(scope: Scope, params: Params) -> Params:
    """List no second factors of a user who exists."""
    _user(scope, params)
    return _none("MFADevices")


@operation("iam", "ListVirtualMFADevices", honours="AssignmentStatus Marker MaxItems")
def list_virtual_mfa_devices(scope: Scope, params: Params) -> Params:  # noqa: ARG001 - there are none
    """List no virtual second factors."""
    return _none("VirtualMFADevices")


@operation("iam", "ListSSHPublicKeys", honours="UserName Marker MaxItems")
def list_ssh_public_keys(scope: Scope, params: Params) -> Params:
    """List no SSH keys of a user who exists."""
    _user(scope, params)
    return _none("SSHPublicKeys")


@operation("iam", "ListSigningCertificates", honours="UserName Marker MaxItems")
def list_signing_certificates(scope: Scope, params: Params) -> Params:
    """List no signing certificates of a user who exists."""
    _user(scope, params)
    return _none("Certificates")


@operation("iam", "ListServiceSpecificCredentials", honours="UserName ServiceName")
def list_service_specific_credentials(scope: Scope, params: Params) -> Params:
    """List no passwords for other services of a user who exists."""
    _user(scope, params)
    return _none("ServiceSpecificCredentials")


@operation("iam", "GetLoginProfile", honours="UserName")
def get_login_profile(scope: Scope, params: Params) -> Params:
    """Say that a user has no password. Raises AwsError NoSuchEntity."""
    raise _no_password(_user(scope, params))


@operation("iam", "DeleteLoginProfile", honours="UserName")
def delete_login_profile(scope: Scope, params: Params) -> None:
    """Say that a user has no password. Raises AwsError NoSuchEntity."""
    raise _no_password(_user(scope, params))


def _no_password(user: User) -> AwsError:
    return AwsError("NoSuchEntity", f"Login Profile for User {user.name} cannot be found.")


@operation("iam", "ListAccountAliases", honours="Marker MaxItems")
def list_account_aliases(scope: Scope, params: Params) -> Params:  # noqa: ARG001 - there are none
    """List no aliases of the account."""
    return _none("AccountAliases")


@operation("iam", "UpdateRoleDescription", honours="RoleName Description")
def update_role_description(scope: Scope, params: Params) -> Params:
    """Change a role's description (the older call)."""
    roles.update(scope, params["RoleName"], description=params["Description"])
    return {"Role": answers.created(scope, roles.find(scope, params["RoleName"]))}
