"""What pages of roles and users share: attaching, detaching, inline policies, simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels
from console.pages.aws import call
from console.pages.forms.policies import BLANK, DocumentForm, NamedDocumentForm, SimulationForm
from console.pages.forms.roles import AttachForm
from functions.iam import attachments, grammar, inline, roles, users
from functions.iam.models import Role, User


@dataclass(frozen=True, slots=True)
class Kind:
    """Roles or users: their words and addresses."""

    noun: str
    route: str
    index: str
    section: str = "roles"

    def find(self, scope: Scope, name: str) -> Role | User:
        """Find one by name. Raises AwsError NoSuchEntity."""
        return roles.find(scope, name) if self.noun == "Role" else users.find(scope, name)

    def arn_of(self, scope: Scope, holder: Role | User) -> str:
        """Name one of this account."""
        if isinstance(holder, Role):
            return roles.arn_of(scope, holder)
        return users.arn_of(scope, holder)

    def named(self, name: str) -> dict[str, str]:
        """Name one in a request."""
        return {f"{self.noun}Name": name}

    def trail(self, *more: tuple[str, str]) -> answer.Trail:
        """Lead back to the list."""
        return [(labels.text(f"{self.noun.lower()}.list"), reverse(self.index)), *more]


ROLES = Kind("Role", "role", "roles")
USERS = Kind("User", "user", "users")


def attach(request: HttpRequest, scope: Scope, kind: Kind, name: str, form: AttachForm) -> bool:
    """Attach the posted managed policy; say whether that was asked for and done."""
    if request.method != "POST" or not form.is_valid():
        return False
    with form.refused_by_aws():
        arn = form.cleaned_data["policy"]
        call(scope, "iam", f"Attach{kind.noun}Policy", PolicyArn=arn, **kind.named(name))
        return True
    return False


def detach(request: HttpRequest, scope: Scope, kind: Kind, name: str) -> HttpResponse:
    """Detach a managed policy."""
    arn = request.POST.get("policy", "")
    return _done(request, scope, kind, name, f"Detach{kind.noun}Policy", PolicyArn=arn)


def delete_inline(request: HttpRequest, scope: Scope, kind: Kind, name: str) -> HttpResponse:
    """Delete an inline policy."""
    policy = request.POST.get("policy", "")
    return _done(request, scope, kind, name, f"Delete{kind.noun}Policy", PolicyName=policy)


def strip(scope: Scope, holder: Role | User) -> None:
    """Take every policy away, so that the holder can be deleted; joins the caller's transaction."""
    for policy in attachments.attached(scope, holder):
        attachments.detach(holder, policy.arn)
    for one in inline.names(holder):
        inline.delete(holder, one)


def ask_to_delete(
    request: HttpRequest, kind: Kind, name: str, run: Callable[[], str], consequence: str
) -> HttpResponse:
    """Ask, then delete a role or a user."""
    here, verb = reverse(kind.route, args=[name]), f"{kind.route}.delete"
    return ending.ask(
        request,
        run,
        back=here,
        then=reverse(kind.index),
        section=kind.section,
        trail=kind.trail((name, here), (labels.text(verb), "")),
        title=f"Delete {name}",
        question=f"Delete the {kind.route} {name}?",
        consequence=consequence,
        verb=verb,
    )


def edit_inline(request: HttpRequest, scope: Scope, kind: Kind, name: str) -> HttpResponse:
    """Write an inline policy: a new one, or the one that `?policy=` names."""
    known = request.GET.get("policy", "")
    back = reverse(kind.route, args=[name])
    try:
        holder = kind.find(scope, name)
        text = inline.find(holder, known).document if known else BLANK
    except AwsError as error:
        return answer.refused(request, error, section=kind.section, back=reverse(kind.index))
    make = DocumentForm if known else NamedDocumentForm
    form = make(request.POST or None, check=grammar.check_permissions, initial={"document": text})
    if request.method == "POST" and form.is_valid():
        chosen = known or form.cleaned_data["name"]
        with form.refused_by_aws():
            call(
                scope,
                "iam",
                f"Put{kind.noun}Policy",
                PolicyName=chosen,
                PolicyDocument=form.cleaned_data["document"],
                **kind.named(name),
            )
            messages.success(request, f"Policy {chosen} was saved.")
            return answer.see(back)
    title = known or labels.text("role.inline")
    return answer.page(
        request,
        "policies/edit.html",
        section=kind.section,
        trail=kind.trail((name, back), (title, "")),
        status=422 if form.errors else 200,
        form=form,
        title=title,
        back=back,
        save="managed.save",
    )


def simulated(request: HttpRequest, scope: Scope, arn: str) -> dict[str, Any]:
    """Read the simulation's form out of the address and run it, for `roles/simulate.html`."""
    asked = "actions" in request.GET
    form = SimulationForm(request.GET if asked else None)
    results: list[dict[str, Any]] = []
    if asked and form.is_valid():
        with form.refused_by_aws():
            results = call(
                scope,
                "iam",
                "SimulatePrincipalPolicy",
                PolicySourceArn=arn,
                ActionNames=form.wanted(),
                ResourceArns=[form.cleaned_data["resource"] or "*"],
            )["EvaluationResults"]
    return {"simulation": form, "results": results}


def _done(
    request: HttpRequest, scope: Scope, kind: Kind, name: str, operation: str, **params: str
) -> HttpResponse:
    try:
        call(scope, "iam", operation, **kind.named(name), **params)
    except AwsError as error:
        messages.error(request, error.message)
    return answer.see(reverse(kind.route, args=[name]))
