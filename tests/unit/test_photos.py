"""Pictures of places: whatever comes, small and nameless pixels go out, or a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from circle.errors import PhotoError
from circle.guide.photos import (
    PRINT_BYTES,
    THUMBNAIL_BYTES,
    make_logo,
    make_photo,
    photo_problem,
    read_photos,
)

SECRETS = (b"GPS", b"Exif", b"secret-phone", b"ICC", b"http://ns.adobe", b"Comment me")


def stored(picture: Image.Image, form: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return what compresses worst."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    values = np.random.default_rng(7).integers(0, 256, (height, width, channels), np.uint8)
    return Image.fromarray(values.squeeze(), mode if channels > 1 else None)


def halves(width: int, height: int) -> Image.Image:
    """Return red above blue."""
    picture = Image.new("RGB", (width, height), (220, 20, 20))
    picture.paste((20, 20, 220), (0, height // 2, width, height))
    return picture


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def exif_of(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Model] = "secret-phone"
    exif[ExifTags.Base.DateTime] = "2021:09:11 10:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (36.0, 3.0, 40.0)
    return exif


def test_everything_but_the_pixels_is_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = stored(halves(800, 600), exif=exif_of(1), icc_profile=profile, comment=b"Comment me")
    assert b"secret-phone" in data
    photo = make_photo(data)
    for picture in (photo.thumbnail, photo.print_image):
        assert not any(secret in picture for secret in SECRETS)
        kept = opened(picture)
        assert not kept.getexif()
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "secret-phone")
    logo = make_logo(stored(halves(700, 300), "PNG", pnginfo=text, exif=exif_of(1)))
    assert not any(secret in logo for secret in SECRETS)
    assert opened(logo).info == {}


@pytest.mark.parametrize(("orientation", "is_red_left"), [(6, False), (8, True)])
def test_a_picture_stands_upright(orientation: int, is_red_left: bool) -> None:
    photo = make_photo(stored(halves(600, 800), exif=exif_of(orientation)))
    assert photo.width > photo.height
    picture = opened(photo.thumbnail).convert("RGB")
    left, right = (
        picture.getpixel((x, photo.height // 2)) for x in (photo.width // 8, photo.width * 7 // 8)
    )
    assert (left[0] > left[2]) == is_red_left
    assert (right[0] > right[2]) != is_red_left


@pytest.mark.parametrize(
    "size", [(320, 240), (4000, 3000), (3000, 4000), (200, 2000), (2000, 200), (8, 8), (1200, 9)]
)
@pytest.mark.parametrize("is_noise", [True, False])
def test_a_thumbnail_never_weighs_more(size: tuple[int, int], is_noise: bool) -> None:
    photo = make_photo(stored(noise(*size) if is_noise else halves(*size), quality=95))
    assert len(photo.thumbnail) <= THUMBNAIL_BYTES
    assert len(photo.print_image) <= PRINT_BYTES
    assert opened(photo.thumbnail).size == (photo.width, photo.height)
    assert photo.width <= 320
    if min(size) > 100:
        assert 0.97 <= photo.width / photo.height <= 1.82
    if not is_noise and size == (4000, 3000):
        assert (photo.width, photo.height) == (320, 240)


def test_the_same_file_gives_the_same_bytes() -> None:
    data = stored(noise(900, 700), exif=exif_of(6))
    assert make_photo(data) == make_photo(data)
    assert make_logo(data) == make_logo(data)


def test_pictures_of_every_kind() -> None:
    ramp = np.linspace(0, 65535, 200 * 160).reshape(160, 200)
    see_through = Image.new("RGBA", (200, 160), (0, 0, 0, 0))
    see_through.paste((200, 0, 0, 255), (0, 0, 100, 160))
    palette = see_through.quantize(8)
    frames = [Image.new("RGB", (200, 160), colour) for colour in ("red", "lime", "blue")]
    kinds = {
        "cmyk": stored(halves(200, 160).convert("CMYK")),
        "grey": stored(halves(200, 160).convert("L")),
        "bits": stored(halves(200, 160).convert("1", dither=Image.Dither.NONE), "PNG"),
        "sixteen": stored(Image.fromarray(ramp.astype(np.uint16)), "PNG"),
        "real": stored(Image.fromarray(ramp.astype(np.float32)), "TIFF"),
        "see-through": stored(see_through, "PNG"),
        "grey see-through": stored(see_through.convert("LA"), "PNG"),
        "palette": stored(palette, "PNG"),
        "animated": stored(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "moving": stored(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "apng": stored(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "bmp": stored(halves(200, 160), "BMP"),
    }
    shown = {key: opened(make_photo(data).thumbnail).convert("RGB") for key, data in kinds.items()}
    assert {picture.size for picture in shown.values()} == {(200, 160)}
    # White under what is see-through, and the ramp of 16 bits runs from black to white.
    assert min(shown["see-through"].getpixel((180, 80))) > 240
    assert min(shown["palette"].getpixel((180, 80))) > 240
    for key in ("sixteen", "real"):
        assert max(shown[key].getpixel((100, 2))) < 20
        assert 100 < shown[key].getpixel((100, 80))[0] < 156
        assert min(shown[key].getpixel((100, 157))) > 235
    for key in ("animated", "moving", "apng"):
        red, green, blue = shown[key].getpixel((100, 80))
        assert red > 200
        assert green < 60
        assert blue < 60
    red, _, blue = shown["cmyk"].getpixel((100, 20))
    assert red > blue + 100


def test_sixty_million_pixels_are_read() -> None:
    photo = make_photo(stored(halves(9000, 6700), quality=60))
    assert (photo.width, photo.height) == (320, 238)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is none"),
        (b"not a picture", "is none"),
        (b"%PDF-1.4 nor this", "is none"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "is none"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
        (stored(noise(600, 400))[:20_000], "damaged"),
        (stored(noise(600, 400), "PNG")[:20_000], "damaged"),
        (png_header(60_000, 60_000), "80 million"),
        (png_header(12_000, 7_000), "80 million"),
        (png_header(400, 300), "damaged"),
        (stored(halves(4, 400), "PNG"), "8 pixels"),
    ],
)
def test_what_is_no_picture_is_told(data: bytes, says: str) -> None:
    with pytest.raises(PhotoError, match=says) as refusal:
        make_photo(data)
    assert refusal.value.zh.startswith("图片")
    with pytest.raises(PhotoError):
        make_logo(data)


def test_a_logo_keeps_what_shows_through() -> None:
    picture = Image.new("RGBA", (900, 300), (0, 0, 0, 0))
    picture.paste((10, 90, 60, 255), (300, 0, 600, 300))
    logo = make_logo(stored(picture, "PNG"))
    assert logo.startswith(b"\x89PNG")
    shown = opened(logo).convert("RGBA")
    assert shown.size == (512, 171)
    assert shown.getpixel((10, 80))[3] == 0
    assert shown.getpixel((256, 80)) == (10, 90, 60, 255)
    assert len(make_logo(stored(noise(900, 900, "RGBA"), "PNG"))) <= 60_000


def test_a_bad_picture_keeps_no_other_from_the_guide(tmp_path: Path) -> None:
    (tmp_path / "list" / "pictures").mkdir(parents=True)
    (tmp_path / "outside.jpg").write_bytes(stored(halves(90, 60)))
    (tmp_path / "list" / "pictures" / "good.JPG").write_bytes(stored(halves(90, 60)))
    (tmp_path / "list" / "broken.jpg").write_bytes(b"no")
    folder = tmp_path / "list"
    good = [("a", "市场", "pictures/good.JPG"), ("b", "市场", "pictures\\good.JPG")]
    names = ("broken.jpg", "missing.jpg", "../outside.jpg", str(tmp_path / "outside.jpg"))
    wrong = [(name, "诊所", name) for name in (*names, "pictures", "x\x00y")]
    found, bad = read_photos(folder, [good[0], *wrong, good[1]])
    assert set(found) == {"a", "b"}
    assert [photo.file for photo in bad] == [name for _, _, name in wrong]
    assert {photo.place for photo in bad} == {"诊所"}
    assert "JPEG" in bad[0].en
    assert str(folder) in bad[1].zh
    assert photo_problem(folder, "pictures/good.JPG") is None
    assert all(photo_problem(folder, name) is not None for _, _, name in wrong)
