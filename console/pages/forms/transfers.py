"""The form that takes a file of items."""

from __future__ import annotations

from typing import Any

from django import forms

from console.pages.forms.form import ConsoleForm
from console.pages.forms.widgets import Tiles, tile
from console.pages.items import files

MOST_SHOWN = 1024 * 1024
"""Bytes that go back into the page; the browser would have to send them again."""

FORMATS = (files.CSV, files.JSON, files.DYNAMODB)


class ImportForm(ConsoleForm):
    """A file or pasted text, and how it is to be read."""

    noun = "import"
    needed_sometimes = frozenset({"file", "pasted"})
    format = forms.ChoiceField(
        choices=[(one, tile(f"import.{one}")) for one in FORMATS],
        initial=files.DYNAMODB,
        widget=Tiles(columns="three"),
    )
    file = forms.FileField(required=False, allow_empty_file=True)
    pasted = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Take the text from the file, else from what was pasted."""
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is None:
            cleaned["text"] = cleaned.get("pasted", "")
            if not cleaned["text"].strip():
                self.add_error("file", "Choose a file, or paste its text below.")
            return cleaned
        if file.size > files.MOST_BYTES:
            self.add_error("file", f"At most {files.MOST_BYTES // 1024 // 1024} MB.")
            return cleaned
        try:
            cleaned["text"] = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.add_error("file", f"Not UTF-8 at byte {error.start:,}.")
        return cleaned

    def kept(self) -> ImportForm:
        """Show the form again with the file's text, unless it is too long to be sent back."""
        text = self.cleaned_data["text"]
        again = {"format": self.cleaned_data["format"]}
        if len(text.encode()) <= MOST_SHOWN:
            again["pasted"] = text
        return ImportForm(initial=again)
