"""Pages of managed policies: AWS's to read, the account's own with their versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.pages import answer, ending, labels, lists, place
from console.pages.aws import call
from console.pages.forms.policies import BLANK, DocumentForm, NamedDocumentForm
from functions.iam import attachments, customer, grammar, library

LIST = [(labels.text("managed.list"), "")]


def _trail(*more: tuple[str, str]) -> answer.Trail:
    return [(labels.text("managed.list"), reverse("policies")), *more]


def address(arn: str) -> str:
    """Say where a policy is shown; ARNs do not fit into a path."""
    return f"{reverse('policy')}?{urlencode({'arn': arn})}"


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the policies, the account's own first, and how many have each."""
    scope = place.scope(request)
    counted = attachments.counts(scope)
    found = sorted(library.under(scope), key=lambda one: (one.is_aws, one.name))
    listed = lists.of_things(request, "managed.list", found, lambda one: one.name)
    return answer.page(
        request,
        "policies/index.html",
        section="roles",
        trail=LIST,
        tab="managed.list",
        rows=[(one, address(one.arn), counted[one.arn]) for one in listed.page],
        listed=listed,
    )


def create(request: HttpRequest) -> HttpResponse:
    """Make a customer managed policy."""
    form = NamedDocumentForm(
        request.POST or None, check=grammar.check_permissions, initial={"document": BLANK}
    )
    if request.method == "POST" and form.is_valid():
        name, text = form.cleaned_data["name"], form.cleaned_data["document"]
        with form.refused_by_aws():
            made = call(
                place.scope(request), "iam", "CreatePolicy", PolicyName=name, PolicyDocument=text
            )
            messages.success(request, f"Policy {name} was created.")
            return answer.see(address(made["Policy"]["Arn"]))
    title = labels.text("managed.create")
    return answer.page(
        request,
        "policies/edit.html",
        section="roles",
        trail=_trail((title, "")),
        status=422 if form.errors else 200,
        form=form,
        title=title,
        back=reverse("policies"),
        save="managed.create",
    )


def show(request: HttpRequest) -> HttpResponse:
    """Show a policy with its versions and holders; POST adds a version and puts it in force."""
    scope, arn = place.scope(request), request.GET.get("arn", "")
    try:
        policy = library.find(scope, arn)
    except AwsError as error:
        return answer.refused(request, error, section="roles", back=reverse("policies"))
    form = DocumentForm(
        request.POST or None, check=grammar.check_permissions, initial={"document": policy.text}
    )
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["document"]
        with form.refused_by_aws():
            call(
                scope,
                "iam",
                "CreatePolicyVersion",
                PolicyArn=arn,
                PolicyDocument=text,
                SetAsDefault=True,
            )
            messages.success(request, "The new version is in force.")
            return answer.see(address(arn))
    return answer.page(
        request,
        "policies/show.html",
        section="roles",
        trail=_trail((policy.name, "")),
        status=422 if form.errors else 200,
        policy=policy,
        form=form,
        versions=[] if policy.is_aws else customer.find(scope, arn).versions.order_by("-number"),
        roles=attachments.roles_with(scope, arn),
        users=attachments.users_with(scope, arn),
    )


@require_POST
def version(request: HttpRequest) -> HttpResponse:
    """Put a version in force, or delete it."""
    arn = request.POST.get("arn", "")
    chosen, verb = request.POST.get("default"), "SetDefaultPolicyVersion"
    if chosen is None:
        chosen, verb = request.POST.get("version", ""), "DeletePolicyVersion"
    try:
        call(place.scope(request), "iam", verb, PolicyArn=arn, VersionId=chosen)
    except AwsError as error:
        messages.error(request, error.message)
    return answer.see(address(arn))


def delete(request: HttpRequest) -> HttpResponse:
    """Ask, then delete a policy that nobody has."""
    arn = request.POST.get("arn") or request.GET.get("arn", "")
    name = arn.rpartition("/")[2]

    def run() -> str:
        call(place.scope(request), "iam", "DeletePolicy", PolicyArn=arn)
        return f"Policy {name} was deleted."

    return ending.ask(
        request,
        run,
        back=address(arn),
        then=reverse("policies"),
        section="roles",
        trail=_trail((name, address(arn)), (labels.text("managed.delete"), "")),
        title=f"Delete {name}",
        question=f"Delete the policy {name}?",
        consequence="A policy that is attached, or has several versions, cannot be deleted.",
        verb="managed.delete",
        hidden=[("arn", arn)],
    )
