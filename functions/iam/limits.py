"""Numbers of IAM. Source: IAM user guide, "IAM and AWS STS quotas"; texts from IAM's answers."""

from __future__ import annotations

TRUST_CHARACTERS = 2048
"""Longest trust policy of a role, white space not counted (default quota)."""

INLINE_CHARACTERS = 10_240
"""Longest sum of a role's inline policies, white space not counted."""

USER_CHARACTERS = 2048
"""Longest sum of a user's inline policies, white space not counted."""

POLICY_CHARACTERS = 6144
"""Longest document of a customer managed policy, white space not counted."""

VERSIONS = 5
"""Most versions of a customer managed policy."""

ATTACHED = 10
"""Most managed policies on a role or user (default quota)."""

KEYS = 2
"""Most access keys of a user."""

CHAINED_SECONDS = 3600
"""Longest session of a role that is assumed by a session of a role."""

TOKEN_SECONDS = 129_600
"""Longest GetSessionToken of a user."""

TOKEN_DEFAULT_SECONDS = 43_200
"""GetSessionToken when no duration is given."""

ROOT_TOKEN_SECONDS = 3600
"""Longest GetSessionToken of the account itself."""

SESSION_POLICY_CHARACTERS = 2048
"""Longest sum of session policies, white space not counted."""

PAGE_ITEMS = 100
"""Entries of a page when MaxItems is not given."""

TAGS = 50
"""Most tags on a role."""


def weight(document: str) -> int:
    """Count the characters of a policy as the quotas do: without white space."""
    return len("".join(document.split()))
