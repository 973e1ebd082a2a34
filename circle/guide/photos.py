"""
Pictures for the guide: small, upright, and with nothing in them but their pixels.

What a phone writes into a picture (where, when and with what it was taken) must not travel with
the guide, so no picture is passed on: each is drawn anew. What people have in their folders is
taken as it comes (turned, for print, with 16 bits, with transparency), and what is no picture,
or is broken, or would fill the memory, is told by place and file. The same file gives the same
bytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from circle.errors import PhotoError
from circle.guide.model import GuidePhoto

THUMBNAIL_BYTES = 12_000
THUMBNAIL_WIDTH = 320
PRINT_BYTES = 80_000
PRINT_WIDTH = 960
LOGO_BYTES = 60_000
LOGO_SIDE = 512

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
_MOST_BYTES = 60_000_000
# More than any phone takes; Pillow itself warns a little above.
_MOST_PIXELS = 80_000_000
_SMALLEST_SIDE = 8
# Between a square and a wide screen: what is taller or wider loses its ends.
_NARROWEST, _WIDEST = 1.0, 16 / 9
# Of what is cut off a tall picture most is cut at the bottom: pavement, not the sign above.
_CENTERING = (0.5, 0.35)
_QUALITIES = (82, 74, 66, 58, 50, 42)
_SHRINKING = (1.0, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.1)


def make_photo(data: bytes) -> GuidePhoto:
    """
    Return a picture as the guide shows it.

    Parameters
    ----------
    data
        A picture file: JPEG, PNG, WebP, GIF, BMP or TIFF, of several frames the first.

    Returns
    -------
    photo
        Upright, in sRGB, between square and 16:9, the thumbnail at most 320 pixels wide and
        12,000 bytes, the print image at most 960 wide and 80,000 bytes; never enlarged.

    Raises
    ------
    PhotoError
        If it is no picture, is damaged, or has more than 80 million pixels.
    """
    picture = _flat(_opened(data))
    width, height = picture.size
    ratio = min(max(width / height, _NARROWEST), _WIDEST)
    shape = (round(min(width, height * ratio)), round(min(height, width / ratio)))
    print_image, _ = _squeezed(picture, shape, PRINT_WIDTH, PRINT_BYTES)
    thumbnail, (thumb_width, thumb_height) = _squeezed(
        picture, shape, THUMBNAIL_WIDTH, THUMBNAIL_BYTES
    )
    return GuidePhoto(thumbnail, print_image, thumb_width, thumb_height)


def make_logo(data: bytes) -> bytes:
    """
    Return a logo as PNG, its transparency kept.

    Parameters
    ----------
    data
        As for `make_photo`. SVG is not taken: it may hold scripts and ask for files.

    Returns
    -------
    png
        At most 512 pixels either way and 60,000 bytes.

    Raises
    ------
    PhotoError
        As for `make_photo`.
    """
    picture = _opened(data).convert("RGBA")
    for share in _SHRINKING:
        side = max(_SMALLEST_SIDE, round(LOGO_SIDE * share))
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for n_colours in (0, 128, 32):
            drawn = small.quantize(n_colours) if n_colours else small
            stored = io.BytesIO()
            drawn.save(stored, "PNG", optimize=True)
            if stored.tell() <= LOGO_BYTES:
                return stored.getvalue()
    raise _wrong("cannot be made small enough", "无法压缩到足够小")


@dataclass(frozen=True, slots=True)
class BadPhoto:
    """
    A picture a place has and the guide has not.

    Parameters
    ----------
    place
        Name of the place, which is shown without it.
    file
        As the list or the register names it.
    en, zh
        What is wrong with it, and what to do.
    """

    place: str
    file: str
    en: str
    zh: str


def read_photos(
    folder: Path, names: Iterable[tuple[str, str, str]]
) -> tuple[dict[str, GuidePhoto], tuple[BadPhoto, ...]]:
    """
    Read the pictures of places; one that cannot be shown keeps no other from it.

    Parameters
    ----------
    folder
        Where pictures lie, or below.
    names
        ``facility_id``, name of the place, and file name.

    Returns
    -------
    photos
        By ``facility_id``.
    bad
        Those that are not there or cannot be used.
    """
    photos: dict[str, GuidePhoto] = {}
    made: dict[Path, GuidePhoto] = {}
    bad: list[BadPhoto] = []
    for facility_id, place, name in names:
        try:
            path = photo_file(folder, name)
            if path not in made:
                made[path] = make_photo(path.read_bytes())
            photos[facility_id] = made[path]
        except (PhotoError, OSError) as error:
            told = error if isinstance(error, PhotoError) else _wrong("cannot be read", "无法读取")
            bad.append(BadPhoto(place, name, told.en.rstrip("."), told.zh.rstrip("。")))
    return photos, tuple(bad)


def photo_problem(folder: Path, name: str) -> PhotoError | None:
    """
    Return what is seen at once to be wrong with a picture a list names, None where nothing is.

    It is not decoded: a thousand of them are looked at in a moment. One that ends too early is
    told when it is drawn.

    Parameters
    ----------
    folder, name
        As for `read_photos`.
    """
    try:
        with _without_warnings():
            _begun(photo_file(folder, name).read_bytes())
    except PhotoError as error:
        return error
    except OSError:
        return _wrong("cannot be read", "无法读取")
    return None


def _wrong(en: str, zh: str) -> PhotoError:
    return PhotoError(en=f"The picture {en}.", zh=f"图片{zh}。")


def photo_file(folder: Path, name: str) -> Path:
    """
    Return a file below the folder; a list must not name files elsewhere on the machine.

    Raises
    ------
    PhotoError
        If there is none.
    """
    root = folder.resolve()
    try:
        path = (root / name.replace("\\", "/")).resolve()
        is_there = path.is_relative_to(root) and path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise PhotoError(
            en=f"there is no such file in {root}; put the picture there.",
            zh=f"文件夹 {root} 中没有这个文件；请把图片放进去。",
        )
    return path


def _begun(data: bytes) -> Image.Image:
    """Return a picture of which only the head was read, in whichever mode it came."""
    if len(data) > _MOST_BYTES:
        raise _wrong("has more than 60 MB; save it smaller", "超过 60 MB；请缩小后再用")
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftypavif"):
        raise _wrong(
            "is in Apple's HEIC format; save it as JPEG",
            "是 HEIC 格式；请另存为 JPEG（手机设置中选“兼容性最佳”）",
        )
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # a foreign file may do anything to a reader
        raise _wrong("is none; save it as JPEG or PNG", "不是图片；请另存为 JPEG 或 PNG") from error
    if picture.width * picture.height > _MOST_PIXELS:
        raise _too_large()
    if min(picture.size) < _SMALLEST_SIDE:
        raise _wrong("is smaller than 8 pixels", "小于 8 个像素")
    return picture


def _opened(data: bytes) -> Image.Image:
    """Return the first frame, upright, in whichever mode it came."""
    with _without_warnings():
        picture = _begun(data)
        try:
            # A JPEG is read at a half, a quarter or an eighth where that is enough.
            picture.draft("RGB", (2 * PRINT_WIDTH, 2 * PRINT_WIDTH))
            picture.load()
            return ImageOps.exif_transpose(picture)
        except Exception as error:
            raise _wrong(
                "is damaged or cut off; copy it again", "已损坏或不完整；请重新复制"
            ) from error


def _too_large() -> PhotoError:
    return _wrong(
        "has more than 80 million pixels; save it smaller", "超过 8000 万像素；请缩小后再用"
    )


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Nobody reads what a library remarks about a picture's size or its tags."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _flat(picture: Image.Image) -> Image.Image:
    """Return a picture in sRGB on white, without anything beside its pixels."""
    with _without_warnings():
        try:
            shown = _in_eight_bits(picture)
            factor = min(shown.size) // (2 * PRINT_WIDTH)
            if factor > 1 and shown.mode in ("L", "RGB", "CMYK"):
                shown = _with_info(shown.reduce(factor), shown)
            shown = _in_srgb(shown)
        except Exception as error:
            raise _wrong("cannot be shown; save it as JPEG", "无法显示；请另存为 JPEG") from error
    page = Image.new("RGB", shown.size, "white")
    has_alpha = shown.mode in ("RGBA", "LA", "PA") or "transparency" in shown.info
    if has_alpha:
        layer = shown.convert("RGBA")
        page.paste(layer, mask=layer.getchannel("A"))
    else:
        page.paste(shown.convert("RGB"))
    return page


def _with_info(picture: Image.Image, of: Image.Image) -> Image.Image:
    picture.info.update(of.info)
    return picture


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.asarray(picture)
    if picture.mode.startswith("F"):
        light = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = float(light.min()), float(light.max())
        light = (light - low) * (255.0 / max(high - low, 1e-9))
    else:
        light = values >> 8 if values.max() > 255 else values
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return a picture's colours as every screen takes them, by its profile if it has one."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(
            picture, own, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned if turned is not None else picture


def _squeezed(
    picture: Image.Image, shape: tuple[int, int], most_wide: int, most_bytes: int
) -> tuple[bytes, tuple[int, int]]:
    """Return a JPEG of at most so many bytes: first the quality gives way, then the size."""
    first = min(1.0, most_wide / shape[0])
    for share in _SHRINKING:
        size = (
            max(_SMALLEST_SIDE, round(shape[0] * first * share)),
            max(_SMALLEST_SIDE, round(shape[1] * first * share)),
        )
        small = ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=_CENTERING)
        for quality in _QUALITIES:
            stored = io.BytesIO()
            small.save(stored, "JPEG", quality=quality, optimize=True, subsampling="4:2:0")
            if stored.tell() <= most_bytes:
                return stored.getvalue(), size
    raise _wrong("cannot be made small enough", "无法压缩到足够小")
