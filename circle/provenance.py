"""Where data come from: carried by every network and feature table, shown on every map."""

from __future__ import annotations

from dataclasses import asdict, dataclass

OSM_ATTRIBUTION = "© OpenStreetMap contributors"
OSM_LICENCE = "ODbL-1.0"


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    Origin of a data set.

    Parameters
    ----------
    source
        File name or service the data came from, without folders.
    data_date
        ISO date (``2023-12-26``) the data describe; ``None`` when the source does not tell.
    sha256
        Hash of the source file; ``None`` for a download.
    licence
        SPDX name of the licence, ``None`` when unknown.
    attribution
        The credit line maps must show.
    """

    source: str
    data_date: str | None
    sha256: str | None
    licence: str | None
    attribution: str

    def as_dict(self) -> dict[str, str | None]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return asdict(self)
