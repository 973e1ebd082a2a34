"""
Studies: a folder with a `circle.toml`, run into a guide, its tables and its layers.

`read_study` reads and checks the file, `run_study` computes everything a guide or the service
needs, `build_study` also writes it. `new_study` starts a folder.
"""

from circle.study.build import BuildResult, build_study, write_study
from circle.study.config import StudyConfig, find_study, read_study
from circle.study.load import Report, Step, Study, run_study
from circle.study.new import new_study
from circle.study.walks import walks_from

__all__ = [
    "BuildResult",
    "Report",
    "Step",
    "Study",
    "StudyConfig",
    "build_study",
    "find_study",
    "new_study",
    "read_study",
    "run_study",
    "walks_from",
    "write_study",
]
