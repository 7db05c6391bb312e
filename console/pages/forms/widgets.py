"""The two inputs that Django does not have: a switch and a row of tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from console.pages import labels


class Switch(forms.CheckboxInput):
    """A checkbox drawn as a switch, with its explanation beside it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch", **(attrs or {})})


class Tiles(forms.RadioSelect):
    """Radio buttons as tiles; every choice's label is a `Tile`."""

    template_name = "components/tiles.html"
    columns = ""

    def __init__(self, attrs: dict[str, Any] | None = None, *, columns: str = "") -> None:
        super().__init__(attrs)
        self.columns = columns


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile says: its name and, smaller, what choosing it means."""

    title: str
    why: str = ""

    def __str__(self) -> str:
        return self.title


def tile(label: str) -> Tile:
    """Make the tile of a catalogue id; its `.why` is the explanation."""
    return Tile(labels.text(label), labels.find(f"{label}.why"))
