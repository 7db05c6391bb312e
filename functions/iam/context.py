"""What is known of a request when its policies are evaluated: values by condition key.

Keys are compared without regard to case. A value may be looked up only when a policy asks for it.
Which keys there are is `keys`' business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Values = tuple[str, ...]
Found = Values | None
Source = Found | Callable[[], Found]


class Context:
    """The values of one request; a key that is not there has no values (None)."""

    def __init__(self, sources: Mapping[str, Source] | None = None) -> None:
        self._sources: dict[str, Source] = {
            key.lower(): source for key, source in (sources or {}).items()
        }

    def values(self, key: str) -> Found:
        """Give the values of a key, looking them up on first use; None when the request has none."""
        name = key.lower()
        source = self._sources.get(name)
        if callable(source):
            source = self._sources[name] = source()
        return source

    def joined(self, more: Mapping[str, Source]) -> Context:
        """Add keys to a copy."""
        return Context(self._sources | dict(more))


NOTHING = Context()
"""A request of which nothing is known but its action and resource."""
