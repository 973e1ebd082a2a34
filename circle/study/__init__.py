"""
Studies: a folder with a `circle.toml`, run into a guide, its tables and its layers.

`read_study` reads and checks the file, `run_study` computes everything a guide or the service
needs, `build_study` also writes it. `new_study` starts a folder. The names are loaded when first
used: whoever wants one small part does not pay for drawing maps.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from circle.study.build import BuildResult, build_study, write_study
    from circle.study.config import StudyConfig, find_study, read_study
    from circle.study.load import Report, Step, Study, run_study
    from circle.study.new import new_study
    from circle.study.walks import quickest_way_in, walks_from, ways_in

__all__ = [
    "BuildResult",
    "Report",
    "Step",
    "Study",
    "StudyConfig",
    "build_study",
    "find_study",
    "new_study",
    "quickest_way_in",
    "read_study",
    "run_study",
    "walks_from",
    "ways_in",
    "write_study",
]

_HOME = {
    "BuildResult": "build",
    "Report": "load",
    "Step": "load",
    "Study": "load",
    "StudyConfig": "config",
    "build_study": "build",
    "find_study": "config",
    "new_study": "new",
    "quickest_way_in": "walks",
    "read_study": "config",
    "run_study": "load",
    "walks_from": "walks",
    "ways_in": "walks",
    "write_study": "build",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
