"""How Chinese names sound: what people type who find a street or a place by its pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

_HAN = re.compile(r"[\u3400-\u9fff]")


def sound_of(text: str) -> tuple[str, str] | None:
    """
    Return a text in pinyin without tones, and its initials.

    Parameters
    ----------
    text
        A name or an address; signs that are not Chinese are left out.

    Returns
    -------
    sound
        Pinyin and initials, lower case; ``None`` for a text without a Chinese sign.

    Examples
    --------
    >>> sound_of("张掖路 12 号")
    ('zhangyeluhao', 'zylh')
    >>> sound_of("Rue Grimaldi") is None
    True
    """
    signs = "".join(_HAN.findall(text))
    if not signs:
        return None
    return (
        "".join(lazy_pinyin(signs)).lower(),
        "".join(lazy_pinyin(signs, style=Style.FIRST_LETTER)).lower(),
    )


def sounds_of(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """
    Return the sounds of those names that have Chinese signs, by name.

    Parameters
    ----------
    names
        Any names; empty ones and doubles do no harm.
    """
    heard = {name: sound_of(name) for name in sorted(set(names))}
    return {name: sound for name, sound in heard.items() if sound is not None}
