"""What a pattern says of an object: which fields it must have (all of them), and which choices ($or).

Walks each path once for every object it leads through, so a record costs at most its size times
the pattern's. The alternatives at a path's end are `leaves`' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triggers.mappings.patterns.leaves import Leaf
from triggers.mappings.patterns.values import NOTHING, objects


@dataclass(frozen=True, slots=True)
class Choice:
    """A `$or`: any of these patterns, at the place where it stands."""

    options: tuple[Fields, ...]

    def holds_in(self, one: dict[str, Any]) -> bool:
        """Say whether some option holds in the object `one`."""
        return any(option.holds_in(one) for option in self.options)


@dataclass(frozen=True, slots=True)
class Fields:
    """A pattern's object: all fields and all choices must hold in one and the same object."""

    named: tuple[tuple[str, Fields | Leaf], ...]
    choices: tuple[Choice, ...] = ()

    def holds(self, node: Any) -> bool:
        """Say whether it holds in what lies here; of an array, in any element."""
        if type(node) is dict:
            return self.holds_in(node)
        return any(map(self.holds_in, objects(node)))

    def holds_in(self, one: dict[str, Any]) -> bool:
        """Say whether all of it holds in the object `one`."""
        for name, part in self.named:  # loops: every record of a filtered stream comes here
            if not part.holds(one.get(name, NOTHING)):
                return False
        return not self.choices or all(choice.holds_in(one) for choice in self.choices)
