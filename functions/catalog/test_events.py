"""Events that people keep with a function to test it, shared or their own.

Running the function is not done here; who a person is, is the caller's business.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog.models import Function, TestEvent

MOST = 10
"""Events per function and owner. Source: Lambda developer guide, "Testing Lambda functions"."""
SHARED = ""
"""The owner of events that everybody sees."""


def visible(scope: Scope, function_name: str, owner: str = SHARED) -> list[TestEvent]:
    """List the shared events of a function and the owner's, by name, an owner's own first."""
    rows = _of(scope, function_name).filter(owner__in={SHARED, owner})
    return sorted(rows, key=lambda event: (event.name, event.owner == SHARED))


def find(scope: Scope, function_name: str, name: str, owner: str = SHARED) -> TestEvent | None:
    """Find an event by name; the owner's own goes before a shared one of the same name."""
    return next(
        (one for one in visible(scope, function_name, owner) if one.name == name),
        None,
    )


def save(scope: Scope, function_name: str, name: str, body: str, owner: str = SHARED) -> TestEvent:
    """Keep an event under a name, in place of the owner's one that has it.

    Raises AwsError ResourceNotFoundException without the function, and
    InvalidParameterValueException without a name or when the owner has the most events.
    """
    if not name:
        raise AwsError("InvalidParameterValueException", "Name the event to save it.")
    with transaction.atomic():
        function = (
            Function.objects.select_for_update()
            .filter(tenancy_id=scope.tenancy, region=scope.region, name=function_name)
            .first()
        )
        if function is None:
            arn = scope.arn("lambda", f"function:{function_name}")
            raise AwsError("ResourceNotFoundException", f"Function not found: {arn}")
        others = function.test_events.filter(owner=owner).exclude(name=name).count()
        if others >= MOST:
            raise AwsError(
                "InvalidParameterValueException", f"A function keeps at most {MOST} test events."
            )
        event, _ = TestEvent.objects.update_or_create(
            function=function, owner=owner, name=name, defaults={"body": body}
        )
        return event


def delete(scope: Scope, function_name: str, name: str, owner: str = SHARED) -> None:
    """Forget the owner's event of a name; forgetting one that is not there is nothing."""
    _of(scope, function_name).filter(owner=owner, name=name).delete()


def _of(scope: Scope, function_name: str) -> QuerySet[TestEvent]:
    return TestEvent.objects.filter(
        function__tenancy_id=scope.tenancy,
        function__region=scope.region,
        function__name=function_name,
    )
