"""Unpacked code on this machine's disk: fetched from the database when it is not there, dropped
when nothing has asked for it for CODE_CACHE_HOURS and no function could. Workers share the folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.ids import SYSTEM_IDS, Ids
from functions.catalog import layers
from functions.catalog.models import CodePackage, Function, Version
from functions.runtime import packages


def root() -> Path:
    """Name the folder of all of them."""
    folder: Path = settings.DATA_DIR / "code"
    return folder


def folder_of(sha256: str) -> Path:
    """Give the folder of an unpacked package."""
    folder = root() / sha256
    try:
        os.utime(folder)
    except FileNotFoundError:
        body = CodePackage.objects.values_list("body", flat=True).get(pk=sha256)
        return packages.unpacked(bytes(body), root(), sha256)
    return folder


def folder_of_layers(arns: Sequence[str]) -> Path | None:
    """Give the folder of a function's layers, merged; None when it has none."""
    digests = _digests(arns)
    if not digests:
        return None
    folder = packages.merged([folder_of(one) for one in digests], root())
    os.utime(folder)
    return folder


def trim(*, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS) -> int:
    """Delete folders that no function, version or layer has had for CODE_CACHE_HOURS; how many.

    A folder's time of change says when it was last asked for, or wanted here.
    """
    now = clock.now()
    edge = now - settings.CODE_CACHE_HOURS * 3600
    wanted = _wanted()
    deleted = 0
    for folder in root().iterdir() if root().is_dir() else ():
        with suppress(FileNotFoundError):  # another worker was faster, or it has got its own name
            if folder.name in wanted:
                os.utime(folder, (now, now))
            elif folder.is_dir() and folder.stat().st_mtime < edge:
                deleted += _delete(folder, ids)
    return deleted


def _wanted() -> set[str]:
    lists = {
        tuple(arns)
        for model in (Function, Version)
        for arns in model.objects.exclude(layers=[]).values_list("layers", flat=True)
    }
    merged = {packages.name_of_merged(_digests(arns)) for arns in lists}
    return {*CodePackage.objects.values_list("pk", flat=True), *merged}


def _digests(arns: Iterable[str]) -> list[str]:
    names = [layers.read_arn(arn) for arn in arns]
    found = [layers.resolve(name) for name in names if name is not None]
    return [one.code_id for one in found if one is not None]


def _delete(folder: Path, ids: Ids) -> int:
    """Take a folder out of the way first: whoever asks for it then finds none, or a whole one."""
    doomed = folder.with_name(f"building-{ids.hex(8)}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
    return 1
