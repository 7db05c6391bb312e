"""Forms of functions: make one, change its settings, test it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from console.aws.scope import Scope
from console.pages.forms.form import ConsoleForm
from console.pages.forms.widgets import Tile, Tiles, tile
from console.pages.functions import blueprints, runtimes, source
from console.pages.refusals import Advice
from functions.catalog import logformats
from functions.iam import roles

NEW_ROLE, EXISTING_ROLE = "new", "existing"
NEW_ROLE_TILE = Tile("New role with stream permissions", "May read streams and write its logs")
PRIVATE, SHAREABLE = "private", "shareable"


def _member(member: str, field: str, plain: str = "") -> Advice:
    """Put a complaint about a member of the request beside the field it came from."""
    return Advice("*", f"'{member}'", field, plain)


class FunctionForm(ConsoleForm):
    """Make a function from a blueprint, with a new role or one of the account's."""

    noun = "function"
    advices = (
        Advice("ResourceConflictException", "already exist", "name", "Choose another name."),
        Advice("InvalidParameterValueException", "[Rr]ole|assume", "role"),
        _member("functionName", "name", "Use letters, digits, hyphens and underscores only."),
        _member("runtime", "runtime"),
        _member("role", "role"),
    )
    needed_sometimes = frozenset({"role", "source"})
    name = forms.CharField(widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))
    runtime = forms.ChoiceField()
    role_kind = forms.ChoiceField(
        choices=[
            (NEW_ROLE, NEW_ROLE_TILE),
            (EXISTING_ROLE, Tile("Existing role", "One that you choose below")),
        ],
        initial=NEW_ROLE,
        widget=Tiles,
    )
    role = forms.ChoiceField(required=False)
    blueprint = forms.ChoiceField(
        choices=[(one.name, Tile(one.title, one.why)) for one in blueprints.ALL],
        initial=blueprints.ALL[0].name,
        widget=Tiles,
    )
    source = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea({"spellcheck": "false", "data-editor": "python", "rows": 12}),
    )

    def __init__(
        self, *args: Any, scope: Scope, runtimes: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        found = roles.page(scope, count=1000)
        self.offer("role", [(roles.arn_of(scope, role), role.name) for role in found])
        if not found:
            self.offer("role_kind", [(NEW_ROLE, NEW_ROLE_TILE)])
        self.offer("runtime", runtimes)

    def clean(self) -> dict[str, Any]:
        """Ask for a role only when an existing one is wanted."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("role_kind") == EXISTING_ROLE and not cleaned.get("role"):
            self.add_error("role", "Choose a role, or let a new one be made.")
        return cleaned

    def package(self) -> bytes:
        """Give the code as a package: what was typed, else the blueprint's."""
        typed, name = self.cleaned_data["source"], runtimes.main(self.cleaned_data["runtime"])
        found = blueprints.find(self.cleaned_data["blueprint"])
        code = found.code if name == source.MAIN else found.javascript
        return source.pack(name, typed if typed.strip() else code)


class GeneralForm(ConsoleForm):
    """Change what a function runs with."""

    noun = "function"
    advices = (
        _member("timeout", "timeout", "Choose 1 to 900 seconds."),
        _member("memorySize", "memory", "Choose 128 to 10,240 MB."),
        Advice("*", "'ephemeralStorage", "ephemeral", "Choose 512 to 10,240 MB."),
        _member("handler", "handler", "Write file.function, without blanks."),
        _member("description", "description", "Keep it under 256 characters."),
        _member("runtime", "runtime"),
        Advice("*", "MemorySize", "memory"),
        Advice("*", "[Tt]imeout", "timeout"),
        Advice("*", "(?i)layer", "layers", "Choose versions of the page Layers, at most five."),
    )
    memory = forms.IntegerField(widget=forms.TextInput({"inputmode": "numeric"}))
    ephemeral = forms.IntegerField(widget=forms.TextInput({"inputmode": "numeric"}))
    timeout = forms.IntegerField(widget=forms.TextInput({"inputmode": "numeric"}))
    runtime = forms.ChoiceField()
    handler = forms.CharField()
    description = forms.CharField(required=False)
    layers = forms.CharField(
        required=False,
        widget=forms.Textarea(
            {"rows": 2, "spellcheck": "false", "placeholder": "arn:aws:lambda:…"}
        ),
    )

    def __init__(self, *args: Any, runtimes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("runtime", _with(runtimes, self.initial.get("runtime")))

    def members(self) -> dict[str, Any]:
        """Give the members of UpdateFunctionConfiguration that the form is about."""
        typed = self.cleaned_data
        return {
            "Description": typed["description"],
            "Handler": typed["handler"],
            "Runtime": typed["runtime"],
            "MemorySize": typed["memory"],
            "EphemeralStorage": {"Size": typed["ephemeral"]},
            "Timeout": typed["timeout"],
            "Layers": typed["layers"].split(),
        }


class LoggingForm(ConsoleForm):
    """Choose the format of a function's log, and with JSON what is left out of it."""

    noun = "logging"
    needed_sometimes = frozenset({"application", "system"})
    log_format = forms.ChoiceField(
        choices=[(logformats.TEXT, tile("logging.text")), (logformats.JSON, tile("logging.json"))],
        widget=Tiles,
    )
    application = forms.ChoiceField(
        choices=[(one, one) for one in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")],
        initial="INFO",
        required=False,
    )
    system = forms.ChoiceField(
        choices=[(one, one) for one in ("DEBUG", "INFO", "WARN")], initial="INFO", required=False
    )

    def members(self) -> dict[str, Any]:
        """Give the member of UpdateFunctionConfiguration; text has no levels."""
        typed = self.cleaned_data
        levels = {
            "ApplicationLogLevel": typed["application"] or None,
            "SystemLogLevel": typed["system"] or None,
        }
        chosen = levels if typed["log_format"] == logformats.JSON else {}
        return {"LoggingConfig": {"LogFormat": typed["log_format"], **chosen}}


class RoleForm(ConsoleForm):
    """Choose the role that a function runs with."""

    noun = "function"
    advices = (_member("role", "role"), Advice("*", "[Rr]ole", "role"))
    role = forms.ChoiceField()

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(roles.arn_of(scope, role), role.name) for role in roles.page(scope, count=1000)]
        self.offer("role", _with(found, self.initial.get("role")))

    def members(self) -> dict[str, Any]:
        """Give the member of UpdateFunctionConfiguration that the form is about."""
        return {"Role": self.cleaned_data["role"]}


class PairsForm(ConsoleForm):
    """Names with values, a row each; `pairs` is what there is. An empty name is no row."""

    spare: ClassVar[int] = 6
    """Empty rows offered beside those that are filled; one is to be seen at a time."""

    def __init__(self, data: QueryDict | None, *, pairs: dict[str, str]) -> None:
        super().__init__(data)
        self._rows = _posted(data) if data is not None else sorted(pairs.items())

    @property
    def saving(self) -> bool:
        """Say whether the form was sent to be saved, not only to drop or add rows."""
        return self.is_bound and not {"drop", "more"} & set(self.data)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The rows to draw: what is filled, then the spare ones."""
        return self._rows + [("", "")] * self.spare

    @property
    def complaints(self) -> list[str]:
        """What stands at the head of the form that AWS did not say."""
        said = {refusal.message for refusal in self.refusals}
        return [str(one) for one in self.non_field_errors() if str(one) not in said]

    def clean(self) -> None:
        """Refuse a name that stands twice, and a value that has no name."""
        names = [name for name, _ in self._rows]
        if twice := next((name for name in names if name and names.count(name) > 1), None):
            self.add_error(None, f"{twice} stands here twice.")
        if "" in names:
            self.add_error(None, "A value has no name.")

    def pairs(self) -> dict[str, str]:
        """Give what was typed, by name."""
        return dict(self._rows)


class EnvironmentForm(PairsForm):
    """Change the environment variables of a function."""

    noun = "configuration"
    advices = (
        Advice(
            "*",
            "Map keys must satisfy",
            "",
            "A name begins with a letter; letters, digits and underscores follow, at least one.",
        ),
        Advice("*", "4KB limit", "", "Shorten values, or put them into the package or a table."),
    )

    def members(self) -> dict[str, Any]:
        """Give the member of UpdateFunctionConfiguration that the form is about."""
        return {"Environment": {"Variables": self.pairs()}}


class TagsForm(PairsForm):
    """Change the tags of a function."""

    noun = "configuration"


class TestEventForm(ConsoleForm):
    """Run a function with an event, and keep the event under a name."""

    __test__ = False
    noun = "test"
    needed_sometimes = frozenset({"qualifier"})
    qualifier = forms.ChoiceField(required=False)
    name = forms.CharField(required=False, max_length=64)
    sharing = forms.ChoiceField(
        choices=[(PRIVATE, tile("test.private")), (SHAREABLE, tile("test.shareable"))],
        initial=PRIVATE,
        required=False,
        widget=Tiles,
    )
    body = forms.CharField(
        strip=False,
        widget=forms.Textarea({"spellcheck": "false", "data-editor": "json", "rows": 16}),
    )

    def __init__(self, *args: Any, qualifiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if qualifiers:
            self.offer("qualifier", qualifiers)
        else:
            del self.fields["qualifier"]

    def clean_body(self) -> str:
        """Refuse what is not JSON, saying where."""
        text: str = self.cleaned_data["body"]
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            ) from None
        return text


def _with(choices: list[tuple[str, str]], current: str | None) -> list[tuple[str, str]]:
    """Offer what is chosen now even when it is not among the choices any more."""
    if current and current not in dict(choices):
        return [*choices, (current, current)]
    return choices


def _posted(data: QueryDict) -> list[tuple[str, str]]:
    """Read rows out of a posted form, but for empty ones and the one that `drop` names."""
    rows = list(zip(data.getlist("key"), data.getlist("value"), strict=False))
    kept = [row for place, row in enumerate(rows) if str(place) != data.get("drop")]
    typed = [(name.strip(), value.replace("\r\n", "\n")) for name, value in kept]
    return [row for row in typed if any(row)]
