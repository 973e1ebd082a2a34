"""Compresses answers away from the event loop: pages once, what is searched for by its worker."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from fastapi import Request, Response

# A packet of the network holds about this much anyway.
MINIMUM_SIZE = 1000
_PAGE_LEVEL = 9
_ANSWER_LEVEL = 5


@dataclass(frozen=True)
class Body:
    """
    What an answer says, ready to be sent.

    Parameters
    ----------
    plain
        Its bytes.
    packed
        The same compressed; None where that is not worth while or nobody asked for it.
    """

    plain: bytes
    packed: bytes | None = None

    @classmethod
    def of_page(cls, plain: bytes) -> Body:
        """Return the body of what is made once and sent often: compressed hard, here and now."""
        return cls(plain, _packed(plain, _PAGE_LEVEL))

    @classmethod
    def of_answer(cls, plain: bytes, *, for_gzip: bool) -> Body:
        """Return the body of what is sent once, compressed quickly if the client takes that."""
        return cls(plain, _packed(plain, _ANSWER_LEVEL) if for_gzip else None)

    @property
    def headers(self) -> dict[str, str]:
        """What a cache must know, of the compressed answer and of the plain one."""
        return {} if len(self.plain) < MINIMUM_SIZE else {"Vary": "Accept-Encoding"}

    def response(
        self, request: Request, media_type: str, headers: dict[str, str] | None = None
    ) -> Response:
        """Return the answer in the form the client takes; nothing is compressed here."""
        sent = {**self.headers, **(headers or {})}
        if self.packed is None or not accepts_gzip(request.headers.get("accept-encoding", "")):
            return Response(self.plain, headers=sent, media_type=media_type)
        sent["Content-Encoding"] = "gzip"
        return Response(self.packed, headers=sent, media_type=media_type)


def accepts_gzip(header: str) -> bool:
    """
    Say whether an ``Accept-Encoding`` header allows gzip.

    Examples
    --------
    >>> accepts_gzip("br, gzip"), accepts_gzip("*;q=0.5"), accepts_gzip("gzip;q=0, *")
    (True, True, False)
    """
    weights: dict[str, float] = {}
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        try:
            weights[name.strip().lower()] = float(parameters.partition("q=")[2] or 1)
        except ValueError:
            continue
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _packed(plain: bytes, level: int) -> bytes | None:
    # Without the time in it the same answer is the same bytes.
    return None if len(plain) < MINIMUM_SIZE else gzip.compress(plain, level, mtime=0)
