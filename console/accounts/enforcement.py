"""Whether an account holds its users to their policies. Sessions of roles are held to theirs always."""

from __future__ import annotations

from django.conf import settings

from console.accounts.models import Account


def is_enforced(account: str) -> bool:
    """Say whether policies of users are enforced: the account's choice, else the installation's."""
    chosen = Account.objects.filter(pk=account).values_list("enforces", flat=True).first()
    return settings.ENFORCE_POLICIES if chosen is None else bool(chosen)


def enforce(account: str, on: bool | None) -> None:
    """Switch an account's enforcement on or off; None leaves it to the installation's setting."""
    Account.objects.filter(pk=account).update(enforces=on)
