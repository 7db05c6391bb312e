"""Customer managed policies and their versions: made, found, changed, deleted. Who has them is `attachments`'."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.iam import attachments, grammar, limits, tagging
from functions.iam.library import missing, missing_version
from functions.iam.models import CustomerPolicy, PolicyVersion
from functions.iam.naming import unique_id


def create(
    scope: Scope,
    name: str,
    document: str,
    *,
    path: str = "/",
    description: str = "",
    tags: Iterable[tagging.Pair] = (),
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> CustomerPolicy:
    """Make a policy with its first version.

    Raises AwsError EntityAlreadyExists, MalformedPolicyDocument or LimitExceeded.
    """
    _check(document)
    labels = tagging.checked(tags, exact=True)
    now = as_datetime(clock.now())
    with transaction.atomic():
        if of(scope).filter(name__iexact=name).exists():
            raise _taken(name)
        try:
            with transaction.atomic():
                policy = CustomerPolicy.objects.create(
                    tenancy_id=scope.tenancy,
                    name=name,
                    path=path,
                    policy_id=unique_id("ANPA", ids),
                    description=description,
                    tags=labels,
                    created_at=now,
                    updated_at=now,
                )
        except IntegrityError:  # another caller was first
            raise _taken(name) from None
        PolicyVersion.objects.create(policy=policy, number=1, document=document, created_at=now)
    return policy


def find(scope: Scope, policy_arn: str) -> CustomerPolicy:
    """Find a policy of this account by ARN. Raises AwsError ValidationError or NoSuchEntity."""
    policy = _named(scope, policy_arn)
    if policy is None:
        raise missing(policy_arn)
    return policy


def add_version(
    scope: Scope,
    policy_arn: str,
    document: str,
    *,
    as_default: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> PolicyVersion:
    """Add a version, five at most. Raises AwsError NoSuchEntity, MalformedPolicyDocument, LimitExceeded."""
    _check(document)
    now = as_datetime(clock.now())
    with transaction.atomic():
        policy = _locked(find(scope, policy_arn))
        if policy.versions.count() >= limits.VERSIONS:
            raise AwsError(
                "LimitExceeded",
                f"A managed policy can have up to {limits.VERSIONS} versions. Before you create a "
                "new version, you must delete an existing version.",
            )
        policy.last_version += 1
        if as_default:
            policy.default_version = policy.last_version
        policy.updated_at = now
        policy.save(update_fields=["last_version", "default_version", "updated_at"])
        return PolicyVersion.objects.create(
            policy=policy, number=policy.last_version, document=document, created_at=now
        )


def version(scope: Scope, policy_arn: str, version_id: str) -> PolicyVersion:
    """Find a version ("v2"), whose policy may be missing too. Raises AwsError NoSuchEntity."""
    number = version_id.removeprefix("v").partition(".")[0]
    policy = _named(scope, policy_arn)
    rows = policy.versions.all() if policy is not None else PolicyVersion.objects.none()
    found = rows.filter(number=int(number)).first() if number.isdigit() else None
    if found is None:
        raise missing_version(policy_arn, version_id)
    return found


def set_default(
    scope: Scope, policy_arn: str, version_id: str, *, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Let another version be the one in force. Raises AwsError NoSuchEntity."""
    with transaction.atomic():
        found = version(scope, policy_arn, version_id)
        policy = _locked(found.policy)
        policy.default_version = found.number
        policy.updated_at = as_datetime(clock.now())
        policy.save(update_fields=["default_version", "updated_at"])


def delete_version(scope: Scope, policy_arn: str, version_id: str) -> None:
    """Delete a version that is not in force. Raises AwsError NoSuchEntity or DeleteConflict."""
    with transaction.atomic():
        found = version(scope, policy_arn, version_id)
        if found.number == _locked(found.policy).default_version:
            raise AwsError("DeleteConflict", "Cannot delete the default version of a policy.")
        found.delete()


def delete(scope: Scope, policy_arn: str) -> None:
    """Delete a policy that nobody has, with its only version.

    Raises AwsError NoSuchEntity or DeleteConflict.
    """
    with transaction.atomic():
        policy = _locked(find(scope, policy_arn))
        if attachments.count(scope, policy_arn):
            raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.")
        if policy.versions.count() > 1:
            raise AwsError(
                "DeleteConflict",
                "This policy has more than one version. Before you delete a policy, you must "
                "delete the policy's versions. The default version is deleted with the policy.",
            )
        policy.delete()


def tag(scope: Scope, policy_arn: str, tags: Iterable[tagging.Pair]) -> None:
    """Add tags to a policy, replacing those with the same keys."""
    with transaction.atomic():
        policy = _locked(find(scope, policy_arn))
        added = tagging.checked(tags, exact=True)
        policy.tags = tagging.joined(policy.tags, added, exact=True)
        policy.save(update_fields=["tags"])


def untag(scope: Scope, policy_arn: str, keys: Iterable[str]) -> None:
    """Take tags away from a policy."""
    with transaction.atomic():
        policy = _locked(find(scope, policy_arn))
        policy.tags = tagging.without(policy.tags, keys, exact=True)
        policy.save(update_fields=["tags"])


def of(scope: Scope) -> QuerySet[CustomerPolicy]:
    """Give the policies of an account."""
    return CustomerPolicy.objects.filter(tenancy_id=scope.tenancy)


def arn_of(scope: Scope, policy: CustomerPolicy) -> str:
    """Name a policy of this account."""
    return scope.global_arn("iam", f"policy{policy.path}{policy.name}")


def _named(scope: Scope, policy_arn: str) -> CustomerPolicy | None:
    arn = Arn.parse(policy_arn)
    if arn is None:
        raise AwsError("ValidationError", f"ARN {policy_arn} is not valid.")
    kind, slash, rest = arn.resource.partition("/")
    if arn.service != "iam" or arn.account != scope.account or kind != "policy" or not slash:
        return None
    path, _, name = f"/{rest}".rpartition("/")
    return of(scope).filter(name=name, path=f"{path}/").first()


def _locked(policy: CustomerPolicy) -> CustomerPolicy:
    """Hold a policy until the transaction ends, so that versions are counted once."""
    return CustomerPolicy.objects.select_for_update().get(pk=policy.pk)


def _check(document: str) -> None:
    grammar.check_permissions(document)
    if limits.weight(document) > limits.POLICY_CHARACTERS:
        raise AwsError(
            "LimitExceeded", f"Cannot exceed quota for PolicySize: {limits.POLICY_CHARACTERS}"
        )


def _taken(name: str) -> AwsError:
    return AwsError(
        "EntityAlreadyExists",
        f"A policy called {name} already exists. Duplicate names are not allowed.",
    )
