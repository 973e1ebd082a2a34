"""
Many rows, one after the other, with a bar that shows how far it is.

Nothing is asked twice: equal rows share an answer, and what an online service once said is on
disk (`circle.geocoding.online.AnswerCache`) before the next row is looked at. After an
interruption the same call goes on where it stopped without asking again what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from circle.geocoding.model import GeocodeMatch, Geocoder


def geocode_rows(
    rows: Iterable[tuple[str, str]],
    geocoder: Geocoder,
    *,
    progress: bool = False,
    report: Callable[[int, list[GeocodeMatch]], None] | None = None,
) -> list[list[GeocodeMatch]]:
    """
    Geocode the rows of a list.

    Parameters
    ----------
    rows
        Name and address of each; either may be empty.
    geocoder
        Who is asked.
    progress
        Show a progress bar on standard error.
    report
        Told the index and the answers of each row as soon as they are there.

    Returns
    -------
    matches
        The candidates of each row, in the order of the rows; empty for a row without a name and
        an address.

    Examples
    --------
    >>> class Echo:
    ...     def geocode(self, name, address=""):
    ...         return []
    >>> geocode_rows([("颐园", ""), ("", "")], Echo())
    [[], []]
    """
    given = [(name.strip(), address.strip()) for name, address in rows]
    known: dict[tuple[str, str], list[GeocodeMatch]] = {("", ""): []}
    answers = []
    for index, row in enumerate(_shown(given, progress)):
        if row not in known:
            known[row] = geocoder.geocode(*row)
        answers.append(known[row])
        if report is not None:
            report(index, known[row])
    return answers


def _shown(rows: Sequence[tuple[str, str]], progress: bool) -> Iterable[tuple[str, str]]:
    if not progress:
        return rows
    from tqdm import tqdm

    return tqdm(rows, unit="row", desc="Geocoding", leave=False)
