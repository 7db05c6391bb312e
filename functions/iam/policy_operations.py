"""Managed policies on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.iam import answers, attachments, customer, library, managed, paging
from functions.iam.library import missing_version


@operation("iam", "CreatePolicy", honours="PolicyName Path PolicyDocument Description Tags")
def create_policy(scope: Scope, params: Params) -> Params:
    """Make a customer managed policy."""
    row = customer.create(
        scope,
        params["PolicyName"],
        params["PolicyDocument"],
        path=params.get("Path", "/"),
        description=params.get("Description", ""),
        tags=[(one["Key"], one["Value"]) for one in params.get("Tags", [])],
    )
    policy = library.find(scope, customer.arn_of(scope, row))
    shown = answers.policy(policy, 0)
    return {"Policy": shown | ({"Tags": params["Tags"]} if row.tags else {})}


@operation("iam", "GetPolicy", honours="PolicyArn")
def get_policy(scope: Scope, params: Params) -> Params:
    """Show a managed policy without its document."""
    policy = library.find(scope, params["PolicyArn"])
    shown = answers.policy(policy, attachments.count(scope, policy.arn))
    if policy.description:
        shown["Description"] = policy.description
    return {"Policy": shown | {"Tags": answers.policy_tags(dict(policy.tags))}}


@operation(
    "iam", "ListPolicies", honours="Scope OnlyAttached PathPrefix PolicyUsageFilter Marker MaxItems"
)
def list_policies(scope: Scope, params: Params) -> Params:
    """List the managed policies by name."""
    at = paging.place(scope, "policies", params)
    if params.get("PolicyUsageFilter") == "PermissionsBoundary":  # nothing is one here
        return {"Policies": [], "IsTruncated": False}
    counted = attachments.counts(scope)
    found = library.under(scope, params.get("PathPrefix", "/"), owner=params.get("Scope", "All"))
    if params.get("OnlyAttached"):
        found = [one for one in found if one.arn in counted]
    page = paging.cut_whole(at, found, lambda policy: f"{policy.name} {policy.arn}")
    shown = [answers.policy(one, counted.get(one.arn, 0)) for one in page.entries]
    return {"Policies": shown, **page.members}


@operation("iam", "DeletePolicy", honours="PolicyArn")
def delete_policy(scope: Scope, params: Params) -> None:
    """Delete a customer managed policy."""
    customer.delete(scope, params["PolicyArn"])


@operation("iam", "CreatePolicyVersion", honours="PolicyArn PolicyDocument SetAsDefault")
def create_policy_version(scope: Scope, params: Params) -> Params:
    """Add a version."""
    default = params.get("SetAsDefault", False)
    made = customer.add_version(
        scope, params["PolicyArn"], params["PolicyDocument"], as_default=default
    )
    return {"PolicyVersion": answers.version(made.number, made.created_at, default)}


@operation("iam", "GetPolicyVersion", honours="PolicyArn VersionId")
def get_policy_version(scope: Scope, params: Params) -> Params:
    """Show the document of a version."""
    aws = managed.POLICIES.get(params["PolicyArn"])
    if aws is not None:
        if params["VersionId"] != aws.version:
            raise missing_version(aws.arn, params["VersionId"])
        return {"PolicyVersion": answers.version(1, aws.created_at, True, aws.text)}
    found = customer.version(scope, params["PolicyArn"], params["VersionId"])
    default = found.number == found.policy.default_version
    return {
        "PolicyVersion": answers.version(found.number, found.created_at, default, found.document)
    }


@operation("iam", "ListPolicyVersions", honours="PolicyArn Marker MaxItems")
def list_policy_versions(scope: Scope, params: Params) -> Params:
    """List the versions of a policy, newest first."""
    aws = managed.POLICIES.get(params["PolicyArn"])
    if aws is not None:
        return {"Versions": [answers.version(1, aws.created_at, True)], "IsTruncated": False}
    policy = customer.find(scope, params["PolicyArn"])
    at = paging.place(scope, f"versions of {policy.pk}", params)
    rows = list(policy.versions.order_by("-number"))
    page = paging.cut_whole(at, rows, lambda row: f"{1_000_000 - row.number}")
    shown = [
        answers.version(row.number, row.created_at, row.number == policy.default_version)
        for row in page.entries
    ]
    return {"Versions": shown, **page.members}


@operation("iam", "DeletePolicyVersion", honours="PolicyArn VersionId")
def delete_policy_version(scope: Scope, params: Params) -> None:
    """Delete a version that is not in force."""
    customer.delete_version(scope, params["PolicyArn"], params["VersionId"])


@operation("iam", "SetDefaultPolicyVersion", honours="PolicyArn VersionId")
def set_default_policy_version(scope: Scope, params: Params) -> None:
    """Let another version be in force."""
    customer.set_default(scope, params["PolicyArn"], params["VersionId"])


@operation(
    "iam",
    "ListEntitiesForPolicy",
    honours="PolicyArn EntityFilter PathPrefix PolicyUsageFilter Marker MaxItems",
)
def list_entities_for_policy(scope: Scope, params: Params) -> Params:
    """List the roles and users that have a policy."""
    policy = library.attachable(scope, params["PolicyArn"])
    at = paging.place(scope, f"entities with {policy.arn}", params)
    wanted, prefix = params.get("EntityFilter"), params.get("PathPrefix", "/")
    found = [
        *(
            ("1", one.name, one.path, one.role_id)
            for one in attachments.roles_with(scope, policy.arn)
        ),
        *(
            ("2", one.name, one.path, one.user_id)
            for one in attachments.users_with(scope, policy.arn)
        ),
    ]
    kinds = {"1": "Role", "2": "User"}
    found = [
        one
        for one in found
        if one[2].startswith(prefix)
        and wanted in (None, kinds[one[0]])
        and params.get("PolicyUsageFilter") != "PermissionsBoundary"
    ]
    page = paging.cut_whole(at, found, lambda one: f"{one[0]} {one[1]}")
    return {
        "PolicyGroups": [],
        "PolicyRoles": [
            {"RoleName": one[1], "RoleId": one[3]} for one in page.entries if one[0] == "1"
        ],
        "PolicyUsers": [
            {"UserName": one[1], "UserId": one[3]} for one in page.entries if one[0] == "2"
        ],
        **page.members,
    }


@operation("iam", "TagPolicy", honours="PolicyArn Tags")
def tag_policy(scope: Scope, params: Params) -> None:
    """Add tags to a customer managed policy."""
    tags = [(one["Key"], one["Value"]) for one in params["Tags"]]
    customer.tag(scope, params["PolicyArn"], tags)


@operation("iam", "UntagPolicy", honours="PolicyArn TagKeys")
def untag_policy(scope: Scope, params: Params) -> None:
    """Take tags from a customer managed policy."""
    customer.untag(scope, params["PolicyArn"], params["TagKeys"])


@operation("iam", "ListPolicyTags", honours="PolicyArn Marker MaxItems")
def list_policy_tags(scope: Scope, params: Params) -> Params:
    """List a policy's tags, short keys first."""
    policy = library.find(scope, params["PolicyArn"])
    at = paging.place(scope, f"tags of {policy.arn}", params)
    tags = answers.policy_tags(dict(policy.tags))
    page = paging.cut_whole(at, tags, lambda pair: f"{len(pair['Key']):03d} {pair['Key']}")
    return {"Tags": page.entries, **page.members}
