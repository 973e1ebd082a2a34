"""Reads a printed guide back: its text with positions, its pixels, its QR codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2

MM_PER_PT = 25.4 / 72


@dataclass(frozen=True)
class Sign:
    """One character of a page, millimetres from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Printed:
    """A PDF, opened as a reader would."""

    def __init__(self, pdf: bytes) -> None:
        self._document = pypdfium2.PdfDocument(pdf)

    def __len__(self) -> int:
        return len(self._document)

    def size_mm(self, page: int) -> tuple[float, float]:
        width, height = self._document[page].get_size()
        return width * MM_PER_PT, height * MM_PER_PT

    def text(self, page: int) -> str:
        return str(self._document[page].get_textpage().get_text_range())

    def all_text(self) -> str:
        return "\n".join(self.text(page) for page in range(len(self)))

    def signs(self, page: int) -> list[Sign]:
        sheet = self._document[page]
        _, height = sheet.get_size()
        textpage = sheet.get_textpage()
        found = []
        for index in range(textpage.count_chars()):
            text = textpage.get_text_range(index, 1)
            if text.strip():
                left, bottom, right, top = textpage.get_charbox(index)
                found.append(
                    Sign(
                        text,
                        left * MM_PER_PT,
                        (height - top) * MM_PER_PT,
                        right * MM_PER_PT,
                        (height - bottom) * MM_PER_PT,
                    )
                )
        return found

    def pixels(
        self,
        page: int,
        dots_per_mm: float,
        part: tuple[float, float, float, float] | None = None,
    ) -> npt.NDArray[np.uint8]:
        """
        Return the page as it prints, shape (rows, columns, 3).

        `part` is left, top, right and bottom of what is wanted of it, millimetres.
        """
        sheet = self._document[page]
        width, height = self.size_mm(page)
        left, top, right, bottom = part or (0.0, 0.0, width, height)
        cut = [side / MM_PER_PT for side in (left, height - bottom, width - right, top)]
        image: Any = sheet.render(scale=dots_per_mm * MM_PER_PT, crop=tuple(cut)).to_pil()
        return np.asarray(image.convert("RGB"), np.uint8)
