"""Layers: files that functions share, published in versions. Where they are put is `runtime`'s."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from console.accounts.models import Account
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import code, limits, revisions, statements
from functions.catalog.configuration import invalid
from functions.catalog.models import Function, Layer, LayerVersion, Version
from functions.iam import caller
from functions.runtime import limits as packages_limits
from functions.runtime import packages

ACTION = "lambda:GetLayerVersion"
_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+)(?::([0-9]{1,9}))?"
)
_NOTHING = "The resource you requested does not exist."


@dataclass(frozen=True, slots=True)
class LayerName:
    """A layer of one account and region; `number` is 0 when no version is named."""

    account: str
    region: str
    name: str
    number: int = 0

    @property
    def arn(self) -> str:
        """The ARN of the layer, or of the version when there is one."""
        arn = f"arn:aws:lambda:{self.region}:{self.account}:layer:{self.name}"
        return f"{arn}:{self.number}" if self.number else arn


@dataclass(frozen=True, slots=True)
class NewLayer:
    """What a layer version is published with; runtimes and architectures may be left unsaid."""

    description: str = ""
    license: str = ""
    runtimes: Sequence[str] | None = None
    architectures: Sequence[str] | None = None


def read_name(scope: Scope, text: str, number: int = 0) -> LayerName:
    """Read a layer's name or ARN, or the ARN of a version."""
    return read_arn(text, number) or LayerName(scope.account, scope.region, text, number)


def read_arn(text: str, number: int = 0) -> LayerName | None:
    """Read the ARN of a layer or of a version; None for anything else."""
    found = _ARN.fullmatch(text)
    if found is None:
        return None
    region, account, name, version = found.groups()
    return LayerName(account, region, name, number or int(version or 0))


