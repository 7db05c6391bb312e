"""Where a call lands: account, region and the tenancy that holds the account's resources today."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.aws.arn import Arn


@dataclass(frozen=True, slots=True)
class Scope:
    """First argument of every verb. Rows are found by (tenancy, region), ARNs name (account, region).

    `trace` is the X-Ray trace that the call says it belongs to, as it was written.
    """

    account: str
    region: str
    tenancy: int
    principal: str = ""
    trace: str = field(default="", compare=False)

    def arn(self, service: str, resource: str) -> str:
        """Name a resource of this account and region."""
        return str(Arn(service, self.region, self.account, resource))

    def global_arn(self, service: str, resource: str) -> str:
        """Name a resource of a service without regions (IAM)."""
        return str(Arn(service, "", self.account, resource))

    def owns(self, arn: Arn) -> bool:
        """Say whether `arn` names something of this account and region."""
        return arn.account == self.account and arn.region == self.region
