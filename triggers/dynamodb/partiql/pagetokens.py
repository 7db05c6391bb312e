"""NextToken: the key after which a SELECT goes on, sealed to its statement, account and region."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from console.accounts.secrets import signing_secret
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.aws.tokens import seal, unseal
from triggers.dynamodb.values import Item

_KIND: Final = "partiql-page"


def give(scope: Scope, text: str, parameters: Sequence[Mapping[str, Any]], last_key: Item) -> str:
    """Seal the key of the last item looked at."""
    return seal(signing_secret(), _KIND, _place(scope, text, parameters) | {"k": last_key})


def take(scope: Scope, text: str, parameters: Sequence[Mapping[str, Any]], token: str) -> Item:
    """Take the key out again. Raises AwsError for a token of something else."""
    payload = unseal(signing_secret(), _KIND, token)
    place = _place(scope, text, parameters)
    if payload is None:
        raise AwsError("ValidationException", "Invalid NextToken")
    if any(payload.get(name) != value for name, value in place.items()):
        raise AwsError("ValidationException", "NextToken does not match request")
    key: Item = payload["k"]
    return key


def _place(scope: Scope, text: str, parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    asked = orjson.dumps([text, list(parameters)], option=orjson.OPT_SORT_KEYS)
    digest = hashlib.blake2b(asked, digest_size=12).hexdigest()
    return {"a": scope.account, "r": scope.region, "s": digest}
