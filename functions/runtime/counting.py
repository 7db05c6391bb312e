"""A waiting process tree put into a group of its own, where there are any. Knows no limits but these."""

from __future__ import annotations

from functions.runtime import limits
from functions.runtime.cgroups import Groups
from functions.runtime.processes import ProcessTree
from functions.runtime.spec import EnvironmentSpec


def count(tree: ProcessTree, spec: EnvironmentSpec, groups: Groups | None) -> None:
    """Let the kernel count what `tree` uses from now on. Raises OSError."""
    if groups is None:
        return
    group = tree.group = groups.make()
    tree.closing.append(lambda: groups.give_back(group))
    spare = (spec.memory_mb + spec.ephemeral_mb + limits.GROUP_SPARE_MB) * 1024 * 1024
    group.limit(spare, limits.PROCESSES, limits.CPU_WEIGHT)
    for pid in tree.pids():
        group.add(pid)
