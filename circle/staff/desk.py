"""What the staff pages work on: the register of a study, its map, and the next edition of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from circle.classes import ClassTable, load_classes
from circle.errors import CircleError
from circle.guide.basemap import encode_basemap
from circle.guide.photos import BadPhoto
from circle.staff.uploads import Uploads
from circle.store import Register
from circle.store.surroundings import Surroundings
from circle.study import Study, StudyConfig, build_study
from circle.study.geocoder import read_listed, study_surroundings


@dataclass(frozen=True, slots=True)
class Edition:
    """
    How the making of a new edition stands.

    Parameters
    ----------
    state
        ``"none"`` before the first, then what it is at.
    n_places
        Places on the map of the last one.
    en, zh
        Why it could not be made.
    bad_photos
        Pictures it has to do without.
    """

    state: Literal["none", "running", "done", "failed"] = "none"
    n_places: int = 0
    en: str = ""
    zh: str = ""
    bad_photos: tuple[BadPhoto, ...] = ()


class StaffDesk:
    """
    The register of a study and what is needed to work on it.

    Parameters
    ----------
    config
        The study; it names a register.
    study
        The study as it was last run: its map is drawn below the places.
    out_dir
        Folder for the files of an edition.
    on_edition
        Told of the study after a new edition was made.

    Raises
    ------
    StudyError
        If the study names no register.
    """

    def __init__(
        self,
        config: StudyConfig,
        study: Study,
        out_dir: Path,
        on_edition: Callable[[Study], None] | None = None,
    ) -> None:
        self.config = config
        self.register = Register.open(config.named_register())
        self.classes: ClassTable = load_classes(config.classes)
        self.uploads = Uploads()
        self.basemap_json = json.dumps(
            encode_basemap(study.content.basemap), separators=(",", ":")
        ).encode()
        self.out_dir = out_dir
        self.network = study.network
        edges = study.network.edges_frame()
        self._street_lines = edges[edges["name"].fillna("") != ""]
        self.edition = Edition()
        self._on_edition = on_edition
        self._lock = threading.Lock()
        self._around: Surroundings | None = None
        self._has_read = False

    @property
    def center(self) -> tuple[float, float]:
        """Where a map opens that has nothing else to show: longitude and latitude."""
        return self.config.center.lon, self.config.center.lat

    def surroundings(self, *, again: bool = False) -> Surroundings | None:
        """Return the map addresses are looked up on, read when first asked for, or again."""
        with self._lock:
            if again or not self._has_read:
                try:
                    self._around = self._read_surroundings()
                except CircleError:
                    # A map without names is no mistake; there is only nobody to ask.
                    self._around = None
                self._has_read = True
            return self._around

    def _read_surroundings(self) -> Surroundings:
        # The register itself is no other source of where its places are.
        listed = read_listed(replace(self.config, register=None), self.classes)
        around = study_surroundings(self.config, listed.known)
        if around.features.street_lines.empty:
            features = replace(around.features, street_lines=self._street_lines)
            around = replace(around, features=features)
        return around

    def make_edition(self) -> bool:
        """Begin to make the new edition beside everything else; False while one is being made."""
        with self._lock:
            if self.edition.state == "running":
                return False
            self.edition = Edition("running")
        threading.Thread(target=self._make, name="edition", daemon=True).start()
        return True

    def _make(self) -> None:
        try:
            result = build_study(self.config, self.out_dir)
            if self._on_edition is not None:
                self._on_edition(result.study)
            self.edition = Edition(
                "done", len(result.study.content.places), bad_photos=result.study.bad_photos
            )
        except CircleError as error:
            self.edition = Edition("failed", en=error.en, zh=error.zh)
        except Exception as error:  # whoever waits for it must be told that it has ended
            kind = type(error).__name__
            self.edition = Edition(
                "failed",
                en=f"Something went wrong that should not have ({kind}); the guide is as before.",
                zh=f"出现意外错误（{kind}）；指南保持原样。",
            )

    def close(self) -> None:
        """Let go of the register and of what was uploaded."""
        self.uploads.close()
        self.register.close()


def servable(config: StudyConfig) -> StudyConfig:
    """
    Return a study that can be run although nobody has published a place of its register yet.

    Parameters
    ----------
    config
        The study. Its register is made if it is not there yet. Until it has a published place
        the study is served with what its list or its map has.
    """
    if config.register is None:
        return config
    with Register.open(config.register) as register:
        has_any = bool(register.places(status="in_use", is_published=True))
    return config if has_any else replace(config, register=None)
