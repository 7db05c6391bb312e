"""From an account number and a region to the scope that every verb takes."""

from __future__ import annotations

from functools import partial

from django.db import connection, transaction

from console.accounts.models import Account, Tenancy
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.scope import Scope
from console.grouping import known

DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"


def scope_for(
    account: str, region: str, principal: str = "", *, clock: Clock = SYSTEM_CLOCK
) -> Scope:
    """Find where calls of `account` land now; an account unknown so far is opened."""
    tenancy = known(("tenancy", account), partial(_tenancy, account, clock))
    return Scope(account, region, tenancy, principal or f"arn:aws:iam::{account}:root")


def _tenancy(account: str, clock: Clock) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_id FROM accounts_account WHERE number = %s", [account])
        row = cursor.fetchone()
    return row[0] if row else _open(account, clock)


def _open(number: str, clock: Clock) -> int:
    now = as_datetime(clock.now())
    with transaction.atomic():
        known = Account.objects.filter(number=number).first()
        if known is not None:
            return known.tenancy_id
        tenancy = Tenancy.objects.create(account_number=number, created_at=now)
        account, _ = Account.objects.get_or_create(
            number=number, defaults={"tenancy": tenancy, "created_at": now}
        )
        return account.tenancy_id
