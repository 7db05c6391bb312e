"""Code packages: from a zip archive to an unpacked, read-only folder named by its hash.

The folder is a cache and may be deleted at any time; where the archive is kept is not known here.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from console.aws.errors import AwsError
from functions.runtime import limits

_CHUNK = 1024 * 1024
_BROKEN = "Could not unzip uploaded file. Please check your file, then try to upload again."
#: What a function has there is its own, wherever it runs.
_FOLDERS = ("opt", "tmp", "var/task")
_LEADS_OUT = (
    "Symbolic links in a package must lead to a relative path inside it, or below /opt, /tmp or "
    "/var/task."
)


def sha256(archive: bytes) -> str:
    """Name a package by its content, in hexadecimal."""
    return hashlib.sha256(archive).hexdigest()


def check(archive: bytes) -> None:
    """Refuse an archive that cannot be a code package, without writing anything.

    Raises AwsError in AWS's words. Sizes are counted while unpacking, never believed.
    """
    if len(archive) > limits.ZIPPED_BYTES:
        raise AwsError(
            "RequestEntityTooLargeException",
            f"Zipped size must be smaller than {limits.ZIPPED_BYTES} bytes",
            status=413,
        )
    with _opened(archive) as opened:
        total = 0
        for entry in _entries(opened):
            total += _copy(opened, entry, None, limits.UNZIPPED_BYTES - total)


def unzipped_bytes(archive: bytes) -> int:
    """Count the bytes of all files of a package that `check` has let pass."""
    with _opened(archive) as opened:
        return sum(entry.file_size for entry in opened.infolist())


def unpacked(archive: bytes, root: Path, digest: str = "") -> Path:
    """Give the folder below `root` that holds the archive's files, unpacking it when needed.

    Files are readable by every user, so that an environment with a user of its own can run them.
    Raises AwsError as `check` does.
    """
    target = root / (digest or sha256(archive))
    if target.is_dir():
        return target
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)
    building = Path(tempfile.mkdtemp(prefix="building-", dir=root))
    try:
        with _opened(archive) as opened:
            total = 0
            for entry in _entries(opened):
                total += _write(opened, entry, building, limits.UNZIPPED_BYTES - total)
        for folder, _, _ in os.walk(building):
            Path(folder).chmod(0o755)  # whatever our umask is
        building.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise another thread was faster
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def name_of_merged(digests: Sequence[str]) -> str:
    """Name the folder of several layers."""
    return f"layers-{hashlib.sha256(chr(10).join(digests).encode()).hexdigest()}"


def merged(layers: Sequence[Path], root: Path) -> Path:
    """Give the folder below `root` with all unpacked `layers` in it, later ones over earlier ones.

    Its files are hard links to theirs; what is no folder takes the place of a whole one. Source:
    Lambda developer guide, "Managing Lambda dependencies with layers".
    """
    target = root / name_of_merged([layer.name for layer in layers])
    if target.is_dir():
        return target
    building = Path(tempfile.mkdtemp(prefix="building-", dir=root))
    try:
        building.chmod(0o755)
        for layer in layers:
            _lay(layer, building)
        building.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise another thread was faster
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _lay(source: Path, target: Path) -> None:
    """Put all of `source` over what is in `target`; symbolic links are put there, never followed."""
    for one in source.iterdir():
        there = target / one.name
        is_folder = one.is_dir() and not one.is_symlink()
        if there.is_symlink() or there.is_file():
            there.unlink()
        elif there.is_dir() and not is_folder:
            shutil.rmtree(there)
        if is_folder:
            there.mkdir(exist_ok=True)
            there.chmod(0o755)
            _lay(one, there)
        else:
            os.link(one, there, follow_symlinks=False)


def _refusal(message: str = _BROKEN) -> AwsError:
    return AwsError("InvalidParameterValueException", message)


def _opened(archive: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(archive))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _refusal() from error


def _entries(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """List the entries once they are known to be files, folders and links that stay inside."""
    entries = opened.infolist()
    if not entries:
        raise _refusal("Uploaded file must be a non-empty zip")
    if len(entries) > limits.ZIP_ENTRIES:
        raise _refusal()
    seen: set[tuple[str, ...]] = set()
    leaves: set[tuple[str, ...]] = set()
    folders: set[tuple[str, ...]] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        special = kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
        if special or entry.flag_bits & 0x1 or path.parts in seen or not _is_inside(path):
            raise _refusal()
        if _is_link(entry) and not _leads_inside(path, _target(opened, entry)):
            raise _refusal(_LEADS_OUT)
        seen.add(path.parts)
        if not entry.is_dir():
            leaves.add(path.parts)
        above = path.parts[:-1]
        while above and above not in folders:
            folders.add(above)
            above = above[:-1]
        if len(folders) > limits.ZIP_ENTRIES:
            raise _refusal()
    if folders & leaves:  # something below a file, or through a link
        raise _refusal()
    return entries


def _is_inside(path: PurePosixPath) -> bool:
    """Say whether a path can be one below the package's folder."""
    parts = path.parts
    return (
        0 < len(parts) <= limits.ZIP_DEPTH
        and ".." not in parts
        and not path.is_absolute()
        and not {"\\", "\0"} & set(str(path))
        and len(os.fsencode(path)) <= limits.ZIP_PATH_BYTES
        and all(len(os.fsencode(part)) <= limits.ZIP_NAME_BYTES for part in parts)
    )


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16) and not entry.is_dir()


def _leads_inside(path: PurePosixPath, target: str) -> bool:
    """Say whether a link at `path` stays inside, whatever other links it leads through.

    It may go up first, as far as it is deep, and then only down: where it is, no link is above it,
    and every other link keeps the same rule. An absolute one means the function's own folders:
    nobody but the function may follow links.
    """
    there = PurePosixPath(target)
    if there.is_absolute():
        below = PurePosixPath(*there.parts[1:])
        return _is_inside(below) and any(below.is_relative_to(one) for one in _FOLDERS)
    up = next((at for at, part in enumerate(there.parts) if part != ".."), len(there.parts))
    down = PurePosixPath(*there.parts[up:])
    return up < len(path.parts) and (_is_inside(down) or (up > 0 and not down.parts))


def _target(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    """Read where a link leads: its content; cut where it is too long to be one."""
    with _reading(), opened.open(entry) as source:
        return os.fsdecode(source.read(limits.ZIP_PATH_BYTES + 1))


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, root: Path, room: int) -> int:
    path = root / entry.filename
    try:
        folder = path if entry.is_dir() else path.parent
        folder.mkdir(parents=True, exist_ok=True)
        if _is_link(entry):
            path.symlink_to(_target(opened, entry))
        if entry.is_dir() or _is_link(entry):
            return 0
        mode = 0o755 if entry.external_attr >> 16 & 0o111 else 0o644
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except OSError as error:  # a file where a folder should be, a name that is too long
        raise _refusal() from error
    os.fchmod(fd, mode)
    return _copy(opened, entry, fd, room)


def _copy(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, fd: int | None, room: int) -> int:
    """Unpack one entry into `fd` (None: nowhere) and count its bytes, at most `room`."""
    size = 0
    with (
        _reading(),
        open(os.devnull if fd is None else fd, "wb") as out,
        opened.open(entry) as source,
    ):
        while piece := source.read(_CHUNK):
            size += len(piece)
            if size > room:
                raise _refusal(f"Unzipped size must be smaller than {limits.UNZIPPED_BYTES} bytes")
            out.write(piece)
    return size


@contextmanager
def _reading() -> Iterator[None]:
    """Refuse what turns out to be broken while it is read."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _refusal() from error
