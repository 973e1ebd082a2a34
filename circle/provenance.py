"""Where data come from: carried by every network and feature table, shown on every map."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

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
    heights
        Files the slopes are from; ``None`` where everything counts as level.
    heights_share
        Share of the length of all streets whose heights those files know, 0 to 1.
    n_edits, edits_sha256
        How many edits were drawn over the source, and their hash; 0 and ``None`` without any.
    """

    source: str
    data_date: str | None
    sha256: str | None
    licence: str | None
    attribution: str
    heights: str | None = None
    heights_share: float | None = None
    n_edits: int = 0
    edits_sha256: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON; heights and edits if any."""
        fields = asdict(self)
        told = {"heights": bool(self.heights), "heights_share": bool(self.heights)}
        told |= {"n_edits": bool(self.n_edits), "edits_sha256": bool(self.n_edits)}
        return {key: value for key, value in fields.items() if told.get(key, True)}


def stated_provenance(document: Mapping[str, Any], *, source: str, sha256: str) -> Provenance:
    """
    Return what a GeoJSON document says of its own origin; what it does not say is unknown.

    Parameters
    ----------
    document
        The FeatureCollection; its members ``data_date`` (an ISO date), ``licence`` and
        ``attribution`` are believed where they are texts.
    source
        Name of the file.
    sha256
        Its hash.

    Examples
    --------
    >>> stated_provenance({"licence": "CC0-1.0", "data_date": 5}, source="a", sha256="").data_date
    """
    said = {
        key: value.strip()
        for key in ("data_date", "licence", "attribution")
        if isinstance(value := document.get(key), str) and value.strip()
    }
    try:
        date = datetime.date.fromisoformat(said.get("data_date", "")).isoformat()
    except ValueError:
        date = None
    return Provenance(source, date, sha256, said.get("licence"), said.get("attribution", ""))
