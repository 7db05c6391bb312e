"""A managed policy as a value: AWS's (`managed`) and the account's own (`customer`) look the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.iam.documents import Document, read


@dataclass(frozen=True, slots=True)
class Policy:
    """A managed policy with the text of its default version ("v1")."""

    arn: str
    name: str
    path: str
    policy_id: str
    created_at: datetime
    updated_at: datetime
    description: str
    text: str
    version: str = "v1"
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """Its document as values."""
        return read(self.name, self.text)

    @property
    def is_aws(self) -> bool:
        """Say whether AWS keeps this policy."""
        return self.arn.startswith("arn:aws:iam::aws:")
