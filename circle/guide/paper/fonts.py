"""
The type of the paper guide: which font there is, how wide its text runs, what it cannot write.

A Chinese font of the computer comes first (`$CIRCLE_FONT` names another file); where there is
none, the freely licensed one of the package ``zhplot`` does. Only the file is used of it.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from circle.errors import CircleError

FONT_VARIABLE = "CIRCLE_FONT"
_FILES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "msyh.ttc",
    "Deng.ttf",
    "Hiragino Sans GB.ttc",
    "STHeiti Light.ttc",
    "wqy-microhei.ttc",
)
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
)
_BOLD_OF = {
    "NotoSansCJK-Regular.ttc": "NotoSansCJK-Bold.ttc",
    "NotoSansCJKsc-Regular.otf": "NotoSansCJKsc-Bold.otf",
    "NotoSansSC-Regular.otf": "NotoSansSC-Bold.otf",
    "NotoSansSC-Regular.ttf": "NotoSansSC-Bold.ttf",
    "SourceHanSansSC-Regular.otf": "SourceHanSansSC-Bold.otf",
    "SourceHanSansCN-Regular.otf": "SourceHanSansCN-Bold.otf",
    "msyh.ttc": "msyhbd.ttc",
    "Deng.ttf": "Dengb.ttf",
}
_MISSING_SIGN = "□"
_INVISIBLE = frozenset("\u200b\u200c\u200d\ufe0e\ufe0f\u00ad\ufeff")


class FontError(CircleError):
    """There is no font to print Chinese with."""


@dataclass(frozen=True)
class PaperFont:
    """
    A font as the paper guide needs it.

    Parameters
    ----------
    file
        Its file.
    family
        Its name, by which it is asked for.
    has_bold
        True when a bold face lies beside it; else bold is drawn by a thin outline.
    advances
        Width per character, as a share of the type size. What is missing cannot be written.
    """

    file: Path
    family: str
    has_bold: bool
    advances: Mapping[int, float]

    def width(self, text: str, size_mm: float) -> float:
        """Return how wide one line of text runs, in the unit of `size_mm`."""
        return size_mm * sum(self.advances.get(ord(sign), 1.0) for sign in text)

    def missing(self, text: str) -> list[str]:
        """Return the characters of `text` the font has no glyph for, in their order, once each."""
        return list(dict.fromkeys(sign for sign in text if self._lacks(sign)))

    def printable(self, text: str) -> str:
        """
        Return `text` with a sign in place of each run of characters the font cannot write.

        Parameters
        ----------
        text
            One line.

        Returns
        -------
        printable
            The same text where the font has every glyph.
        """
        signs: list[str] = []
        is_gap = False
        for sign in text:
            if sign in _INVISIBLE:
                continue
            lacks = self._lacks(sign)
            if not lacks:
                signs.append(sign)
            elif not is_gap:
                signs.append(_MISSING_SIGN if ord(_MISSING_SIGN) in self.advances else "?")
            is_gap = lacks
        return "".join(signs)

    def _lacks(self, sign: str) -> bool:
        return ord(sign) not in self.advances and sign not in _INVISIBLE


def find_font() -> PaperFont:
    """
    Return the font to print with.

    Returns
    -------
    font
        The file `$CIRCLE_FONT` names, else the first one known on this computer, else that of
        the package ``zhplot``.

    Raises
    ------
    FontError
        If there is none, or the one named cannot be used; the sentence says what to do.
    """
    named = os.environ.get(FONT_VARIABLE)
    if named:
        return _open(Path(named).expanduser())
    for file in _candidates():
        return _open(file)
    raise FontError(
        en="No Chinese font was found to print with; install one (apt-get install "
        f"fonts-noto-cjk, or pip install zhplot) or set {FONT_VARIABLE} to a font file.",
        zh="没有找到可用于打印的中文字体；请安装一种（apt-get install fonts-noto-cjk 或 "
        f"pip install zhplot），或用 {FONT_VARIABLE} 指定字体文件。",
    )


def _candidates() -> Iterator[Path]:
    files = _installed()
    for name in _FILES:
        if name in files:
            yield files[name]
    spec = importlib.util.find_spec("zhplot")  # found, not imported: it would load matplotlib
    if spec is not None and spec.origin:
        packaged = Path(spec.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
        if packaged.is_file():
            yield packaged


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    folders = [Path(folder).expanduser() for folder in _FOLDERS]
    if sys.platform == "win32":
        folders.append(Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts")
    wanted = frozenset(_FILES)
    found: dict[str, Path] = {}
    for folder in folders:
        for at, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(wanted.intersection(names)):
                found.setdefault(name, Path(at) / name)
    return found


@lru_cache(maxsize=4)
def _open(file: Path) -> PaperFont:
    try:
        # Opened here: a file fontTools cannot read would stay open.
        with file.open("rb") as stream:
            font = TTFont(stream, lazy=True, fontNumber=_face_index(file, stream))
            names = font["name"]
            family = names.getDebugName(16) or names.getDebugName(1)
            per_em = font["head"].unitsPerEm
            # Glyphs by number: their names would have to be read out of the outlines, for a second.
            font.setGlyphOrder(range(font["maxp"].numGlyphs))
            n_metrics = font["hhea"].numberOfHMetrics
            metrics = np.frombuffer(font.reader["hmtx"], ">u2", 2 * n_metrics)[::2] / per_em
            advances = {
                code: float(metrics[min(glyph, n_metrics - 1)])
                for code, glyph in font.getBestCmap().items()
            }
    except (OSError, TTLibError, KeyError, AttributeError) as error:
        raise FontError(
            en=f"{file} cannot be used as a font; set {FONT_VARIABLE} to a TrueType or OpenType "
            "file.",
            zh=f"{file} 不能用作字体；请把 {FONT_VARIABLE} 设为 TrueType 或 OpenType 字体文件。",
        ) from error
    bold = _BOLD_OF.get(file.name)
    return PaperFont(
        file, str(family), bold is not None and (file.parent / bold).is_file(), advances
    )


def _face_index(file: Path, stream: BinaryIO) -> int:
    """Return the face of a font file for Simplified Chinese, else its first (-1: its only)."""
    if file.suffix.lower() != ".ttc":
        return -1
    collection = TTCollection(stream, lazy=True)  # closing it would close the stream
    names = [face["name"].getDebugName(1) or "" for face in collection.fonts]
    stream.seek(0)
    return next((i for i, name in enumerate(names) if name.endswith((" SC", " CN"))), 0)


def missing_characters(font: PaperFont, texts: Iterable[str]) -> dict[str, list[str]]:
    """
    Return which texts cannot be written in full.

    Parameters
    ----------
    font
        The font to print with.
    texts
        Names and whatever else is printed.

    Returns
    -------
    missing
        The characters without a glyph by text, in the order given.
    """
    found = {}
    for text in texts:
        lacking = font.missing(text)
        if lacking:
            found[text] = lacking
    return found
