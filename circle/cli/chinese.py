"""
What click says by itself, in Chinese: headings, the notes of options, and usage errors.

Click's own sentences are recognised by their English text, of any release from 8.1 on; one that
is not known stays English rather than being lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

WORDS: Mapping[str, str] = {
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show the version and exit.": "显示版本并退出。",
    "Show this message and exit.": "显示本帮助并退出。",
}
"""Headings and the help of options that click adds."""

_USAGE = (("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令 [参数]..."))
_NOTES = (("default: ", "默认："), ("required", "必填"), ("; ", "；"))
_KINDS = (("INTEGER RANGE", "整数"), ("INTEGER", "整数"), ("FLOAT RANGE", "数字"),
          ("FLOAT", "数字"), ("TEXT", "文字"), ("PATH", "路径"))  # fmt: skip
_SENTENCES = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        (r"No such option:? '?([^' ]+?)'?\.?", r"没有选项 '\1'。"),
        (r"No such command '(.*)'\.", r"没有命令 '\1'。"),
        (r"Missing command\.", "缺少命令。"),
        (r"Got unexpected extra arguments? \((.*)\)", r"多余的参数：\1。"),
        (r"Option '(.*)' requires an argument\.", r"选项 '\1' 需要一个值。"),
        (r"Option '(.*)' requires (\d+) arguments\.", r"选项 '\1' 需要 \2 个值。"),
        (r"Option '(.*)' does not take a value\.", r"选项 '\1' 不带值。"),
        (r"(.*) is not in the range (.*)\.", r"\1 不在范围 \2 内。"),
        (r"(.*) is not a valid integer(?: range)?\.", r"\1 不是整数。"),
        (r"(.*) is not a valid float(?: range)?\.", r"\1 不是数字。"),
        (r"(.*) is not a valid boolean\.?.*", r"\1 不是真假值。"),
        (r"(.*) is not one of (.*)\.", r"\1 不在可选值之中：\2。"),
    )
)


def usage(pieces: str) -> str:
    """
    Return what follows the name of a program in its usage line.

    Examples
    --------
    >>> usage("[OPTIONS] NAME")
    '[选项] NAME'
    """
    return _replaced(pieces, _USAGE)


def notes(text: str) -> str:
    """
    Return the notes in brackets after the help of an option.

    Examples
    --------
    >>> notes("  [default: adult; required]")
    '  [默认：adult；必填]'
    """
    return _replaced(text, _NOTES)


def kind(names: str) -> str:
    """
    Return the names of an option with the kind of its value.

    Examples
    --------
    >>> kind("--port INTEGER RANGE")
    '--port 整数'
    """
    return _replaced(names, _KINDS)


def sentence(english: str) -> str:
    """
    Return what click says of a mistake; what is none of its sentences stays as it is.

    Examples
    --------
    >>> sentence("No such option '--colour'.")
    "没有选项 '--colour'。"
    """
    for pattern, chinese in _SENTENCES:
        if found := pattern.fullmatch(english):
            return found.expand(chinese)
    return english


def usage_error(error: click.UsageError) -> str:
    """Return what is wrong with a command line."""
    if isinstance(error, click.BadParameter):
        hint = _hint(error)
        if isinstance(error, click.MissingParameter):
            kind_of = error.param_type or (error.param and error.param.param_type_name)
            return f"缺少{'选项' if kind_of == 'option' else '参数'} {hint}。"
        said = sentence(error.message)
        return f"{hint} 的值无效：{said}" if hint else f"值无效：{said}"
    said = sentence(error.message)
    # Only names that are near to what was typed come this far.
    near: list[str] | None = getattr(error, "possibilities", None)
    return f"{said}是否想用 {' 或 '.join(sorted(near))}？" if near else said


def _hint(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None and error.ctx is not None:
        hint = error.param.get_error_hint(error.ctx)
    if hint is None or isinstance(hint, str):
        return hint or ""
    return " / ".join(map(repr, hint))


def _replaced(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for english, chinese in table:
        text = text.replace(english, chinese)
    return text
