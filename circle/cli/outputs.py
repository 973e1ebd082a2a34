"""Refuses early what could not be written later."""

from __future__ import annotations

import os
from pathlib import Path

from circle.errors import InputError


def check_output(path: Path, suffixes: tuple[str, ...]) -> None:
    """
    Make sure a file of a known kind can be written, before any work is done.

    Raises
    ------
    InputError
        If its suffix is none of `suffixes`, its folder is missing or cannot be written to, or
        it is a folder itself.
    """
    if not path.name.lower().endswith(suffixes):
        raise InputError(
            en=f"{path.name} has no suffix this command writes; use {' or '.join(suffixes)}.",
            zh=f"本命令不能写 {path.name} 这种文件；请使用 {' 或 '.join(suffixes)}。",
        )
    folder = path.parent
    if not folder.is_dir():
        raise InputError(
            en=f"There is no folder {folder}; make it first.",
            zh=f"没有文件夹 {folder}；请先建立。",
        )
    is_writable = os.access(folder, os.W_OK | os.X_OK)
    if path.is_dir() or not is_writable or (path.exists() and not os.access(path, os.W_OK)):
        raise InputError(
            en=f"{path} cannot be written; choose another file or mend its permissions.",
            zh=f"无法写入 {path}；请换一个文件或调整权限。",
        )
