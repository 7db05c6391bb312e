"""Pages of functions: the list, making one, its configuration, deleting it.

The function's own page, with designer and code, is `function`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from console.pages import answer, elsewhere, ending, labels, lists, place
from console.pages.about import about
from console.pages.aws import call
from console.pages.forms.functions import NEW_ROLE, FunctionForm
from console.pages.functions.runtimes import creatable, handler
from console.pages.tables.standing import mapping_counts
from functions.iam import managed, roles
from functions.models import Function
from functions.observability.metrics.emission import COUNT, LAMBDA
from functions.observability.metrics.reading import totals
from functions.observability.metrics.series import series

_ERROR_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A function as the list shows it; `errors` are those of the last minutes."""

    function: Function
    triggers: int
    errors: int


def rows(scope: Scope) -> QuerySet[Function]:
    """The functions of this account and region, by name."""
    return Function.objects.filter(tenancy_id=scope.tenancy, region=scope.region).order_by("name")


def find(scope: Scope, name: str) -> Function:
    """Find a function by name. Raises AwsError ResourceNotFoundException."""
    found = rows(scope).filter(name=name).first()
    if found is None:
        arn = scope.arn("lambda", f"function:{name}")
        raise AwsError("ResourceNotFoundException", f"Function not found: {arn}")
    return found


of_function = about(find, "functions", "functions")
"""Hands a view the function of its address."""


def missing(request: HttpRequest, error: AwsError) -> HttpResponse:
    """Say that there is no such function."""
    return answer.refused(request, error, section="functions", back=reverse("functions"))


def trail(*more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about a function."""
    return [(labels.text("function.list"), reverse("functions")), *more]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the functions of this account and region."""
    scope = place.scope(request)
    counts = mapping_counts(scope, "function_name")
    listed = lists.of_rows(request, "function.list", rows(scope))
    failed = errors(scope, [one.name for one in listed.page])
    found = [Row(one, counts.get(one.name, 0), failed.get(one.name, 0)) for one in listed.page]
    return answer.page(
        request,
        "functions/index.html",
        section="functions",
        trail=trail(),
        rows=found,
        minutes=_ERROR_MINUTES,
        listed=listed,
        others=elsewhere.places(scope) if not (found or listed.query) else [],
    )


def errors(scope: Scope, names: Iterable[str], *, clock: Clock = SYSTEM_CLOCK) -> dict[str, int]:
    """Count how often each of these functions has failed in the last minutes; those that have."""
    numbers = {
        series(
            scope.tenancy, scope.region, LAMBDA, "Errors", (("FunctionName", name),), COUNT
        ).number: name
        for name in names
    }
    counted = totals(numbers, int(clock.now()) // 60 - _ERROR_MINUTES + 1)
    return {numbers[one]: int(total) for one, total in counted.items() if total}


def create(request: HttpRequest) -> HttpResponse:
    """Make a function, with a role of its own unless an existing one is chosen."""
    scope = place.scope(request)
    form = FunctionForm(request.POST or None, scope=scope, runtimes=creatable())
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        with form.refused_by_aws(), transaction.atomic():
            call(
                scope,
                "lambda",
                "CreateFunction",
                FunctionName=name,
                Runtime=form.cleaned_data["runtime"],
                Role=_role(scope, form),
                Handler=handler(form.cleaned_data["runtime"]),
                Code={"ZipFile": form.package()},
            )
        if not form.errors:
            messages.success(request, f"Function {name} was created. Add a trigger to run it.")
            return answer.see(reverse("function", args=[name]))
    return answer.page(
        request,
        "functions/create.html",
        section="functions",
        trail=trail((labels.text("function.create"), "")),
        status=422 if form.errors else 200,
        form=form,
    )


def _role(scope: Scope, form: FunctionForm, ids: Ids = SYSTEM_IDS) -> str:
    """Give the ARN of the role to use, making one that may read streams when that is wanted."""
    if form.cleaned_data["role_kind"] != NEW_ROLE:
        return str(form.cleaned_data["role"])
    stem = re.sub(r"[^\w+=,.@-]", "-", form.cleaned_data["name"], flags=re.ASCII)[:50]
    name = f"{stem}-role-{ids.hex(8)}"
    role = roles.create_lambda_role(scope, name, [managed.DYNAMODB_EXECUTION.arn])
    return roles.arn_of(scope, role)


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then delete a function."""
    here = reverse("function", args=[name])

    def run() -> str:
        call(place.scope(request), "lambda", "DeleteFunction", FunctionName=name)
        return f"Function {name} was deleted."

    return ending.ask(
        request,
        run,
        back=here,
        then=reverse("functions"),
        section="functions",
        trail=trail((name, here), (labels.text("function.delete"), "")),
        title=f"Delete {name}",
        question=f"Delete the function {name}?",
        consequence="Its code goes, with all versions and aliases. Triggers that name it stay and "
        "fail until they are deleted too; its role and its log group stay.",
        verb="function.delete",
    )
