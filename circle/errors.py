"""
The errors of the project, each one sentence in two languages.

::

    CircleError
    ├── InputError (also ValueError)      what somebody gave us cannot be used
    │   ├── StreetsError                  a street file: not OSM, cut off, empty, nothing to walk on
    │   ├── NetworkFileError              a saved network: foreign, damaged, another version
    │   ├── PositionError                 lon/lat swapped, non-finite, outside the data
    │   ├── BudgetError                   minutes or metres missing, mixed, too many
    │   ├── WalkerError                   no such kind of walker
    │   ├── SheetError                    a list of facilities: unreadable, columns missing
    │   ├── SchemaError                   a table that breaks its contract
    │   ├── StudyError                    a study folder or its circle.toml
    │   ├── RegisterError                 a register, or a change it cannot hold
    │   ├── EditError                     a closure, link or gate drawn over the streets
    │   └── TerrainError                  heights that cannot be read
    ├── ConflictError                 somebody else changed the same thing first
    ├── NoRouteError                      both ends are known, no walk joins them
    └── OnlineError                       a service on the internet did not answer as needed

A message says what is wrong and what to do about it. The doors (command line, HTTP)
choose the language; everything below them hands on both.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]


class CircleError(Exception):
    """
    Base of every error this project raises on purpose.

    Parameters
    ----------
    en
        One sentence in English: what is wrong, and what to do.
    zh
        The same sentence in Chinese.

    Examples
    --------
    >>> CircleError(en="No streets here.", zh="这里没有道路。").message("zh")
    '这里没有道路。'
    """

    def __init__(self, *, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def message(self, language: Language = "en") -> str:
        """Return the sentence in `language`."""
        return self.zh if language == "zh" else self.en

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling between worker processes.
        return (_rebuild, (type(self), self.en, self.zh))


def _rebuild(cls: type[CircleError], en: str, zh: str) -> CircleError:
    return cls(en=en, zh=zh)


class InputError(CircleError, ValueError):
    """Something given to the program cannot be used."""


class StreetsError(InputError):
    """A street file cannot be read or holds nothing to walk on."""


class NetworkFileError(InputError):
    """A saved network is foreign, damaged or of another format version."""


class PositionError(InputError):
    """A position is not a position, or lies where there is no data."""


class BudgetError(InputError):
    """A budget of minutes or metres is missing, mixed or out of bounds."""


class WalkerError(InputError):
    """A walker is unknown or impossible."""


class SheetError(InputError):
    """A sheet of facilities cannot be read."""


class SchemaError(InputError):
    """A table breaks the contract declared for it."""


class StudyError(InputError):
    """A study folder or its `circle.toml` cannot be used."""


class SitingError(InputError):
    """New sites cannot be chosen as asked."""


class EditError(InputError):
    """A closure, link or gate drawn over the streets cannot be used."""


class TerrainError(InputError):
    """A file of heights cannot be read, or has none where they are needed."""


class NoRouteError(CircleError):
    """Both ends are on streets, but no walk joins them."""


class OnlineError(CircleError):
    """A service on the internet was needed and did not answer as it should."""


class RegisterError(InputError):
    """A register of places cannot be opened, or cannot hold what it is given."""


class ConflictError(CircleError):
    """Somebody else changed the same thing first; nothing was overwritten."""


class PhotoError(InputError):
    """A picture is none, is damaged, or is too large."""
