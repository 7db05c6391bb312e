"""What is vendored is what the manifest says, with its licence, and nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

STATIC = Path(settings.STATICFILES_DIRS[0])
VENDOR = STATIC / "vendor"
MANIFEST: dict[str, str] = json.loads((VENDOR / "MANIFEST.json").read_text())


def test_every_vendored_file_has_the_hash_of_the_manifest() -> None:
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in VENDOR.iterdir()
        if folder.is_dir() and folder.name != "node_modules"
        for path in folder.rglob("*")
        if path.is_file()
    }

    assert found == MANIFEST


def test_every_vendored_folder_has_a_licence() -> None:
    folders = {name.split("/")[0] for name in MANIFEST}

    assert folders
    assert all(f"{folder}/LICENSE" in MANIFEST for folder in folders)


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((VENDOR / "package-lock.json").read_text())

    assert not any("resolved" in entry for entry in lock["packages"].values())


def test_our_own_assets_load_nothing_from_elsewhere() -> None:
    ours = [*(STATIC / "css").glob("*.css"), *(STATIC / "js").glob("*.js")]
    templates = Path(settings.TEMPLATES[0]["DIRS"][0]).rglob("*.html")

    assert ours
    for path in (*ours, *templates):
        loads = re.findall(
            r"""(?:url\(|from |import |src=|href=)["']?((?:https?:)?//\S+)""", path.read_text()
        )
        assert not loads, path


def test_every_icon_a_template_draws_is_in_the_sprite() -> None:
    sprite = next(VENDOR.glob("lucide-static-*/icons.svg")).read_text()
    templates = Path(settings.TEMPLATES[0]["DIRS"][0]).rglob("*.html")
    drawn = {
        name
        for path in templates
        for name in re.findall(
            r"""(?:{% icon |icon=|symbol=)["']([a-z0-9-]+)["']""", path.read_text()
        )
    }

    assert drawn
    assert all(f'id="{name}"' in sprite for name in drawn)
