"""Titles for guides whose study has none: the name of its folder, as people write it."""

from __future__ import annotations

import re

_CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def shown_name(folder_name: str) -> str:
    """
    Return the name of a folder as a name on a title page.

    Examples
    --------
    >>> shown_name("monaco"), shown_name("la-turbie_2026"), shown_name("幸福里")
    ('Monaco', 'La Turbie 2026', '幸福里')
    """
    words = re.sub(r"[-_\s]+", " ", folder_name).strip() or folder_name
    if not words.islower():
        return words
    return " ".join(word[:1].upper() + word[1:] for word in words.split(" "))


def default_titles(folder_name: str, minutes: float = 15.0) -> tuple[str, str]:
    """
    Return the Chinese and the English title of a guide.

    Parameters
    ----------
    folder_name
        Name of the study's folder.
    minutes
        Its last ring.

    Examples
    --------
    >>> default_titles("monaco")
    ('Monaco 15分钟生活圈指南', 'Monaco: a 15-minute walking guide')
    >>> default_titles("幸福里", 10)
    ('幸福里10分钟生活圈指南', '幸福里: a 10-minute walking guide')
    """
    name = shown_name(folder_name)
    between = "" if _CJK.match(name[-1:]) else " "
    article = "an" if f"{minutes:g}".startswith("8") or minutes in (11, 18) else "a"
    return (
        f"{name}{between}{minutes:g}分钟生活圈指南",
        f"{name}: {article} {minutes:g}-minute walking guide",
    )
