"""Closures, links and gates drawn by hand over the streets of a map."""

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
    "edits_sha256",
]
