"""Pages of layers: the list, publishing a version, the versions of one and who uses each."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, lists, place
from console.pages.aws import call
from console.pages.forms.layers import LayerForm
from console.pages.functions.listing import rows
from functions.catalog import layers
from functions.catalog.layers import LayerName
from functions.models import LayerVersion


@dataclass(frozen=True, slots=True)
class Row:
    """A version as its layer's page shows it, with the functions whose $LATEST has it."""

    version: LayerVersion
    arn: str
    users: list[str]


def trail(*more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about a layer."""
    return [(labels.text("layer.list"), reverse("layers")), *more]


def index(request: HttpRequest) -> HttpResponse:
    """List the layers of this account and region; POST publishes a version of one."""
    scope = place.scope(request)
    form = LayerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            made = call(scope, "lambda", "PublishLayerVersion", **form.members())
            messages.success(request, f"{made['LayerVersionArn']} was published.")
            return answer.see(reverse("layer", args=[form.cleaned_data["name"]]))
    found = layers.listed(scope)
    listed = lists.of_things(request, "layer.list", found, lambda one: one.layer.name)
    return answer.page(
        request,
        "layers/index.html",
        section="layers",
        trail=trail(),
        status=422 if form.errors else 200,
        form=form,
        rows=listed.page,
        listed=listed,
    )


def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show the versions of a layer."""
    scope = place.scope(request)
    found = layers.versions(scope, _named(scope, name))
    if not found:
        gone = AwsError("ResourceNotFoundException", f"There is no layer {name} here.")
        return answer.refused(request, gone, section="layers", back=reverse("layers"))
    users = _users(scope)
    arns = [(one, _named(scope, name, one.number).arn) for one in found]
    return answer.page(
        request,
        "layers/show.html",
        section="layers",
        trail=trail((name, "")),
        name=name,
        rows=[Row(one, arn, users.get(arn, [])) for one, arn in arns],
    )


def delete(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Ask, then delete a version of a layer."""
    here = reverse("layer", args=[name])
    scope = place.scope(request)

    def run() -> str:
        call(scope, "lambda", "DeleteLayerVersion", LayerName=name, VersionNumber=number)
        return f"Version {number} of {name} was deleted."

    last = len(layers.versions(scope, _named(scope, name))) <= 1
    return ending.ask(
        request,
        run,
        back=here,
        then=reverse("layers") if last else here,
        section="layers",
        trail=trail((name, here), (labels.text("layer.delete"), "")),
        title=f"Delete version {number}",
        question=f"Delete version {number} of {name}?",
        consequence="Functions that have it keep it; no other function can take it any more.",
        verb="layer.delete",
    )


def _named(scope: Scope, name: str, number: int = 0) -> LayerName:
    return LayerName(scope.account, scope.region, name, number)


def _users(scope: Scope) -> dict[str, list[str]]:
    """Name the functions that use each layer version, by ARN."""
    found: dict[str, list[str]] = {}
    for name, arns in rows(scope).values_list("name", "layers"):
        for arn in arns:
            found.setdefault(arn, []).append(name)
    return found
