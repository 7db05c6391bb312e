"""Forms of secondary indexes: one added to a table, or several made with it."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.widgets import Tiles, tile
from console.pages.refusals import Advice

TYPES = [("S", "String"), ("N", "Number"), ("B", "Binary")]
PROJECTIONS = ("ALL", "KEYS_ONLY", "INCLUDE")
GLOBAL, LOCAL = "global", "local"
_ROLES = ("HASH", "RANGE")


def text(**attrs: str) -> forms.TextInput:
    """Make an input for a name that no browser should complete or correct."""
    return forms.TextInput({"autocomplete": "off", "spellcheck": "false", **attrs})


def units() -> forms.IntegerField:
    """Make a field of capacity units."""
    return forms.IntegerField(
        required=False, initial=5, min_value=1, widget=text(inputmode="numeric")
    )


class IndexForm(ConsoleForm):
    """A global index: its key, what it holds besides, and its units where they are provisioned."""

    noun = "index"
    needed_sometimes = frozenset({"sort_type"})
    advices = (
        Advice("*", "(?i)duplicate index name|'indexName'|IndexName|already exists", "name"),
        Advice("*", "(?i)NonKeyAttributes|projection", "included"),
        Advice("*", "(?i)Capacity ?Units|throughput", "read_units"),
        Advice("*", "(?i)range key|sort key", "sort_key"),
        Advice("*", "(?i)KeySchema|key|attribute", "partition_key"),
    )
    name = forms.CharField(widget=text())
    partition_key = forms.CharField(strip=False, widget=text())
    partition_type = forms.ChoiceField(choices=TYPES)
    sort_key = forms.CharField(required=False, strip=False, widget=text())
    sort_type = forms.ChoiceField(choices=TYPES)
    more_keys = forms.CharField(
        required=False, widget=forms.Textarea({"rows": 2, "spellcheck": "false"})
    )
    projection = forms.ChoiceField(
        choices=[(one, tile(f"index.{one}")) for one in PROJECTIONS],
        initial=PROJECTIONS[0],
        widget=Tiles(columns="three"),
    )
    included = forms.CharField(required=False, widget=text())
    read_units = units()
    write_units = units()

    def clean_more_keys(self) -> list[tuple[str, str, str]]:
        """Read lines of HASH or RANGE, a name and a type."""
        found = []
        for number, line in enumerate(self.cleaned_data["more_keys"].splitlines(), 1):
            if not line.strip():
                continue
            role, _, rest = line.strip().partition(" ")
            name, _, kind = rest.strip().rpartition(" ")
            if role.upper() not in _ROLES or not name or kind.upper() not in dict(TYPES):
                raise forms.ValidationError(f"Line {number}: write it like HASH country S")
            found.append((name.strip(), kind.upper(), role.upper()))
        return found

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        """The key attributes: name, type and role, partition key first."""
        asked = self.cleaned_data
        found = [(asked["partition_key"], asked["partition_type"], "HASH")]
        if asked["sort_key"]:
            found.append((asked["sort_key"], asked["sort_type"], "RANGE"))
        return sorted([*found, *asked["more_keys"]], key=lambda one: one[2])

    def definitions(self) -> dict[str, str]:
        """Give the types of the key attributes."""
        return {name: kind for name, kind, _ in self.keys}

    def member(self, *, provisioned: bool) -> dict[str, Any]:
        """Give the index as CreateTable and UpdateTable take it."""
        asked = self.cleaned_data
        projection: dict[str, Any] = {"ProjectionType": asked["projection"]}
        included = [one.strip() for one in asked["included"].split(",") if one.strip()]
        if included:
            projection["NonKeyAttributes"] = included
        made = {
            "IndexName": asked["name"],
            "KeySchema": [{"AttributeName": name, "KeyType": role} for name, _, role in self.keys],
            "Projection": projection,
        }
        if provisioned and asked["read_units"] and asked["write_units"]:
            made["ProvisionedThroughput"] = {
                "ReadCapacityUnits": asked["read_units"],
                "WriteCapacityUnits": asked["write_units"],
            }
        return made


class NewIndexForm(IndexForm):
    """An index made together with its table: only then can it be a local one."""

    kind = forms.ChoiceField(
        choices=[(one, tile(f"index.{one}")) for one in (GLOBAL, LOCAL)],
        initial=GLOBAL,
        widget=Tiles,
    )
