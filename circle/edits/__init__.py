"""Closures, links and gates drawn by hand over the streets of a map."""

from circle.edits.apply import edit_network
from circle.edits.files import edit_of, read_edits, write_edits
from circle.edits.model import (
    ClosedTo,
    Closure,
    Edit,
    Gate,
    Link,
    LinkKind,
    Opens,
    as_feature,
    edits_sha256,
)

__all__ = [
    "ClosedTo",
    "Closure",
    "Edit",
    "Gate",
    "Link",
    "LinkKind",
    "Opens",
    "as_feature",
    "edit_network",
    "edit_of",
    "edits_sha256",
    "read_edits",
    "write_edits",
]
