"""Pages of roles: what functions may do, and who may assume them."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, lists, place
from console.pages.access import holders
from console.pages.access.holders import ROLES
from console.pages.aws import call
from console.pages.forms.policies import DocumentForm
from console.pages.forms.roles import AttachForm, RoleForm
from functions.iam import attachments, grammar, roles
from functions.models import Function

LIST = [(labels.text("role.list"), "")]
MOST = 1000


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the account's roles, and how many functions of this region use each."""
    scope = place.scope(request)
    found = call(scope, "iam", "ListRoles", MaxItems=MOST)["Roles"]
    used = Counter(_functions(scope).values_list("role_arn", flat=True))
    listed = lists.of_things(request, "role.list", found, lambda role: str(role["RoleName"]))
    rows = [(role, used[role["Arn"]]) for role in listed.page]
    return answer.page(
        request,
        "roles/index.html",
        section="roles",
        trail=LIST,
        rows=rows,
        listed=listed,
        tab="role.list",
    )


def create(request: HttpRequest) -> HttpResponse:
    """Make a role."""
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope, name = place.scope(request), form.cleaned_data["name"]
        with form.refused_by_aws(), transaction.atomic():
            call(
                scope,
                "iam",
                "CreateRole",
                RoleName=name,
                AssumeRolePolicyDocument=roles.LAMBDA_TRUST,
            )
            for arn in form.cleaned_data["policies"]:
                call(scope, "iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
        if not form.errors:
            messages.success(request, f"Role {name} was created.")
            return answer.see(reverse("role", args=[name]))
    return answer.page(
        request,
        "roles/create.html",
        section="roles",
        trail=ROLES.trail((labels.text("role.create"), "")),
        status=422 if form.errors else 200,
        form=form,
    )


def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show a role: permissions, a simulation, trust, who uses it; POST attaches a managed policy."""
    scope = place.scope(request)
    try:
        role = roles.find(scope, name)
    except AwsError as error:
        return answer.refused(request, error, section="roles", back=reverse("roles"))
    form = AttachForm(request.POST or None, scope=scope)
    if holders.attach(request, scope, ROLES, name, form):
        return answer.see(reverse("role", args=[name]))
    arn = roles.arn_of(scope, role)
    return answer.page(
        request,
        "roles/show.html",
        section="roles",
        trail=ROLES.trail((name, "")),
        status=422 if form.errors else 200,
        role=role,
        arn=arn,
        attached=attachments.attached(scope, role),
        inline=list(role.policies.order_by("name")),
        used=_functions(scope).filter(role_arn=arn).order_by("name"),
        form=form,
        **holders.simulated(request, scope, arn),
    )


@require_POST
def detach(request: HttpRequest, name: str) -> HttpResponse:
    """Detach a managed policy."""
    return holders.detach(request, place.scope(request), ROLES, name)


def edit_inline(request: HttpRequest, name: str) -> HttpResponse:
    """Write an inline policy."""
    return holders.edit_inline(request, place.scope(request), ROLES, name)


@require_POST
def delete_inline(request: HttpRequest, name: str) -> HttpResponse:
    """Delete an inline policy."""
    return holders.delete_inline(request, place.scope(request), ROLES, name)


def trust(request: HttpRequest, name: str) -> HttpResponse:
    """Say anew who may assume a role."""
    scope, back = place.scope(request), reverse("role", args=[name])
    try:
        role = roles.find(scope, name)
    except AwsError as error:
        return answer.refused(request, error, section="roles", back=reverse("roles"))
    form = DocumentForm(
        request.POST or None, check=grammar.check_trust, initial={"document": role.trust}
    )
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["document"]
        with form.refused_by_aws():
            call(scope, "iam", "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=text)
            messages.success(request, "The trust policy was saved.")
            return answer.see(back)
    title = labels.text("role.trust")
    return answer.page(
        request,
        "policies/edit.html",
        section="roles",
        trail=ROLES.trail((name, back), (title, "")),
        status=422 if form.errors else 200,
        form=form,
        title=title,
        back=back,
        save="managed.save",
    )


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then delete a role with everything attached to it."""
    scope = place.scope(request)

    def run() -> str:
        with transaction.atomic():
            role = roles.find(scope, name)
            holders.strip(scope, role)
            call(scope, "iam", "DeleteRole", RoleName=name)
        return f"Role {name} was deleted."

    return holders.ask_to_delete(
        request,
        ROLES,
        name,
        run,
        _consequence(scope, name),
    )


def _consequence(scope: Scope, name: str) -> str:
    """Say what ends with a role, and for how many functions."""
    try:
        arn = roles.arn_of(scope, roles.find(scope, name))
    except AwsError:
        return ""
    users = _functions(scope).filter(role_arn=arn).count()
    if not users:
        return "No function uses it."
    count = "One function uses" if users == 1 else f"{users:,} functions use"
    return f"{count} it: without it Lambda refuses to run them."


def _functions(scope: Scope) -> QuerySet[Function]:
    return Function.objects.filter(tenancy_id=scope.tenancy, region=scope.region)
