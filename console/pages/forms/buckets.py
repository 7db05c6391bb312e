"""Forms of buckets: make one, put an object into it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from console.pages.forms.form import ConsoleForm
from console.pages.refusals import Advice


class BucketForm(ConsoleForm):
    """A new bucket of this account and region."""

    noun = "bucket"
    advices = (Advice("*", "", "name"),)
    name = forms.CharField(
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}), strip=True
    )


class UploadForm(ConsoleForm):
    """A file that becomes an object."""

    noun = "upload"
    advices = (
        Advice("KeyTooLongError", "", "key"),
        Advice("*", "Key", "key"),
        Advice("*", "", "file"),
    )
    needed_sometimes = frozenset({"file"})
    file = forms.FileField(required=False, allow_empty_file=True)
    key = forms.CharField(
        required=False,
        strip=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse a form without a file."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            raise forms.ValidationError("Choose a file.")
        return file

    def members(self) -> dict[str, Any]:
        """Give the members of PutObject, but for the bucket; a folder takes the file's name."""
        file, key = self.cleaned_data["file"], self.cleaned_data["key"]
        named = f"{key}{file.name}" if not key or key.endswith("/") else key
        return {"Key": named, "Body": file.read(), "ContentType": file.content_type}
