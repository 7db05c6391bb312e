"""Zip archives: what is unpacked, and what is refused before it can do harm."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from console.aws.errors import AwsError
from functions.runtime import limits, packages

BROKEN = "Could not unzip uploaded file. Please check your file, then try to upload again."


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], compressed: bool = False) -> bytes:
    made = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(made, "w", kind) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, body in entries:
            opened.writestr(name, body)
    return made.getvalue()


def special(name: str, kind: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    return entry


def test_files_are_unpacked_with_readable_modes(tmp_path: Path) -> None:
    tool = zipfile.ZipInfo("bin/tool")
    tool.external_attr = (stat.S_IFREG | 0o700) << 16
    body = archive(("app.py", b"x = 1"), ("pkg/", b""), ("pkg/deep/mod.py", b""), (tool, b"#!"))

    folder = packages.unpacked(body, tmp_path)

    assert (folder / "app.py").read_bytes() == b"x = 1"
    assert stat.S_IMODE((folder / "app.py").stat().st_mode) == 0o644
    assert stat.S_IMODE((folder / "bin/tool").stat().st_mode) == 0o755
    assert (folder / "pkg/deep/mod.py").is_file()
    assert folder.name == packages.sha256(body)


def test_unpacking_again_is_nothing(tmp_path: Path) -> None:
    body = archive(("app.py", b"x = 1"))

    first, second = packages.unpacked(body, tmp_path), packages.unpacked(body, tmp_path)

    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a zip at all",
        archive(("app.py", b"x = 1"))[:-30],
        archive(("/etc/passwd", b"x")),
        archive(("../outside", b"x")),
        archive(("a/../../outside", b"x")),
        archive(("a\\b", b"x")),
        archive((special("link", stat.S_IFLNK), b"/etc/passwd")),
        archive((special("pipe", stat.S_IFIFO), b"")),
        archive((special("device", stat.S_IFCHR), b"")),
        archive(("twice", b"1"), ("twice", b"2")),
        archive(("a", b"file"), ("a/b", b"below a file")),
        archive(("n" * 300, b"x")),
    ],
    ids=[
        *("nothing", "text", "cut off", "absolute", "parent", "hidden parent", "backslash"),
        *("symlink", "fifo", "device", "twice", "file as folder", "long name"),
    ],
)
def test_a_broken_or_hostile_archive_leaves_nothing(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(AwsError) as refused:
        packages.unpacked(body, tmp_path / "root")

    assert refused.value.code == "InvalidParameterValueException"
    assert refused.value.message == BROKEN
    assert not list((tmp_path / "root").iterdir())
    assert not (tmp_path / "outside").exists()


def test_a_wrong_checksum_is_refused() -> None:
    body = bytearray(archive(("app.py", b"x = 1")))
    body[body.index(b"x = 1")] ^= 1

    with pytest.raises(AwsError, match="Could not unzip"):
        packages.check(bytes(body))


def test_a_bomb_is_counted_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    body = archive(("zeros", bytes(3_000_000)), compressed=True)
    monkeypatch.setattr(limits, "UNZIPPED_BYTES", 1_000_000)

    with pytest.raises(AwsError) as refused:
        packages.check(body)

    assert refused.value.message == "Unzipped size must be smaller than 1000000 bytes"


def test_a_lying_size_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = archive(("zeros", bytes(3_000_000)), compressed=True)
    central = body.index(b"PK\x01\x02")
    lying = body[: central + 24] + struct.pack("<I", 10) + body[central + 28 :]
    monkeypatch.setattr(limits, "UNZIPPED_BYTES", 1_000_000)

    with pytest.raises(AwsError):
        packages.check(lying)


def test_a_large_archive_is_refused_unread() -> None:
    with pytest.raises(AwsError) as refused:
        packages.check(bytes(limits.ZIPPED_BYTES + 1))

    assert refused.value.message == "Zipped size must be smaller than 52428800 bytes"
    assert refused.value.status == 413


def test_the_folder_can_be_entered_by_everybody(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        folder = packages.unpacked(archive(("pkg/app.py", b"")), tmp_path / "root")
    finally:
        os.umask(old)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "pkg").stat().st_mode) == 0o755
