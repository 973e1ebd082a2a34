"""Writes a set of files whole or not at all, and refuses early where it could not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from circle.errors import StudyError


def check_folder(folder: Path) -> None:
    """
    Make sure files can be put into a folder that may not exist yet; creates nothing.

    Raises
    ------
    StudyError
        If it, or the nearest folder above it that exists, cannot be written to.
    """
    at = folder
    while not at.exists() and at != at.parent:
        at = at.parent
    if not at.is_dir() or not os.access(at, os.W_OK | os.X_OK):
        raise StudyError(
            en=f"Nothing can be written to {folder}; choose another folder or its permissions.",
            zh=f"无法写入 {folder}；请换一个文件夹或调整其权限。",
        )


def write_together(contents: Mapping[Path, bytes]) -> None:
    """
    Write files so that no reader ever sees half of one, and a failure leaves the old ones.

    Parameters
    ----------
    contents
        Bytes by path; folders are made as needed.

    Raises
    ------
    StudyError
        If one cannot be written; then none of them is.
    """
    made: list[Path] = []
    waiting: dict[Path, Path] = {}
    try:
        for path, data in contents.items():
            made += _make_folder(path.parent)
            waiting[path] = _write_beside(path, data)
        # Everything is on disk; renaming within a folder cannot run out of space.
        for path, beside in waiting.items():
            beside.replace(path)
    except OSError as error:
        _clear(waiting.values(), made)
        raise StudyError(
            en=f"{path} could not be written ({error.strerror}); check space and permissions.",
            zh=f"无法写入 {path}（{error.strerror}）；请检查磁盘空间和权限。",
        ) from error
    except BaseException:
        _clear(waiting.values(), made)
        raise


def _write_beside(path: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(0o644)
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder", str(path))
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _make_folder(folder: Path) -> list[Path]:
    """Create a folder and those above it; return the new ones, innermost first."""
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _clear(files: Iterable[Path], folders: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            # Somebody else put something there meanwhile: theirs to keep.
            continue
