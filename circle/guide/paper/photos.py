"""Pictures of the places and the community's logo, checked before they go onto a page."""

from __future__ import annotations

import base64
import hashlib
import io
import warnings
from collections.abc import Iterable

from PIL import Image

from circle.guide.model import GuidePlace

_MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png"}
_CUT = 'width="4" height="3" preserveAspectRatio="xMidYMid slice"'


def photo_files(places: Iterable[GuidePlace]) -> tuple[dict[str, str], dict[str, bytes]]:
    """
    Return the pictures to print, each cut to four by three around its middle.

    Parameters
    ----------
    places
        Those printed.

    Returns
    -------
    names
        File name by `facility_id`, of the places with a picture that can be drawn; the others
        get the pictogram of their class.
    files
        The pictures by name, SVG; the same picture of several places is kept once.
    """
    names: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for place in places:
        if place.photo is None:
            continue
        for picture in (place.photo.print_image, place.photo.thumbnail):
            looked = _look_at(picture)
            if looked is not None:
                name = f"photo-{hashlib.sha256(picture).hexdigest()[:12]}.svg"
                names[place.facility_id] = name
                files[name] = _drawing(picture, looked[0], _CUT, "0 0 4 3")
                break
    return names, files


def logo_drawing(picture: bytes) -> tuple[bytes, float]:
    """
    Return a picture as SVG and its width over its height; nothing where it cannot be drawn.

    Examples
    --------
    >>> logo_drawing(b"not a picture")
    (b'', 1.0)
    """
    looked = _look_at(picture)
    if looked is None:
        return b"", 1.0
    media, width, height = looked
    size = f'width="{width}" height="{height}"'
    return _drawing(picture, media, size, f"0 0 {width} {height}"), width / height


def _drawing(picture: bytes, media: str, size: str, view: str) -> bytes:
    # The pages take text alone: the picture stands in a drawing.
    stored = base64.b64encode(picture).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">'
        f'<image {size} href="data:{media};base64,{stored}"/></svg>'
    ).encode()


def _look_at(picture: bytes) -> tuple[str, int, int] | None:
    """Return kind, width and height of a picture that can be drawn."""
    if not picture:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about it, its drawing will show
            with Image.open(io.BytesIO(picture)) as opened:
                opened.load()
                media = _MEDIA.get(opened.format or "")
                return (media, *opened.size) if media else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
