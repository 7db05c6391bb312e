"""Whom a trust policy may name: accounts, users and roles that exist, services, web identities.

Takes documents that `grammar` has let through; who is meant by them is `trust`'s business.
Source: IAM user guide, "AWS JSON policy elements: Principal"; texts pasted in public issues.
"""

from __future__ import annotations

import re

from console.accounts.models import Account
from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import papers, users
from functions.iam.documents import read
from functions.iam.models import Role

_ACCOUNT = re.compile(r"\d{12}")
_SERVICE = re.compile(r"([a-z0-9-]+\.)+(amazonaws\.com(\.cn)?|aws\.internal)")
_DOMAIN = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}(/\S*)?")
_SESSION = re.compile(r"(assumed-role/[\w+=,.@-]+|federated-user)/[\w+=,.@-]+")


def check(scope: Scope, text: str) -> None:
    """Let a trust policy through whose principals can exist, or raise MalformedPolicyDocument.

    Of services only the form of the name is known here.
    """
    named = [one for each in read("", text).statements for one in each.principals]
    for kind, name in dict.fromkeys(named):
        if kind == "Federated" and not name.startswith("arn:") and not _DOMAIN.fullmatch(name):
            raise _refused("Federated principals must be valid domain names or SAML metadata ARNs")
        if not _can_be(scope, kind, name):
            raise _refused(f'Invalid principal in policy: "{kind.upper()}":"{name}"')


def home_of(scope: Scope, number: str) -> Scope | None:
    """Find an account by its number: the caller's own or another; None when there is none."""
    if number == scope.account:
        return scope
    account = Account.objects.filter(number=number).first()
    if account is None:
        return None
    return Scope(account.number, scope.region, account.tenancy_id)


def can_call(scope: Scope, name: str) -> bool:
    """Say whether a name is of somebody who could call: any account, users, roles, sessions."""
    if name == "*" or _ACCOUNT.fullmatch(name):
        return True
    arn = Arn.parse(name)
    if arn is None or arn.partition != "aws" or arn.region or not _ACCOUNT.fullmatch(arn.account):
        return False
    if arn.service == "sts":
        return _SESSION.fullmatch(arn.resource) is not None
    if arn.service != "iam":
        return False
    return arn.resource == "root" or _is_there(scope, arn)


def _can_be(scope: Scope, kind: str, name: str) -> bool:
    if kind == "AWS":
        return can_call(scope, name)
    form = _SERVICE if kind == "Service" else _DOMAIN
    return form.fullmatch(name) is not None


def _is_there(scope: Scope, arn: Arn) -> bool:
    home = home_of(scope, arn.account)
    if home is None:
        return False
    place = papers.place_of(home, str(arn))
    if place is None:
        return users.exists(home, str(arn))
    path, name = place
    return Role.objects.filter(tenancy_id=home.tenancy, path=path, name=name).exists()


def _refused(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message)
