"""Forms of tables: making one, its stream, its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.indexes import LOCAL, TYPES, NewIndexForm, text, units
from console.pages.forms.widgets import Switch, Tiles, tile
from console.pages.refusals import Advice
from console.pages.tables.standing import VIEW_TYPES

OFF = "OFF"
ON_DEMAND, PROVISIONED = "PAY_PER_REQUEST", "PROVISIONED"
STANDARD = "STANDARD"
CLASSES = [(STANDARD, "Standard"), ("STANDARD_INFREQUENT_ACCESS", "Standard-IA")]


def _billing() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[(one, tile(f"table.{one}")) for one in (ON_DEMAND, PROVISIONED)],
        initial=ON_DEMAND,
        required=False,
        widget=Tiles,
    )


class CapacityForm(ConsoleForm):
    """How a table is charged, and the units that are provisioned."""

    noun = "table"
    advices: ClassVar[tuple[Advice, ...]] = (Advice("*", "", "billing"),)
    needed_sometimes: ClassVar[frozenset[str]] = frozenset({"billing", "read_units", "write_units"})
    billing = _billing()
    read_units = units()
    write_units = units()

    def members(self) -> dict[str, Any]:
        """Give the members of CreateTable and UpdateTable that say it."""
        asked = self.cleaned_data
        if asked["billing"] in ("", ON_DEMAND):
            return {"BillingMode": ON_DEMAND}
        units = {
            "ReadCapacityUnits": asked["read_units"],
            "WriteCapacityUnits": asked["write_units"],
        }
        given = {name: number for name, number in units.items() if number}
        return {"BillingMode": PROVISIONED, "ProvisionedThroughput": given or None}


class TableForm(CapacityForm):
    """Make a table."""

    needed_sometimes = frozenset({"sort_type", "billing", "read_units", "write_units"})
    advices: ClassVar[tuple[Advice, ...]] = (
        Advice("ResourceInUseException", "", "name", "Choose another name."),
        Advice(
            "*",
            "[tT]able ?[nN]ame",
            "name",
            "Use 3 to 255 letters, digits, hyphens, underscores and dots.",
        ),
        Advice("*", "(?i)index", ""),
        Advice("*", "(?i)CapacityUnits|throughput", "billing"),
        Advice("*", "(?i)tag", "tags"),
        Advice("*", "duplicate|Duplicate|same name|Invalid KeySchema", "sort_key"),
        Advice("*", "attributeName|KeySchema|key", "partition_key"),
    )
    name = forms.CharField(widget=text())
    partition_key = forms.CharField(strip=False, widget=text())
    partition_type = forms.ChoiceField(choices=TYPES)
    sort_key = forms.CharField(required=False, strip=False, widget=text())
    sort_type = forms.ChoiceField(choices=TYPES)
    stream = forms.ChoiceField(
        choices=[(name, tile(f"stream.{name}")) for name in (*VIEW_TYPES, OFF)],
        initial=VIEW_TYPES[0],
        widget=Tiles,
    )
    billing = _billing()
    read_units = units()
    write_units = units()
    protected = forms.BooleanField(required=False, widget=Switch)
    table_class = forms.ChoiceField(required=False, choices=CLASSES)
    tags = forms.CharField(
        required=False, widget=forms.Textarea({"rows": 2, "spellcheck": "false"})
    )

    def clean_tags(self) -> dict[str, str]:
        """Read lines of key=value."""
        tags: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["tags"].splitlines(), 1):
            key, equals, value = line.partition("=")
            if line.strip() and not equals:
                raise forms.ValidationError(f"Line {number} has no “=”.")
            if line.strip():
                tags[key.strip()] = value.strip()
        return tags

    def request(self, indexes: Sequence[NewIndexForm] = ()) -> dict[str, Any]:
        """Give the members of CreateTable."""
        asked = self.cleaned_data
        keys = [(asked["partition_key"], asked["partition_type"], "HASH")]
        if asked["sort_key"]:
            keys.append((asked["sort_key"], asked["sort_type"], "RANGE"))
        types = {name: kind for name, kind, _ in keys}
        for one in indexes:
            types |= one.definitions()
        stream = asked["stream"]
        return {
            "TableName": asked["name"],
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()
            ],
            "KeySchema": [{"AttributeName": name, "KeyType": role} for name, _, role in keys],
            **self.members(),
            **self._indexes(indexes),
            "DeletionProtectionEnabled": True if asked["protected"] else None,
            "TableClass": None if asked["table_class"] in ("", STANDARD) else asked["table_class"],
            "Tags": [{"Key": key, "Value": value} for key, value in asked["tags"].items()] or None,
            "StreamSpecification": None
            if stream == OFF
            else {"StreamEnabled": True, "StreamViewType": stream},
        }

    def _indexes(self, indexes: Sequence[NewIndexForm]) -> dict[str, Any]:
        provisioned = self.cleaned_data["billing"] == PROVISIONED
        made: dict[str, list[Any]] = {}
        for one in indexes:
            local = one.cleaned_data["kind"] == LOCAL
            member = "LocalSecondaryIndexes" if local else "GlobalSecondaryIndexes"
            made.setdefault(member, []).append(one.member(provisioned=provisioned and not local))
        return made


class StreamForm(ConsoleForm):
    """Turn a table's stream on."""

    noun = "stream"
    view_type = forms.ChoiceField(
        choices=[(name, tile(f"stream.{name}")) for name in VIEW_TYPES],
        initial=VIEW_TYPES[0],
        widget=Tiles,
    )


class ExpiryForm(ConsoleForm):
    """Let items expire by an attribute."""

    noun = "ttl"
    advices = (Advice("*", "", "attribute"),)
    attribute = forms.CharField(strip=False, widget=text())


class TagForm(ConsoleForm):
    """Add a tag."""

    noun = "tag"
    advices = (Advice("*", r"\.value'", "value"), Advice("*", "", "key"))
    key = forms.CharField(widget=text())
    value = forms.CharField(required=False, widget=text())


class ClassForm(ConsoleForm):
    """Choose the table class, which has no effect here."""

    noun = "table"
    advices = (Advice("*", "", "table_class"),)
    table_class = forms.ChoiceField(choices=CLASSES)
