"""
Saves a `WalkNetwork` as one file and opens it again in milliseconds.

Layout, all little-endian::

    8 bytes   magic  "CIRCLEWN"
    4 bytes   format version, uint32
    4 bytes   length of the header, uint32
    4 bytes   CRC-32 of the header, uint32
    header    JSON: provenance, frame, extent, names, and dtype, shape, offset of every array
    arrays    each starting at a multiple of 64 bytes

The arrays are memory-mapped, so that opening costs the header and the pages actually walked on.
The header states the size of the whole file and a CRC-32 of the arrays, which is checked at every
opening (10 ms for Porto's 30 MB): compiled loops trust what they are given.

Version 2 has two more arrays: the heights of vertices, and the paces slopes make of edges.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from circle.errors import NetworkFileError
from circle.geometry import Bounds, LocalFrame
from circle.network import WalkNetwork
from circle.provenance import Provenance
from circle.segments import SegmentIndex

MAGIC = b"CIRCLEWN"
FORMAT_VERSION = 2
"""The newest layout this program reads and writes. A network without heights is written as
version 1, which older programs open too."""

SUFFIX = ".circle"
ALIGNMENT = 64

_PREFIX = len(MAGIC) + 12
_HEIGHTS = frozenset(("node_height_m", "edge_pace"))


def _array_fields() -> dict[str, type]:
    """Return the names of the fields that travel as arrays, those of the indexes dotted."""
    hints = get_type_hints(WalkNetwork)
    names: dict[str, type] = {}
    for field in fields(WalkNetwork):
        kind = hints[field.name]
        if kind is SegmentIndex:
            names.update({f"{field.name}.{part.name}": SegmentIndex for part in fields(kind)})
        elif field.name.startswith(("node_", "arc_", "edge_", "point_", "part_", "barrier_")) or (
            field.name in ("first_arc", "water_wkb")
        ):
            names[field.name] = np.ndarray
    return names


def save_network(network: WalkNetwork, path: str | Path) -> Path:
    """
    Save a network as one file.

    Parameters
    ----------
    network
        What to save.
    path
        Where to; an existing file is replaced only once the new one is complete.

    Returns
    -------
    path
        The file written. The same network gives the same bytes.

    Raises
    ------
    NetworkFileError
        If the folder is missing or cannot be written to.
    """
    path = Path(path)
    arrays: list[tuple[dict[str, Any], np.ndarray[Any, Any]]] = []
    offset = 0
    crc = 0
    version = FORMAT_VERSION if network.has_heights else 1
    for name in _array_fields():
        if version == 1 and name in _HEIGHTS:
            continue
        value: Any = network
        for part in name.split("."):
            value = getattr(value, part)
        array = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        padding = -offset % ALIGNMENT
        crc = zlib.crc32(array.data, zlib.crc32(b"\0" * padding, crc))
        offset += padding
        arrays.append(
            (
                {
                    "name": name,
                    "dtype": array.dtype.str,
                    "shape": list(array.shape),
                    "offset": offset,
                },
                array,
            )
        )
        offset += array.nbytes
    header = json.dumps(
        {
            "provenance": network.provenance.as_dict(),
            "frame": asdict(network.frame),
            "bounds": list(network.bounds),
            "names": list(network.names),
            "arrays": [entry for entry, _ in arrays],
            "arrays_bytes": offset,
            "arrays_crc32": crc,
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
    prefix = MAGIC + np.array([version, len(header), zlib.crc32(header)], "<u4").tobytes()
    start = len(prefix) + len(header)
    start += -start % ALIGNMENT
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write((prefix + header).ljust(start, b"\0"))
            for entry, array in arrays:
                file.write(b"\0" * (start + entry["offset"] - file.tell()))
                file.write(array.data)
        # Readable to others like any file, not private like a temporary one.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise NetworkFileError(
            en=f"Cannot write {path} ({error.strerror}); choose an existing folder you may "
            "write to.",
            zh=f"无法写入 {path}（{error.strerror}）；请选择已存在且可写的文件夹。",
        ) from error
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_network(path: str | Path) -> WalkNetwork:
    """
    Open a saved network.

    Parameters
    ----------
    path
        A file written by `save_network`.

    Returns
    -------
    network
        Its arrays are memory-mapped and read-only.

    Raises
    ------
    NetworkFileError
        If the file is missing, foreign, of another format version, cut off or damaged.
    """
    path = Path(path)
    try:
        raw = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.empty(0, np.uint8)
    except OSError as error:
        raise NetworkFileError(
            en=f"Cannot open {path} ({error.strerror}); check the name.",
            zh=f"无法打开 {path}（{error.strerror}）；请检查文件名。",
        ) from error
    if raw[: len(MAGIC)].tobytes() != MAGIC:
        raise NetworkFileError(
            en=f"{path.name} is not a saved walking network; make one with "
            "'circle streets FILE -o OUT.circle'.",
            zh=f"{path.name} 不是已保存的步行路网；请用 “circle streets FILE -o OUT.circle” 生成。",
        )
    damaged = NetworkFileError(
        en=f"{path.name} is damaged or cut off; make it again with "
        "'circle streets FILE -o OUT.circle'.",
        zh=f"{path.name} 已损坏或不完整；请用 “circle streets FILE -o OUT.circle” 重新生成。",
    )
    if len(raw) < _PREFIX:
        raise damaged
    version, header_bytes, header_crc = raw[len(MAGIC) : _PREFIX].view("<u4").tolist()
    if not 1 <= version <= FORMAT_VERSION:
        raise NetworkFileError(
            en=f"{path.name} has format version {version}, this program reads 1 to "
            f"{FORMAT_VERSION}; "
            "make it again with 'circle streets FILE -o OUT.circle'.",
            zh=f"{path.name} 的格式版本为 {version}，本程序只读版本 1 至 {FORMAT_VERSION}；"
            "请用 “circle streets FILE -o OUT.circle” 重新生成。",
        )
    header_raw = raw[_PREFIX : _PREFIX + header_bytes].tobytes()
    if zlib.crc32(header_raw) != header_crc:
        raise damaged
    header = json.loads(header_raw)
    start = _PREFIX + header_bytes
    start += -start % ALIGNMENT
    body = raw[start:]
    if len(body) != header["arrays_bytes"] or zlib.crc32(body.data) != header["arrays_crc32"]:
        raise damaged
    values: dict[str, Any] = {}
    indexes: dict[str, dict[str, Any]] = {}
    for entry in header["arrays"]:
        dtype = np.dtype(entry["dtype"])
        size = int(np.prod(entry["shape"])) * dtype.itemsize
        array = body[entry["offset"] : entry["offset"] + size].view(np.ndarray)
        array = array.view(dtype).reshape(entry["shape"])
        owner, _, part = entry["name"].partition(".")
        if part:
            indexes.setdefault(owner, {})[part] = array
        else:
            values[owner] = array
    values.update({name: SegmentIndex(**parts) for name, parts in indexes.items()})
    return WalkNetwork(
        frame=LocalFrame(**header["frame"]),
        bounds=Bounds(*header["bounds"]),
        provenance=Provenance(**header["provenance"]),
        names=tuple(header["names"]),
        **values,
    )
