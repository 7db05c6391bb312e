"""Pages of users: their keys, their policies, and whether the account enforces these."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.accounts import enforcement
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, lists, place
from console.pages.access import holders
from console.pages.access.holders import USERS
from console.pages.aws import call
from console.pages.forms.roles import AttachForm, UserForm
from functions.iam import accesskeys, attachments, users

MOST = 1000


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the account's users."""
    scope = place.scope(request)
    found = call(scope, "iam", "ListUsers", MaxItems=MOST)["Users"]
    listed = lists.of_things(request, "user.list", found, lambda user: str(user["UserName"]))
    return answer.page(
        request,
        "users/index.html",
        section="roles",
        trail=[(labels.text("user.list"), "")],
        tab="user.list",
        rows=listed.page,
        listed=listed,
        enforced=enforcement.is_enforced(scope.account),
    )


@require_POST
def enforce(request: HttpRequest) -> HttpResponse:
    """Hold the account's users to their policies, or no longer."""
    enforcement.enforce(place.scope(request).account, request.POST.get("on") == "1")
    return answer.see(reverse("users"))


def create(request: HttpRequest) -> HttpResponse:
    """Make a user."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        with form.refused_by_aws():
            call(place.scope(request), "iam", "CreateUser", UserName=name)
            messages.success(request, f"User {name} was created.")
            return answer.see(reverse("user", args=[name]))
    return answer.page(
        request,
        "users/create.html",
        section="roles",
        trail=USERS.trail((labels.text("user.create"), "")),
        status=422 if form.errors else 200,
        form=form,
    )


def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show a user: keys, permissions, a simulation; POST attaches a managed policy."""
    scope = place.scope(request)
    form = AttachForm(request.POST or None, scope=scope)
    if holders.attach(request, scope, USERS, name, form):
        return answer.see(reverse("user", args=[name]))
    return _page(request, scope, name, form)


@require_POST
def new_key(request: HttpRequest, name: str) -> HttpResponse:
    """Make an access key and show its secret, this once."""
    scope = place.scope(request)
    try:
        made = call(scope, "iam", "CreateAccessKey", UserName=name)["AccessKey"]
    except AwsError as error:
        messages.error(request, error.message)
        return answer.see(reverse("user", args=[name]))
    response = _page(request, scope, name, AttachForm(scope=scope), made=made)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def key(request: HttpRequest, name: str) -> HttpResponse:
    """Switch a key off or on, or delete it."""
    scope, chosen = place.scope(request), request.POST.get("key", "")
    named = {"UserName": name, "AccessKeyId": chosen}
    try:
        match request.POST.get("do"):
            case "off":
                call(scope, "iam", "UpdateAccessKey", Status="Inactive", **named)
            case "on":
                call(scope, "iam", "UpdateAccessKey", Status="Active", **named)
            case "delete":
                call(scope, "iam", "DeleteAccessKey", **named)
    except AwsError as error:
        messages.error(request, error.message)
    return answer.see(reverse("user", args=[name]))


@require_POST
def detach(request: HttpRequest, name: str) -> HttpResponse:
    """Detach a managed policy."""
    return holders.detach(request, place.scope(request), USERS, name)


def edit_inline(request: HttpRequest, name: str) -> HttpResponse:
    """Write an inline policy."""
    return holders.edit_inline(request, place.scope(request), USERS, name)


@require_POST
def delete_inline(request: HttpRequest, name: str) -> HttpResponse:
    """Delete an inline policy."""
    return holders.delete_inline(request, place.scope(request), USERS, name)


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask, then delete a user with everything attached to it."""
    scope = place.scope(request)

    def run() -> str:
        with transaction.atomic():
            user = users.find(scope, name)
            for one in accesskeys.of(user):
                accesskeys.delete(user, one.id)
            holders.strip(scope, user)
            call(scope, "iam", "DeleteUser", UserName=name)
        return f"User {name} was deleted."

    return holders.ask_to_delete(request, USERS, name, run, "Its access keys stop working at once.")


def _page(
    request: HttpRequest, scope: Scope, name: str, form: AttachForm, made: Any = None
) -> HttpResponse:
    try:
        user = users.find(scope, name)
    except AwsError as error:
        return answer.refused(request, error, section="roles", back=reverse("users"))
    arn = users.arn_of(scope, user)
    return answer.page(
        request,
        "users/show.html",
        section="roles",
        trail=USERS.trail((name, "")),
        status=422 if form.errors else 200,
        user=user,
        arn=arn,
        made=made,
        keys=accesskeys.of(user),
        attached=attachments.attached(scope, user),
        inline=list(user.policies.order_by("name")),
        enforced=enforcement.is_enforced(scope.account),
        form=form,
        **holders.simulated(request, scope, arn),
    )
