"""Texts of a register in cells of a spreadsheet, where some of them would be formulas."""

from __future__ import annotations

import re

# The last four are the first four in full width, which spreadsheets in Chinese take for them.
FORMULA_SIGNS = r"=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""What a formula may begin with, as the inside of a character class."""
_DANGEROUS = re.compile(rf"'*[{FORMULA_SIGNS}]")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def harmless(text: str) -> str:
    r"""
    Return a text no spreadsheet takes for a formula.

    A text that begins like one gets an apostrophe in front, which reading a list takes off
    again; one that already begins with apostrophes before such a sign gets one more, so that
    nothing is lost.

    Examples
    --------
    >>> harmless("=1+1"), harmless("+86 931 123"), harmless("'t Hof"), harmless("'=x")
    ("'=1+1", "'+86 931 123", "'t Hof", "''=x")
    """
    plain = _ILLEGAL.sub("", text)
    return f"'{plain}" if _DANGEROUS.match(plain) else plain
