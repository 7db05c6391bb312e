"""Users and access keys on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.iam import (
    accesskeys,
    answers,
    attachments,
    caller,
    inline,
    keyring,
    paging,
    users,
)
from functions.iam.models import User


@operation("iam", "CreateUser", honours="Path UserName Tags")
def create_user(scope: Scope, params: Params) -> Params:
    """Make a user."""
    tags = [(one["Key"], one["Value"]) for one in params.get("Tags", [])]
    user = users.create(scope, params["UserName"], path=params.get("Path", "/"), tags=tags)
    return {"User": answers.user_with_tags(scope, user)}


@operation("iam", "GetUser", honours="UserName")
def get_user(scope: Scope, params: Params) -> Params:
    """Show a user; without a name, the one who calls."""
    if "UserName" not in params and not caller.user_name(scope):
        return {"User": caller.root(scope)}
    return {"User": answers.user_with_tags(scope, _user(scope, params))}


@operation("iam", "ListUsers", honours="PathPrefix Marker MaxItems")
def list_users(scope: Scope, params: Params) -> Params:
    """List the account's users by name."""
    at = paging.place(scope, "users", params)
    found = users.page(
        scope, prefix=params.get("PathPrefix", "/"), after=at.after, count=at.count + 1
    )
    page = paging.cut(at, found, lambda user: user.name)
    return {"Users": [answers.user(scope, user) for user in page.entries], **page.members}


@operation("iam", "UpdateUser", honours="UserName NewUserName NewPath")
def update_user(scope: Scope, params: Params) -> None:
    """Give a user another name or path."""
    users.update(
        scope,
        params["UserName"],
        new_name=params.get("NewUserName"),
        new_path=params.get("NewPath"),
    )


@operation("iam", "DeleteUser", honours="UserName")
def delete_user(scope: Scope, params: Params) -> None:
    """Delete a user without keys and policies."""
    users.delete(scope, params["UserName"])


@operation("iam", "TagUser", honours="UserName Tags")
def tag_user(scope: Scope, params: Params) -> None:
    """Add tags to a user."""
    tags = [(one["Key"], one["Value"]) for one in params["Tags"]]
    users.tag(scope, params["UserName"], tags)


@operation("iam", "UntagUser", honours="UserName TagKeys")
def untag_user(scope: Scope, params: Params) -> None:
    """Take tags from a user."""
    users.untag(scope, params["UserName"], params["TagKeys"])


@operation("iam", "ListUserTags", honours="UserName Marker MaxItems")
def list_user_tags(scope: Scope, params: Params) -> Params:
    """List a user's tags by key."""
    user = users.find(scope, params["UserName"])
    at = paging.place(scope, f"tags of user {user.name}", params)
    page = paging.cut_whole(at, answers.pairs(user.tags), lambda pair: pair["Key"])
    return {"Tags": page.entries, **page.members}


@operation("iam", "AttachUserPolicy", honours="UserName PolicyArn")
def attach_user_policy(scope: Scope, params: Params) -> None:
    """Attach a managed policy to a user."""
    attachments.attach(scope, users.find(scope, params["UserName"]), params["PolicyArn"])


@operation("iam", "DetachUserPolicy", honours="UserName PolicyArn")
def detach_user_policy(scope: Scope, params: Params) -> None:
    """Detach a managed policy from a user."""
    attachments.detach(users.find(scope, params["UserName"]), params["PolicyArn"])


@operation("iam", "ListAttachedUserPolicies", honours="UserName PathPrefix Marker MaxItems")
def list_attached_user_policies(scope: Scope, params: Params) -> Params:
    """List the managed policies of a user by name."""
    user = users.find(scope, params["UserName"])
    at = paging.place(scope, f"attached to user {user.name}", params)
    found = attachments.attached(scope, user, prefix=params.get("PathPrefix", "/"))
    page = paging.cut_whole(at, found, lambda policy: policy.name)
    shown = [{"PolicyName": one.name, "PolicyArn": one.arn} for one in page.entries]
    return {"AttachedPolicies": shown, **page.members}


