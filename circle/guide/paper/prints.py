"""Small pictures of the printed guide, for people who look before they print."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image

from circle.errors import CircleError
from circle.guide.model import GuideContent
from circle.guide.paper.options import PaperOptions
from circle.guide.paper.sheet import compose
from circle.guide.pictures import save_small

_SHEET_PX, _PAGE_PX, _GAP_PX = 1280, 300, 10
_STRIP_COLUMNS = 4
_STRIP_PAGES = 8
_TABLE = "#8d8579"


class PrintError(CircleError):
    """A PDF cannot be turned into pictures."""


def print_pictures(content: GuideContent, folder: Path) -> list[Path]:
    """
    Draw the sheet's two sides and the booklet's pages as PNG.

    Parameters
    ----------
    content
        The guide.
    folder
        Where they go; made when missing.

    Returns
    -------
    files
        ``sheet-map.png``, ``sheet-list.png`` and ``booklet.png``, each of at most 150 KB.

    Raises
    ------
    PrintError
        If pypdfium2 is missing; the sentence says how to get it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheet = _pages(compose(content, PaperOptions(paper="a3")).pdf, _SHEET_PX)
    booklet = _pages(compose(content, PaperOptions(paper="a4")).pdf, _PAGE_PX)
    if len(booklet) > _STRIP_PAGES:
        # Cover, use and maps from the front; offers and whom to call from the back.
        booklet = [*booklet[: _STRIP_PAGES - 2], *booklet[-2:]]
    pictures = {"sheet-map": sheet[0], "sheet-list": sheet[1], "booklet": _strip(booklet)}
    files = []
    for name, picture in pictures.items():
        file = folder / f"{name}.png"
        save_small(picture, file)
        files.append(file)
    return files


def _pages(pdf: bytes, width_px: int) -> list[Image.Image]:
    try:
        pypdfium2 = import_module("pypdfium2")
    except ImportError as fault:
        raise PrintError(
            en="Pictures of the print need pypdfium2; install it with: pip install pypdfium2",
            zh="印刷版的图片需要 pypdfium2；请运行 pip install pypdfium2 安装。",
        ) from fault
    document: Any = pypdfium2.PdfDocument(pdf)
    pages = []
    for page in document:
        # Drawn twice as large and made smaller: small type stays calm.
        drawn = page.render(scale=2 * width_px / page.get_width()).to_pil().convert("RGB")
        size = (width_px, round(drawn.height * width_px / drawn.width))
        pages.append(drawn.resize(size, Image.Resampling.LANCZOS))
    document.close()
    return pages


def _strip(pages: list[Image.Image]) -> Image.Image:
    """Return pages side by side on a table, in rows."""
    columns = min(len(pages), _STRIP_COLUMNS)
    rows = -(-len(pages) // columns)
    wide, high = pages[0].size
    size = (columns * (wide + _GAP_PX) + _GAP_PX, rows * (high + _GAP_PX) + _GAP_PX)
    strip = Image.new("RGB", size, _TABLE)
    for at, page in enumerate(pages):
        row, column = divmod(at, columns)
        strip.paste(page, (_GAP_PX + column * (wide + _GAP_PX), _GAP_PX + row * (high + _GAP_PX)))
    return strip
