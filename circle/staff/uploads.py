"""
What people upload, kept between the steps of an import: for an hour, under a name nobody guesses.

A file is kept under a name of plain letters, whatever it was called. Before it is read again its
hash is held against the one it came with.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import shutil
import tempfile
import threading
import time
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from circle.errors import InputError, SheetError
from circle.store.importing import ImportPlan
from circle.store.list_files import MAP_SUFFIXES, SHEET_SUFFIXES, PlaceList

MOST_BYTES = 20_000_000
KEPT_S = 3600.0
SUFFIXES = (*SHEET_SUFFIXES, *(suffix for suffix in MAP_SUFFIXES if suffix != ".shp"), ".zip")
_MOST_UNPACKED_BYTES = 200_000_000
_MOST_KEPT = 40
_SHAPE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"})


class ExpiredError(InputError):
    """What was uploaded is not there any more."""


@dataclass(slots=True)
class Upload:
    """
    An uploaded list and what was said of it.

    Parameters
    ----------
    token
        Under which it is kept.
    path
        The file to read.
    sha256
        Of that file when it came.
    until_s
        When it is thrown away.
    who
        Who brought it.
    datum, mapping, default_class
        What was said of it; see `circle.store.list_rows.read_drafts`.
    listed, plan
        What it was read as, and what it would change.
    n_written, act_id
        What came of it, once it was imported.
    """

    token: str
    path: Path
    sha256: str
    until_s: float
    who: str
    datum: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    default_class: str | None = None
    listed: PlaceList | None = None
    plan: ImportPlan | None = None
    n_written: int | None = None
    act_id: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Uploads:
    """
    Keeps uploads in a folder of its own, which goes with it.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._folder = Path(tempfile.mkdtemp(prefix="circle-staff-"))
        self._kept: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def keep(self, name: str, data: bytes, who: str) -> Upload:
        """
        Keep a file.

        Parameters
        ----------
        name
            As it was called; only its last part and its plain letters are used.
        data
            What is in it.
        who
            Who brought it.

        Raises
        ------
        SheetError
            If it is empty, too large, or no list by its name.
        """
        plain = plain_name(name)
        suffix = PurePosixPath(plain).suffix.lower()
        if suffix not in SUFFIXES:
            raise SheetError(
                en="That is no list this program reads; choose an Excel file (.xlsx), .csv, "
                ".geojson, .gpkg, or a Shapefile packed as .zip.",
                zh="无法读取这种文件；请选择 Excel（.xlsx）、.csv、.geojson、.gpkg，"
                "或打包成 .zip 的 Shapefile。",
            )
        if not data:
            raise SheetError(en="The file is empty.", zh="文件是空的。")
        if len(data) > MOST_BYTES:
            raise SheetError(
                en=f"The file has more than {MOST_BYTES // 1_000_000} MB; split it.",
                zh=f"文件超过 {MOST_BYTES // 1_000_000} MB；请拆分后再上传。",
            )
        token = secrets.token_urlsafe(24)
        folder = self._folder / token
        folder.mkdir(mode=0o700)
        try:
            path = _stored(folder, plain, suffix, data)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        upload = Upload(token, path, _hash(path), self._clock() + KEPT_S, who)
        with self._lock:
            self._throw_away()
            self._kept[token] = upload
        return upload

    def get(self, token: str) -> Upload:
        """
        Return what is kept under a token.

        Raises
        ------
        ExpiredError
            If it was thrown away, or is not what it was.
        """
        with self._lock:
            self._throw_away()
            upload = self._kept.get(token)
        if upload is None or not upload.path.is_file() or _hash(upload.path) != upload.sha256:
            raise ExpiredError(
                en="This upload is not kept any more (one hour at most); upload the file again.",
                zh="上传的文件已过期（最多保留一小时）；请重新上传。",
            )
        return upload

    def close(self) -> None:
        """Throw everything away."""
        with self._lock:
            self._kept.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _throw_away(self) -> None:
        now = self._clock()
        order = sorted(self._kept.values(), key=lambda upload: upload.until_s)
        n_too_many = max(0, len(order) - _MOST_KEPT + 1)
        for number, upload in enumerate(order):
            if upload.until_s < now or number < n_too_many:
                del self._kept[upload.token]
                shutil.rmtree(self._folder / upload.token, ignore_errors=True)


def plain_name(name: str) -> str:
    r"""
    Return a file name that is nothing but a name.

    Examples
    --------
    >>> plain_name("../../etc/名单 2.xlsx"), plain_name("C:\\tmp\\a<b>.CSV"), plain_name("..")
    ('名单_2.xlsx', 'a_b_.CSV', 'list')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = re.sub(r"[^\w.\-()（）]+", "_", last)
    stem, dot, suffix = plain.rpartition(".")
    kept = (stem if dot else suffix).lstrip(".-")[:60] or "list"
    return f"{kept}.{suffix[:10]}" if dot and suffix else kept


def _stored(folder: Path, name: str, suffix: str, data: bytes) -> Path:
    if suffix in (".xlsx", ".zip"):
        _check_archive(data)
    if suffix == ".zip":
        return _unpacked(folder, data)
    path = folder / name
    path.write_bytes(data)
    return path


def _check_archive(data: bytes) -> None:
    """Refuse what is no archive, or would fill the memory when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SheetError(
            en="The file is damaged or not what its name says; save it again (Excel: as .xlsx).",
            zh="文件已损坏或格式与扩展名不符；请重新保存（Excel 请存为 .xlsx）。",
        ) from error
    if size > _MOST_UNPACKED_BYTES:
        raise SheetError(en="What is packed in the file is too large.", zh="文件解压后的内容过大。")


def _unpacked(folder: Path, data: bytes) -> Path:
    """Unpack the parts of the one Shapefile in an archive, under names of our own."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [
            (PurePosixPath(member.filename.replace("\\", "/")), member)
            for member in archive.infolist()
            if not member.is_dir()
        ]
        shapes = [path for path, _ in members if path.suffix.lower() == ".shp"]
        if len(shapes) != 1:
            raise SheetError(
                en=f"The archive holds {len(shapes)} Shapefiles; pack exactly one, with its .shp, "
                ".shx, .dbf, .prj and .cpg.",
                zh=f"压缩包中有 {len(shapes)} 个 Shapefile；请只打包一个（含 .shp、.shx、.dbf、"
                ".prj、.cpg）。",
            )
        whole = shapes[0].with_suffix("")
        stem = PurePosixPath(plain_name(whole.name + ".x")).stem
        for path, member in members:
            if path.with_suffix("") == whole and path.suffix.lower() in _SHAPE_PARTS:
                try:
                    content = archive.read(member)
                except (RuntimeError, zipfile.BadZipFile, OSError, EOFError) as error:
                    raise SheetError(
                        en="The archive is damaged or has a password; pack it again.",
                        zh="压缩包已损坏或有密码；请重新打包。",
                    ) from error
                (folder / (stem + path.suffix.lower())).write_bytes(content)
    return folder / f"{stem}.shp"


def _hash(path: Path) -> str:
    """Return the hash of a file and of whatever belongs to it."""
    digest = hashlib.sha256()
    for part in sorted(path.parent.iterdir()):
        digest.update(part.name.encode() + b"\0" + part.read_bytes())
    return digest.hexdigest()
