"""Looking up managed policies as an account sees them: AWS's and its own."""

from __future__ import annotations

from collections.abc import Iterable

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import managed
from functions.iam.models import CustomerPolicy, PolicyVersion
from functions.iam.policies import Policy


def find(scope: Scope, policy_arn: str) -> Policy:
    """Find a managed policy. Raises AwsError ValidationError or NoSuchEntity."""
    policy = _looked_up(scope, policy_arn)
    if policy is None:
        raise missing(policy_arn)
    return policy


def attachable(scope: Scope, policy_arn: str) -> Policy:
    """Find a managed policy that somebody has or gets. Raises AwsError ValidationError or NoSuchEntity."""
    policy = _looked_up(scope, policy_arn)
    if policy is None:
        raise AwsError("NoSuchEntity", f"Policy {policy_arn} does not exist or is not attachable.")
    return policy


def known(scope: Scope, policy_arns: Iterable[str]) -> list[Policy]:
    """Look several policies up by ARN; those that do not exist are left out."""
    wanted = list(policy_arns)
    own = scope.global_arn("iam", "policy/")
    names = [arn.rpartition("/")[2] for arn in wanted if arn.startswith(own)]
    found = {one.arn: one for one in customers(scope, names)} if names else {}
    both = found | managed.POLICIES
    return [both[arn] for arn in wanted if arn in both]


def customers(scope: Scope, names: Iterable[str] | None = None) -> list[Policy]:
    """List the account's own policies by name, all or those named."""
    rows = CustomerPolicy.objects.filter(tenancy_id=scope.tenancy)
    rows = rows if names is None else rows.filter(name__in=list(names))
    ordered = list(rows.order_by("name"))
    versions = PolicyVersion.objects.filter(policy__in=ordered)
    texts = {(one.policy_id, one.number): one.document for one in versions}
    return [
        Policy(
            arn=scope.global_arn("iam", f"policy{row.path}{row.name}"),
            name=row.name,
            path=row.path,
            policy_id=row.policy_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            description=row.description,
            text=texts[row.pk, row.default_version],
            version=f"v{row.default_version}",
            tags=row.tags,
        )
        for row in ordered
    ]


def under(scope: Scope, prefix: str = "/", *, owner: str = "All") -> list[Policy]:
    """List policies under a path, by name; `owner` is "AWS", "Local" (the account's own) or "All"."""
    aws = [] if owner == "Local" else list(managed.POLICIES.values())
    own = [] if owner == "AWS" else customers(scope)
    found = [one for one in aws + own if one.path.startswith(prefix)]
    return sorted(found, key=lambda one: (one.name, one.arn))


def missing(policy_arn: str) -> AwsError:
    """Make the error for a policy that does not exist."""
    return AwsError("NoSuchEntity", f"Policy {policy_arn} was not found.")


def missing_version(policy_arn: str, version_id: str) -> AwsError:
    """Make the error for a version that does not exist."""
    return AwsError(
        "NoSuchEntity",
        f"Policy {policy_arn} version {version_id} does not exist or is not attachable.",
    )


def _looked_up(scope: Scope, policy_arn: str) -> Policy | None:
    if Arn.parse(policy_arn) is None:
        raise AwsError("ValidationError", f"ARN {policy_arn} is not valid.")
    found = known(scope, [policy_arn])
    return found[0] if found else None
