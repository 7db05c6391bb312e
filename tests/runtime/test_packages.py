"""Zip archives: what is unpacked, and what is refused before it can do harm."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from console.aws.errors import AwsError
from functions.runtime import limits, packages
from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, run

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
        archive((special("pipe", stat.S_IFIFO), b"")),
        archive((special("device", stat.S_IFCHR), b"")),
        archive(("twice", b"1"), ("twice", b"2")),
        archive(("a", b"file"), ("a/b", b"below a file")),
        archive(("a/b", b"below a file"), ("a", b"file")),
        archive(("a/", b""), ("a", b"file")),
        archive((special("a", stat.S_IFLNK), b"b"), ("a/b", b"through a link")),
        archive(("a/b", b"through a link"), (special("a", stat.S_IFLNK), b"b")),
        archive((special("a", stat.S_IFLNK), b"b"), ("a/", b"")),
        archive(("n" * 300, b"x")),
        archive(("n/" * 200, b"")),
        archive(("/".join(["n" * 250] * 10), b"x")),
    ],
    ids=[
        *("nothing", "text", "cut off", "absolute", "parent", "hidden parent", "backslash"),
        *("fifo", "device", "twice", "file as folder", "folder as file", "folder and file"),
        *("through a link", "through a later link", "link and folder"),
        *("long name", "deep", "long path"),
    ],
)
def test_a_broken_or_hostile_archive_leaves_nothing(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(AwsError) as refused:
        packages.unpacked(body, tmp_path / "root")

    assert refused.value.code == "InvalidParameterValueException"
    assert refused.value.message == BROKEN
    assert not list((tmp_path / "root").iterdir())
    assert not (tmp_path / "outside").exists()

    with pytest.raises(AwsError, match=re.escape(BROKEN)):
        packages.check(body)


@pytest.mark.parametrize(
    "target",
    [
        *("/etc/passwd", "", ".", "..", "../..", "../../../etc/passwd", "pkg/../../..", "a\0b"),
        *(
            "a/../../../b",
            "../pkg/..",
            "n" * 5000,
            "..\\..",
            "/opt/../etc",
            "/optical",
            "//etc/opt",
        ),
    ],
)
def test_a_link_that_may_lead_out_is_refused(tmp_path: Path, target: str) -> None:
    depth = "pkg/link" if target == "../.." else "link"
    body = archive(("pkg/app.py", b""), (special(depth, stat.S_IFLNK), target.encode()))

    for read in (packages.check, lambda body: packages.unpacked(body, tmp_path)):
        with pytest.raises(AwsError) as refused:
            read(body)
        assert refused.value.code == "InvalidParameterValueException"
        assert "Symbolic links" in refused.value.message
    assert not list(tmp_path.iterdir())


def test_links_inside_are_kept(tmp_path: Path) -> None:
    links = {
        "tool": "bin/tool",
        "bin/app": "../pkg/app.py",
        "pkg/top": "..",
        "here": "pkg",
        "nowhere": "gone",
        "round": "round",
        "node_modules": "/opt/nodejs/node_modules",
    }
    entries = [(special(name, stat.S_IFLNK), to.encode()) for name, to in links.items()]
    body = archive(("bin/tool", b"#!"), ("pkg/app.py", b"x = 1"), *entries)

    packages.check(body)
    folder = packages.unpacked(body, tmp_path)
    merged = packages.merged([folder], tmp_path)

    for root in (folder, merged):
        assert {name: os.readlink(root / name) for name in links} == links
        assert (root / "bin/app").read_bytes() == b"x = 1"
        assert (root / "pkg/top/here/app.py").samefile(root / "pkg/app.py")


def test_a_function_is_run_through_links(pool: Pool, write: Write, code_root: Path) -> None:
    link = special("app.py", stat.S_IFLNK)
    code = b"import shared\ndef handler(event, context):\n    return shared.ANSWER\n"
    body = archive(
        (link, b"real/app.py"),
        ("real/app.py", code),
        (special("shared", stat.S_IFLNK), b"real/lib"),
        ("real/lib/__init__.py", b"ANSWER = 42"),
    )
    spec = replace(write(""), code=packages.unpacked(body, code_root), code_sha256="links")

    assert run(pool, spec).payload == b"42"


def test_later_layers_replace_links_and_folders_without_following_them(tmp_path: Path) -> None:
    link, other = special("lib", stat.S_IFLNK), special("python", stat.S_IFLNK)
    first = archive(("real/a", b"1"), (link, b"real"), ("python/b", b"1"), ("file", b"1"))
    second = archive(("lib/a", b"2"), (other, b"real"), ("file/c", b"2"))
    layers = [packages.unpacked(body, tmp_path) for body in (first, second)]

    merged = packages.merged(layers, tmp_path)

    assert (merged / "lib/a").read_bytes() == b"2"
    assert (merged / "real/a").read_bytes() == b"1"
    assert os.readlink(merged / "python") == "real"
    assert (merged / "file/c").read_bytes() == b"2"
    assert (layers[0] / "python/b").read_bytes() == b"1"


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


def test_many_folders_are_refused_as_many_entries_are(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = archive(*((f"{number}/a/b/c/d/app.py", b"") for number in range(20)))
    flat = archive(*((f"a/{number}", b"") for number in range(20)))
    monkeypatch.setattr(limits, "ZIP_ENTRIES", 50)

    packages.check(flat)
    with pytest.raises(AwsError, match=re.escape(BROKEN)):
        packages.check(deep)


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