@operation("iam", "PutUserPolicy", honours="UserName PolicyName PolicyDocument")
def put_user_policy(scope: Scope, params: Params) -> None:
    """Add or replace an inline policy of a user."""
    user = users.find(scope, params["UserName"])
    inline.put(user, params["PolicyName"], params["PolicyDocument"])


@operation("iam", "GetUserPolicy", honours="UserName PolicyName")
def get_user_policy(scope: Scope, params: Params) -> Params:
    """Show an inline policy of a user."""
    user = users.find(scope, params["UserName"])
    policy = inline.find(user, params["PolicyName"])
    return {
        "UserName": user.name,
        "PolicyName": policy.name,
        "PolicyDocument": answers.encoded(policy.document),
    }


@operation("iam", "ListUserPolicies", honours="UserName Marker MaxItems")
def list_user_policies(scope: Scope, params: Params) -> Params:
    """List the names of a user's inline policies."""
    user = users.find(scope, params["UserName"])
    at = paging.place(scope, f"inline in user {user.name}", params)
    page = paging.cut_whole(at, inline.names(user), str)
    return {"PolicyNames": page.entries, **page.members}


@operation("iam", "DeleteUserPolicy", honours="UserName PolicyName")
def delete_user_policy(scope: Scope, params: Params) -> None:
    """Delete an inline policy of a user."""
    inline.delete(users.find(scope, params["UserName"]), params["PolicyName"])


@operation("iam", "CreateAccessKey", honours="UserName")
def create_access_key(scope: Scope, params: Params) -> Params:
    """Make an access key; its secret is shown this once."""
    key = accesskeys.create(_user(scope, params), scope.account)
    return {"AccessKey": answers.key(key) | {"SecretAccessKey": keyring.secret_of(key.id)}}


@operation("iam", "ListAccessKeys", honours="UserName Marker MaxItems")
def list_access_keys(scope: Scope, params: Params) -> Params:
    """List a user's access keys."""
    user = _user(scope, params)
    at = paging.place(scope, f"keys of {user.name}", params)
    page = paging.cut_whole(
        at, sorted(accesskeys.of(user), key=lambda key: key.id), lambda key: key.id
    )
    return {"AccessKeyMetadata": [answers.key(key) for key in page.entries], **page.members}


@operation("iam", "UpdateAccessKey", honours="UserName AccessKeyId Status")
def update_access_key(scope: Scope, params: Params) -> None:
    """Let a key work, or no longer."""
    if params["Status"] == "Expired":
        raise AwsError("ValidationError", "A key can be made Active or Inactive, not Expired.")
    active = params["Status"] == "Active"
    accesskeys.switch(_user(scope, params), params["AccessKeyId"], active=active)


@operation("iam", "DeleteAccessKey", honours="UserName AccessKeyId")
def delete_access_key(scope: Scope, params: Params) -> None:
    """Delete a key."""
    accesskeys.delete(_user(scope, params), params["AccessKeyId"])


@operation("iam", "GetAccessKeyLastUsed", honours="AccessKeyId")
def get_access_key_last_used(scope: Scope, params: Params) -> Params:
    """Tell when a key was used last, within a quarter of an hour."""
    key = accesskeys.find_in(scope, params["AccessKeyId"])
    used: Params = {"ServiceName": key.used_service or "N/A", "Region": key.used_region or "N/A"}
    if key.used_at is not None:
        used |= {"LastUsedDate": key.used_at}
    return {"UserName": key.user.name, "AccessKeyLastUsed": used}


def _user(scope: Scope, params: Params) -> User:
    """Find the user named, else the one who calls. Raises AwsError NoSuchEntity or ValidationError."""
    return users.find(scope, params.get("UserName") or caller.own_name(scope))
