"""Roles on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.iam import answers, attachments, inline, paging, roles


@operation(
    "iam",
    "CreateRole",
    honours="Path RoleName AssumeRolePolicyDocument Description MaxSessionDuration Tags",
)
def create_role(scope: Scope, params: Params) -> Params:
    """Make a role."""
    role = roles.create(
        scope,
        params["RoleName"],
        params["AssumeRolePolicyDocument"],
        path=params.get("Path", "/"),
        description=params.get("Description", ""),
        max_session=params.get("MaxSessionDuration", 3600),
        tags=[(one["Key"], one["Value"]) for one in params.get("Tags", [])],
    )
    return {"Role": answers.created(scope, role)}


@operation("iam", "GetRole", honours="RoleName")
def get_role(scope: Scope, params: Params) -> Params:
    """Show a role."""
    return {"Role": answers.got(scope, roles.find(scope, params["RoleName"]))}


@operation("iam", "ListRoles", honours="PathPrefix Marker MaxItems")
def list_roles(scope: Scope, params: Params) -> Params:
    """List the account's roles by name."""
    at = paging.place(scope, "roles", params)
    found = roles.page(
        scope, prefix=params.get("PathPrefix", "/"), after=at.after, count=at.count + 1
    )
    page = paging.cut(at, found, lambda role: role.name)
    return {"Roles": [answers.listed(scope, role) for role in page.entries], **page.members}


@operation("iam", "DeleteRole", honours="RoleName")
def delete_role(scope: Scope, params: Params) -> None:
    """Delete a role without policies."""
    roles.delete(scope, params["RoleName"])


@operation("iam", "UpdateRole", honours="RoleName Description MaxSessionDuration")
def update_role(scope: Scope, params: Params) -> Params:
    """Change a role's description or its longest session."""
    roles.update(
        scope,
        params["RoleName"],
        description=params.get("Description"),
        max_session=params.get("MaxSessionDuration"),
    )
    return {}


@operation("iam", "UpdateAssumeRolePolicy", honours="RoleName PolicyDocument")
def update_assume_role_policy(scope: Scope, params: Params) -> None:
    """Replace a role's trust policy."""
    roles.update_trust(scope, params["RoleName"], params["PolicyDocument"])


@operation("iam", "TagRole", honours="RoleName Tags")
def tag_role(scope: Scope, params: Params) -> None:
    """Add tags to a role."""
    tags = [(one["Key"], one["Value"]) for one in params["Tags"]]
    roles.tag(scope, params["RoleName"], tags)


@operation("iam", "UntagRole", honours="RoleName TagKeys")
def untag_role(scope: Scope, params: Params) -> None:
    """Take tags from a role."""
    roles.untag(scope, params["RoleName"], params["TagKeys"])


@operation("iam", "ListRoleTags", honours="RoleName Marker MaxItems")
def list_role_tags(scope: Scope, params: Params) -> Params:
    """List a role's tags by key."""
    role = roles.find(scope, params["RoleName"])
    at = paging.place(scope, f"tags of {role.name}", params)
    page = paging.cut_whole(at, answers.pairs(role.tags), lambda pair: pair["Key"])
    return {"Tags": page.entries, **page.members}


@operation("iam", "AttachRolePolicy", honours="RoleName PolicyArn")
def attach_role_policy(scope: Scope, params: Params) -> None:
    """Attach a managed policy to a role."""
    roles.attach(scope, params["RoleName"], params["PolicyArn"])


@operation("iam", "DetachRolePolicy", honours="RoleName PolicyArn")
def detach_role_policy(scope: Scope, params: Params) -> None:
    """Detach a managed policy from a role."""
    roles.detach(scope, params["RoleName"], params["PolicyArn"])


@operation("iam", "ListAttachedRolePolicies", honours="RoleName PathPrefix Marker MaxItems")
def list_attached_role_policies(scope: Scope, params: Params) -> Params:
    """List the managed policies of a role by name."""
    at = paging.place(scope, f"attached to {params['RoleName']}", params)
    role = roles.find(scope, params["RoleName"])
    found = attachments.attached(scope, role, prefix=params.get("PathPrefix", "/"))
    page = paging.cut_whole(at, found, lambda policy: policy.name)
    shown = [{"PolicyName": one.name, "PolicyArn": one.arn} for one in page.entries]
    return {"AttachedPolicies": shown, **page.members}


@operation("iam", "PutRolePolicy", honours="RoleName PolicyName PolicyDocument")
def put_role_policy(scope: Scope, params: Params) -> None:
    """Add or replace an inline policy."""
    inline.put(
        roles.find(scope, params["RoleName"]), params["PolicyName"], params["PolicyDocument"]
    )


@operation("iam", "GetRolePolicy", honours="RoleName PolicyName")
def get_role_policy(scope: Scope, params: Params) -> Params:
    """Show an inline policy."""
    policy = inline.find(roles.find(scope, params["RoleName"]), params["PolicyName"])
    return {
        "RoleName": params["RoleName"],
        "PolicyName": policy.name,
        "PolicyDocument": answers.encoded(policy.document),
    }


@operation("iam", "ListRolePolicies", honours="RoleName Marker MaxItems")
def list_role_policies(scope: Scope, params: Params) -> Params:
    """List the names of a role's inline policies."""
    at = paging.place(scope, f"inline in {params['RoleName']}", params)
    page = paging.cut_whole(at, inline.names(roles.find(scope, params["RoleName"])), str)
    return {"PolicyNames": page.entries, **page.members}


@operation("iam", "DeleteRolePolicy", honours="RoleName PolicyName")
def delete_role_policy(scope: Scope, params: Params) -> None:
    """Delete an inline policy."""
    inline.delete(roles.find(scope, params["RoleName"]), params["PolicyName"])
