"""What all forms of the console share: texts from the catalogue, AWS's refusals beside the field.

Rules are not checked twice: a form only refuses what it cannot turn into a verb's arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template

from console.aws.errors import AwsError
from console.pages import labels
from console.pages.forms.widgets import Tile
from console.pages.refusals import Advice, Refusal, explain, parted


class Renderer(DjangoTemplates):
    """Django's widgets inside the console's own field template."""

    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        """Find our templates by the project's engine and widgets by Django's."""
        if template_name.startswith("components/"):
            return get_template(template_name)
        return super().get_template(template_name)


class CatalogueField(BoundField):
    """A field whose label, help, hint and unit come from the catalogue, by the form's noun."""

    form: ConsoleForm

    def __init__(self, form: ConsoleForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        self.label_id = f"{form.noun}.{name}"
        self.label = labels.text(self.label_id)
        self.help_text = labels.find(f"{self.label_id}.help")
        self.hint = labels.find(f"{self.label_id}.hint")
        self.unit = labels.find(f"{self.label_id}.unit")

    @property
    def optional(self) -> bool:
        """Say whether the field may always be left empty."""
        return not self.field.required and self.name not in self.form.needed_sometimes

    @property
    def refusals(self) -> list[Refusal]:
        """What AWS said about this field."""
        return [refusal for refusal in self.form.refusals if refusal.field == self.name]

    @property
    def complaints(self) -> list[str]:
        """What the form itself could not make sense of."""
        said = {refusal.message for refusal in self.refusals}
        return [str(error) for error in self.errors if str(error) not in said]


class ConsoleForm(forms.Form):
    """A form whose texts are the catalogue's under `noun` and whose refusals are AWS's."""

    noun: ClassVar[str]
    advices: ClassVar[tuple[Advice, ...]] = ()
    needed_sometimes: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not required by themselves but by what is chosen in another one."""

    default_renderer = Renderer
    bound_field_class = CatalogueField
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            said = labels.find(f"{self.noun}.{name}") or name.capitalize()
            field.error_messages["required"] = f"{said} cannot be left empty."
        self.refusals: list[Refusal] = []

    @property
    def head_refusals(self) -> list[Refusal]:
        """What AWS said about no field in particular."""
        return [refusal for refusal in self.refusals if not refusal.field]

    def advised(self) -> tuple[Advice, ...]:
        """List what follows refusals; a form may look at what was typed."""
        return self.advices

    def offer(self, field: str, choices: Sequence[tuple[Any, str | Tile]]) -> None:
        """Say what can be chosen in a field, where that is known only now."""
        chosen = self.fields[field]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared by the form
        chosen.choices = choices

    def refuse(self, error: AwsError) -> None:
        """Put an answer of AWS beside the field, or the fields, it is about."""
        for part in parted(error):
            self._refuse(part)

    def _refuse(self, error: AwsError) -> None:
        refusal = explain(error, self.advised())
        self.refusals.append(refusal)
        field = refusal.field if refusal.field in self.fields else None
        if field is None and refusal.field:
            refusal = Refusal(refusal.code, refusal.message, "", refusal.plain, refusal.action)
            self.refusals[-1] = refusal
        self.add_error(field, error.message)

    def refused_by_aws(self) -> Refused:
        """Run a verb in a `with` block; an AwsError it raises stands in the form afterwards."""
        return Refused(self)


@dataclass(frozen=True, slots=True)
class Refused:
    """The block that a verb of a form runs in; it goes on behind the block after a refusal."""

    form: ConsoleForm

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> bool:
        if isinstance(error, AwsError):
            self.form.refuse(error)
            return True
        return False
