"""The files of a code package, as the editor shows and changes them. Stores and runs nothing."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress

MAIN = "lambda_function.py"
LARGEST_TEXT = 512 * 1024
"""Bytes of a file above which the editor does not show it."""
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Every file's time in packages made here, so that equal sources make equal packages."""
_LONGEST_NAME = 255


def names(package: bytes) -> list[str]:
    """List the files of a package (zip), sorted, the main file first; links are none."""
    return list(digests(package))


def digests(package: bytes) -> dict[str, tuple[int, int]]:
    """Give what tells the contents of files apart, checksum and size, in the order of `names`."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        plain = [one for one in archive.infolist() if not (one.is_dir() or _is_link(one))]
    plain.sort(key=lambda one: (one.filename != MAIN, one.filename))
    return {one.filename: (one.CRC, one.file_size) for one in plain}


def links(package: bytes) -> dict[str, str]:
    """Give where the symbolic links of a package lead, by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        found = {one.filename: archive.read(one) for one in archive.infolist() if _is_link(one)}
    return {name: found[name].decode(errors="replace") for name in sorted(found)}


def entries(package: bytes) -> frozenset[str]:
    """Name everything in a package (zip): files, links, and folders, which end in a slash."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return frozenset(archive.namelist())


def read(package: bytes, name: str) -> str | None:
    """Read one file as text; None when it is missing, too large or not UTF-8."""
    return texts(package, [name]).get(name)


def texts(package: bytes, wanted: Iterable[str]) -> dict[str, str]:
    """Read several files as text; those that are missing, too large or not UTF-8 are left out."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for name in wanted:
            with suppress(KeyError, UnicodeDecodeError):
                entry = archive.getinfo(name)
                if entry.file_size <= LARGEST_TEXT:
                    found[name] = archive.read(entry).decode()
    return found


def pack(name: str, text: str) -> bytes:
    """Make a package of one file."""
    return changed(None, {name: text})


def changed(package: bytes | None, texts: Mapping[str, str | None]) -> bytes:
    """Make a package in which files hold `texts` (None: are gone) and all others are as they were."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        if package is not None:
            with zipfile.ZipFile(io.BytesIO(package)) as old:
                for entry in old.infolist():
                    if entry.filename not in texts:
                        target.writestr(entry, old.read(entry))
        for name, text in texts.items():
            if text is not None:
                target.writestr(_entry(name), text.replace("\r\n", "\n"))
    return made.getvalue()


def renamed(package: bytes, name: str, to: str) -> bytes:
    """Make a package in which the file `name` is called `to`; its content, text or not, stays."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == name:
                entry.filename = to
            target.writestr(entry, content)
    return made.getvalue()


def complaint(name: str, package: bytes) -> str:
    """Say what is wrong with a new file's name; nothing when it can be used."""
    if not name or len(name) > _LONGEST_NAME:
        return "Give the file a name of at most 255 characters."
    parts = name.split("/")
    if "\\" in name or not all(parts) or {".", ".."} & set(parts) or not name.isprintable():
        return f"{name} is no path inside the package."
    return f"{name} is there already." if name in entries(package) else ""


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
