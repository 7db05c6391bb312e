"""Roles: made, found, changed, deleted; policies attached to them; what they permit.

Inline policies are `inline`'s, managed ones `attachments`', the rules of tags `tagging`'s. Error texts are IAM's recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Left

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.iam import (
    attachments,
    evaluation,
    facts,
    grammar,
    limits,
    papers,
    tagging,
    trustees,
)
from functions.iam.context import Context
from functions.iam.documents import Document, read
from functions.iam.evaluation import Decision
from functions.iam.models import Role, User
from functions.iam.naming import unique_id
from functions.iam.policies import Policy
from functions.iam.trust import trusts_service

LAMBDA_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
"""The trust policy of a role that Lambda may assume."""


def create(
    scope: Scope,
    name: str,
    trust: str,
    *,
    path: str = "/",
    description: str = "",
    max_session: int = 3600,
    tags: Iterable[tagging.Pair] = (),
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Role:
    """Make a role; names that differ only in case are the same name.

    Raises AwsError EntityAlreadyExists, MalformedPolicyDocument or LimitExceeded.
    """
    _check_trust(scope, trust)
    labels = tagging.checked(tags)
    with transaction.atomic():
        if _of(scope).filter(name__iexact=name).exists():
            raise _taken(name)
        try:
            with transaction.atomic():
                return Role.objects.create(
                    tenancy_id=scope.tenancy,
                    name=name,
                    path=path,
                    role_id=unique_id("AROA", ids),
                    description=description,
                    trust=trust,
                    max_session=max_session,
                    tags=labels,
                    created_at=as_datetime(clock.now()),
                )
        except IntegrityError:  # another caller was first
            raise _taken(name) from None


def create_lambda_role(
    scope: Scope,
    name: str,
    managed_policies: Iterable[str],
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Role:
    """Make a role that Lambda may assume, with the managed policies (ARNs) attached.

    It lies under /service-role/, as the roles that the Lambda console makes.
    """
    with transaction.atomic():
        role = create(scope, name, LAMBDA_TRUST, path="/service-role/", clock=clock, ids=ids)
        for policy_arn in managed_policies:
            attach(scope, name, policy_arn)
        return role


def find(scope: Scope, name: str) -> Role:
    """Find a role by name. Raises AwsError NoSuchEntity."""
    role = _of(scope).filter(name=name).first()
    if role is None:
        raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.")
    return role


def find_by_arn(scope: Scope, role_arn: str) -> Role | None:
    """Find a role of this account by ARN; None for anything else."""
    place = papers.place_of(scope, role_arn)
    if place is None:
        return None
    path, name = place
    return _of(scope).filter(name=name, path=path).first()


def page(scope: Scope, *, prefix: str = "/", after: str = "", count: int) -> list[Role]:
    """List up to `count` roles under a path, by name, beginning after the name `after`."""
    # Not path__startswith: SQLite's LIKE does not see the case of letters.
    under = _of(scope).annotate(head=Left("path", len(prefix))).filter(head=prefix)
    found = under.filter(name__gt=after)
    return list(found.order_by("name")[:count])


def update_trust(scope: Scope, name: str, trust: str) -> None:
    """Say anew who may assume a role."""
    with transaction.atomic():
        role = find(scope, name)
        _check_trust(scope, trust)
        role.trust = trust
        role.save(update_fields=["trust"])


def update(
    scope: Scope, name: str, *, description: str | None = None, max_session: int | None = None
) -> None:
    """Change what is given; None leaves a setting as it is."""
    with transaction.atomic():
        role = find(scope, name)
        role.description = role.description if description is None else description
        role.max_session = role.max_session if max_session is None else max_session
        role.save(update_fields=["description", "max_session"])


def tag(scope: Scope, name: str, tags: Iterable[tagging.Pair]) -> None:
    """Add tags to a role, replacing those with the same keys."""
    with transaction.atomic():
        role = find(scope, name)
        role.tags = tagging.joined(role.tags, tagging.checked(tags))
        role.save(update_fields=["tags"])


def untag(scope: Scope, name: str, keys: Iterable[str]) -> None:
    """Take tags away from a role."""
    with transaction.atomic():
        role = find(scope, name)
        role.tags = tagging.without(role.tags, keys)
        role.save(update_fields=["tags"])


def delete(scope: Scope, name: str) -> None:
    """Delete a role that has no policies left. Raises AwsError NoSuchEntity or DeleteConflict."""
    with transaction.atomic():
        role = find(scope, name)
        if role.attached.exists():
            raise AwsError(
                "DeleteConflict", "Cannot delete entity, must detach all policies first."
            )
        if role.policies.exists():
            raise AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.")
        role.delete()


def attach(scope: Scope, role_name: str, policy_arn: str) -> None:
    """Attach a managed policy to a role. Raises AwsError NoSuchEntity or LimitExceeded."""
    with transaction.atomic():
        attachments.attach(scope, find(scope, role_name), policy_arn)


def detach(scope: Scope, role_name: str, policy_arn: str) -> None:
    """Detach a managed policy. Raises AwsError NoSuchEntity when it was not attached."""
    attachments.detach(find(scope, role_name), policy_arn)


def attached(scope: Scope, role_name: str) -> list[Policy]:
    """List the managed policies attached to a role, by name."""
    return attachments.attached(scope, find(scope, role_name))


def permits(
    scope: Scope,
    role_arn: str,
    action: str,
    resource_arn: str,
    *,
    session: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Decision:
    """Decide whether a role's inline and attached policies allow `action` on `resource_arn`."""
    call = (action, resource_arn)
    return decisions(scope, role_arn, [call], session=session, clock=clock)[0]


def decisions(
    scope: Scope,
    role_arn: str,
    calls: Sequence[tuple[str, str]],
    *,
    session: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> list[Decision]:
    """Decide of each call (action, resource ARN) whether a role's policies allow it.

    A role that does not exist in this account permits nothing. What a service does for a role is
    done over TLS and by the name of `session`.
    """
    held = papers.of(scope, role_arn)
    if held is None:
        return [Decision(False, f"the role {role_arn} does not exist")] * len(calls)
    known = facts.of_role(scope, held.role, session) | facts.of_moment(clock.now())
    context = Context(known | {"aws:SecureTransport": ("true",)})
    return [evaluation.evaluate(held.documents, *call, context) for call in calls]


def documents(scope: Scope, holder: Role | User) -> list[Document]:
    """Gather every policy that speaks for a role or user."""
    inline = [read(one.name, one.document) for one in holder.policies.order_by("name")]
    return inline + [one.document for one in attachments.attached(scope, holder)]


def assumable_by_lambda(scope: Scope, role_arn: str, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Say whether the role exists here and its trust policy lets the Lambda service assume it."""
    role = find_by_arn(scope, role_arn)
    if role is None:
        return False
    context = Context(facts.of_service(scope) | facts.of_moment(clock.now()))
    return trusts_service(read(role.name, role.trust), "lambda.amazonaws.com", context)


def arn_of(scope: Scope, role: Role) -> str:
    """Name a role of this account."""
    return scope.global_arn("iam", f"role{role.path}{role.name}")


def _of(scope: Scope) -> QuerySet[Role]:
    return Role.objects.filter(tenancy_id=scope.tenancy)


def _check_trust(scope: Scope, trust: str) -> None:
    grammar.check_trust(trust)
    if limits.weight(trust) > limits.TRUST_CHARACTERS:
        raise AwsError(
            "LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {limits.TRUST_CHARACTERS}"
        )
    trustees.check(scope, trust)


def _taken(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"Role with name {name} already exists.")