def publish(
    scope: Scope,
    name: LayerName,
    archive: bytes,
    new: NewLayer,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> LayerVersion:
    """Publish the next version of a layer, which is made when there is none. Raises AwsError."""
    _check_owner(scope, name, "lambda:PublishLayerVersion")
    packages.check(archive)
    with transaction.atomic():
        layer, _ = Layer.objects.select_for_update().get_or_create(
            tenancy_id=scope.tenancy, region=scope.region, name=name.name
        )
        layer.number += 1
        layer.save(update_fields=["number"])
        return LayerVersion.objects.create(
            layer=layer,
            number=layer.number,
            description=new.description,
            license=new.license,
            runtimes=new.runtimes,
            architectures=new.architectures,
            code=code.keep(archive),
            revision=ids.uuid(),
            created_at=as_datetime(clock.now()),
        )


def get(scope: Scope, name: LayerName) -> LayerVersion:
    """Find a version that is not deleted, of this account or one that lets the caller have it.

    Raises AwsError("ResourceNotFoundException").
    """
    if name.number < 1:
        raise invalid("Layer Version Cannot be less than 1")
    row = _find(scope, name)
    if row is None or row.deleted:
        raise AwsError("ResourceNotFoundException", _NOTHING)
    return row


def listed(scope: Scope, *, runtime: str = "", architecture: str = "") -> list[LayerVersion]:
    """List the newest version of every layer by name, of those that fit."""
    newest: dict[str, LayerVersion] = {}
    rows = _of(scope).filter(deleted=False).order_by("layer__name", "number")
    for row in rows.select_related("layer", "code").defer("code__body"):
        if _fits(row, runtime, architecture):
            newest[row.layer.name] = row
    return list(newest.values())


def versions(
    scope: Scope, name: LayerName, *, runtime: str = "", architecture: str = ""
) -> list[LayerVersion]:
    """List the versions of a layer of this account that fit, newest first."""
    if (name.account, name.region) != (scope.account, scope.region):
        return []
    rows = _of(scope).filter(layer__name=name.name, deleted=False).order_by("-number")
    found = rows.select_related("layer", "code").defer("code__body")
    return [row for row in found if _fits(row, runtime, architecture)]


def delete(scope: Scope, name: LayerName) -> None:
    """Let nobody take a version any more; one that is not there is nothing."""
    if name.number < 1:
        raise invalid("Layer Version Cannot be less than 1")
    _check_owner(scope, name, "lambda:DeleteLayerVersion")
    _of(scope).filter(layer__name=name.name, number=name.number).update(deleted=True)


def check(scope: Scope, arns: Sequence[str]) -> None:
    """Refuse layers that a function cannot have. Raises AwsError. Source: recorded answers."""
    if len(arns) > limits.LAYERS:
        raise invalid(f"Cannot reference more than {limits.LAYERS} layers.")
    seen: dict[str, str] = {}
    for arn in arns:
        name = read_name(scope, arn)
        if name.region != scope.region:
            raise invalid(
                "Layers are not in the same region as the function. Layers are expected to be in "
                f"region {scope.region}."
            )
        row = _find(scope, name)
        if row is None and name.account != scope.account:
            raise caller.denied(scope, ACTION, arn)
        if row is None or row.deleted:
            raise invalid(f"Layer version {arn} does not exist.")
        if name.name in seen:
            raise invalid(
                "Two different versions of the same layer are not allowed to be referenced in the "
                f"same function. {seen[name.name]} and {arn} are versions of the same layer."
            )
        seen[name.name] = arn


def check_size(scope: Scope, arns: Sequence[str], archive: bytes) -> None:
    """Refuse layers that are too large together, or with a function's package.

    Raises AwsError. Source: AWS's answers in public issues.
    """
    most, total = packages_limits.UNZIPPED_BYTES, 0
    for arn in arns:
        row = resolve(read_name(scope, arn))
        total += 0 if row is None else packages.unzipped_bytes(bytes(row.code.body))
    if total > most:
        raise invalid(f"Layers consume more than the available size of {most} bytes")
    total += packages.unzipped_bytes(archive) if arns else 0
    if total > most:
        raise invalid(
            "Function code combined with layers exceeds the maximum allowed size of "
            f"{most} bytes. The actual size is {total} bytes."
        )


def forget_unused() -> int:
    """Delete versions that were deleted and that no function has any more; how many."""
    lists = [
        arns
        for model in (Function, Version)
        for arns in model.objects.exclude(layers=[]).values_list("layers", flat=True)
    ]
    names = [read_arn(arn) for arn in {arn for arns in lists for arn in arns}]
    rows = [resolve(name) for name in names if name is not None]
    used = {row.pk for row in rows if row is not None}
    gone = LayerVersion.objects.filter(deleted=True).exclude(pk__in=used)
    found = list(gone.values_list("pk", "code_id"))
    for pk, code_id in found:
        with transaction.atomic():
            LayerVersion.objects.filter(pk=pk).delete()
            code.forget_unused(code_id)
    return len(found)


def shown(scope: Scope, arns: Sequence[str]) -> list[dict[str, Any]]:
    """Show the layers of a function with the sizes of their packages."""
    found = [(arn, resolve(read_name(scope, arn))) for arn in arns]
    return [{"Arn": arn, "CodeSize": row.code.size if row else 0} for arn, row in found]


def resolve(name: LayerName) -> LayerVersion | None:
    """Find a version of any account, deleted ones too: a function that has it keeps it."""
    owner = Account.objects.filter(number=name.account).first()
    if owner is None:
        return None
    rows = LayerVersion.objects.filter(
        layer__tenancy_id=owner.tenancy_id,
        layer__region=name.region,
        layer__name=name.name,
        number=name.number,
    )
    return rows.select_related("layer", "code").defer("code__body").first()


def add_statement(
    scope: Scope,
    name: LayerName,
    statement: Mapping[str, Any],
    *,
    revision: str = "",
    ids: Ids = SYSTEM_IDS,
) -> LayerVersion:
    """Let others have a version. Raises AwsError as AddLayerVersionPermission does."""
    with transaction.atomic():
        row = _own(scope, name)
        sid = statement["Sid"]
        if sid in row.policy:
            raise AwsError(
                "ResourceConflictException",
                f"The statement id ({sid}) provided already exists. Please provide a new "
                "statement id, or remove the existing statement.",
            )
        revisions.check(revision, row.revision, reader="GetLayerPolicy")
        policy = {**row.policy, sid: dict(statement)}
        statements.check_size(policy.values())
        row.policy = policy
        return _saved(row, ids)


def remove_statement(
    scope: Scope, name: LayerName, sid: str, *, revision: str = "", ids: Ids = SYSTEM_IDS
) -> None:
    """Let others have a version no more. Raises AwsError as RemoveLayerVersionPermission does."""
    with transaction.atomic():
        row = _own(scope, name)
        revisions.check(revision, row.revision, reader="GetLayerPolicy")
        if sid not in row.policy:
            raise AwsError(
                "ResourceNotFoundException", f"Statement {sid} is not found in resource policy."
            )
        row.policy = {key: one for key, one in row.policy.items() if key != sid}
        _saved(row, ids)


def policy(scope: Scope, name: LayerName) -> LayerVersion:
    """Find a version that has a policy. Raises AwsError("ResourceNotFoundException")."""
    with transaction.atomic():
        row = _own(scope, name)
    if not row.policy:
        raise AwsError(
            "ResourceNotFoundException", "No policy is associated with the given resource."
        )
    return row


def _of(scope: Scope) -> QuerySet[LayerVersion]:
    return LayerVersion.objects.filter(layer__tenancy_id=scope.tenancy, layer__region=scope.region)


def _find(scope: Scope, name: LayerName) -> LayerVersion | None:
    """Find a version that the caller may have."""
    row = resolve(name) if name.region == scope.region else None
    if row is None or name.account == scope.account:
        return row
    who = caller.arn(scope)
    granted = row.policy.values()
    may = any(statements.lets_in(one, scope.account, who, ACTION) for one in granted)
    return row if may else None


def _check_owner(scope: Scope, name: LayerName, action: str) -> None:
    if (name.account, name.region) != (scope.account, scope.region):
        raise caller.denied(scope, action, name.arn)


def _own(scope: Scope, name: LayerName) -> LayerVersion:
    mine = (name.account, name.region) == (scope.account, scope.region)
    rows = _of(scope).filter(layer__name=name.name, number=name.number, deleted=False)
    row = rows.select_for_update(of=("self",)).first() if mine else None
    if row is None:
        raise AwsError("ResourceNotFoundException", f"Layer version {name.arn} does not exist.")
    return row


def _saved(row: LayerVersion, ids: Ids) -> LayerVersion:
    row.revision = ids.uuid()
    row.save(update_fields=["policy", "revision"])
    return row


def _fits(row: LayerVersion, runtime: str, architecture: str) -> bool:
    return (not runtime or runtime in (row.runtimes or ())) and (
        not architecture or architecture in (row.architectures or ())
    )
