"""Forms of roles and users: making one, attaching policies."""

from __future__ import annotations

from typing import Any

from django import forms

from console.aws.scope import Scope
from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice
from functions.iam import library, managed


def _policies() -> list[tuple[str, str]]:
    return [(arn, policy.name) for arn, policy in managed.POLICIES.items()]


class RoleForm(ConsoleForm):
    """Make a role that Lambda may assume."""

    noun = "role"
    advices = (
        Advice("EntityAlreadyExists", "", "name", "Choose another name."),
        Advice("*", "'roleName'", "name"),
    )
    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    policies = forms.MultipleChoiceField(
        choices=_policies, widget=forms.CheckboxSelectMultiple, required=False
    )


class UserForm(ConsoleForm):
    """Make a user."""

    noun = "user"
    advices = (
        Advice("EntityAlreadyExists", "", "name", "Choose another name."),
        Advice("*", "'userName'", "name"),
    )
    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))


class AttachForm(ConsoleForm):
    """Attach a managed policy: one of AWS's or of the account."""

    noun = "role"
    policy = forms.ChoiceField(widget=forms.Select({"class": "input small"}))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(one.arn, one.name) for one in library.under(scope)]
        self.fields["policy"].choices = offered  # type: ignore[attr-defined]  # it is a ChoiceField
