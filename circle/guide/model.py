"""
The words and shapes of a guide: what `circle.guide.content` decides and what everybody draws.

Frozen, plain, in both languages; nothing here computes.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from circle.geometry import LonLat
from circle.guide.basemap import Basemap
from circle.guide.wording import Both

_UNSAID = Both("", "")


class ClassRow(Protocol):
    """What the guide needs to know of a class of places."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def name_zh(self) -> str: ...  # noqa: D102
    @property
    def name_en(self) -> str: ...  # noqa: D102
    @property
    def icon(self) -> str: ...  # noqa: D102
    @property
    def colour(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class GuideTexts:
    """
    What a study says about itself.

    Parameters
    ----------
    title_zh, title_en
        Title of the guide.
    community_zh, community_en
        Whose guide it is.
    notice_zh, notice_en
        Plain words about what the data are; may be empty.
    center
        Where every walk of the guide starts.
    center_name_zh, center_name_en
        What stands there.
    center_accuracy_m
        How well its position is known, ``None`` when nobody says.
    center_note_zh, center_note_en
        Why it is thought to be there; may be empty.
    minutes
        The rings' minutes, ascending.
    walker
        Name of the walker whose times are given, or a speed in m/s such as ``"1.1"``.
    languages
        ``"zh-CN"``, ``"en"`` or both; the page opens in the first one.
    guide_url, feedback_url
        Web addresses of the guide and for telling the community, empty where there are none.
    approval_number
        Review number of the map (审图号), empty where there is none.
    timezone, contacts, logo, style
        As in `GuideContent`.
    edition_date
        ISO date of the edition: offers and events that were over by then are left out, on every
        face of the guide. Empty: nothing is left out.
    """

    title_zh: str
    title_en: str
    community_zh: str
    community_en: str
    notice_zh: str
    notice_en: str
    center: LonLat
    center_name_zh: str
    center_name_en: str
    center_accuracy_m: float | None = None
    center_note_zh: str = ""
    center_note_en: str = ""
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    walker: str = "adult"
    languages: tuple[str, ...] = ("zh-CN", "en")
    guide_url: str = ""
    feedback_url: str = ""
    approval_number: str = ""
    timezone: str = ""
    contacts: tuple[GuideContact, ...] = ()
    logo: bytes = b""
    style: str = "community"
    edition_date: str = ""


@dataclass(frozen=True, slots=True)
class GuideCenter:
    """Where every walk of the guide starts; fields as in `GuideTexts`."""

    lon: float
    lat: float
    name: Both
    accuracy_m: int | None
    note: Both


@dataclass(frozen=True, slots=True)
class GuideEntrance:
    """
    A way into a place; walks end there.

    Parameters
    ----------
    lon, lat
        Degrees.
    name
        What it is called, such as "east gate"; may be empty.
    """

    lon: float
    lat: float
    name: Both


@dataclass(frozen=True, slots=True)
class GuideOffer:
    """
    What a shop or an office offers to residents.

    Parameters
    ----------
    text
        The offer in one line.
    until
        ISO date of its last day, empty when it has none.
    """

    text: str
    until: str


@dataclass(frozen=True, slots=True)
class GuideEvent:
    """
    Something that takes place on a day.

    Parameters
    ----------
    title
        What it is, in one line.
    starts
        ISO date, or date and time ``YYYY-MM-DDTHH:MM``, on the clocks of the place.
    ends
        The same of its end, empty when it is not told.
    """

    title: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class GuidePhoto:
    """
    A picture without anything but its pixels: where and when it was taken is not in it.

    Parameters
    ----------
    thumbnail
        JPEG for the page, at most 12 KB.
    print_image
        JPEG for the paper.
    width, height
        Of the thumbnail, pixels.
    """

    thumbnail: bytes
    print_image: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class GuideContact:
    """
    Somebody to call.

    Parameters
    ----------
    name
        Who answers.
    phone
        The number as it is dialled.
    """

    name: Both
    phone: str


@dataclass(frozen=True, slots=True)
class GuideClass:
    """
    A class of places, in the order of the guide.

    Parameters
    ----------
    key, name, icon, colour
        From the class table; `icon` names a pictogram, `colour` is ``#rrggbb``.
    n_placed, n_unplaced
        How many of its places are on the map, and how many are not.
    """

    key: str
    name: Both
    icon: str
    colour: str
    n_placed: int
    n_unplaced: int


@dataclass(frozen=True, slots=True)
class GuidePlace:
    """
    One entry of the guide.

    Parameters
    ----------
    number
        Its number on the map and in the list, from 1; ``None`` when it is not placed.
    facility_id, name, name_en, category
        Who it is; `category` is the key of a `GuideClass`.
    lon, lat
        Degrees, ``None`` when it is not placed.
    minutes, metres
        Walk from the centre, minutes rounded up; ``None`` beyond the last ring.
    within_min
        Smallest ring it lies in by walking time, ``None`` beyond the last one.
    walk, position
        The same and the certainty of its position as sentences.
    accuracy_m
        How well its position is known, whole metres; ``None`` when nobody says.
    address, phone, hours, note, source, source_date
        As in the list, cleaned to one line each; empty when not given.
    source_url
        The web address in `source`, if there is one.
    reason
        Why it is not placed; empty for a placed one.
    pinyin, initials
        For finding a Chinese name by its sound; empty for other names.
    other_names
        By which it is found as well.
    hours_words
        The opening hours in words; what the list says where they cannot be understood.
    open_week
        The usual week as spans ``(start, end)`` in minutes from Monday 0:00, up to 10080 and
        without overlaps; ``None`` where the hours are not known or not understood.
    website
        Web address, empty when not given.
    entrances, offers, events, photo
        As far as given; events by their date. The walk ends at the entrance that is reached
        first; without entrances at the place itself.
    """

    number: int | None
    facility_id: str
    name: str
    name_en: str
    category: str
    lon: float | None
    lat: float | None
    minutes: int | None
    metres: int | None
    within_min: float | None
    walk: Both
    position: Both
    accuracy_m: int | None
    address: str
    phone: str
    hours: str
    note: str
    source: str
    source_url: str
    source_date: str
    reason: Both
    pinyin: str
    initials: str
    hours_words: Both = _UNSAID
    open_week: tuple[tuple[int, int], ...] | None = None
    website: str = ""
    entrances: tuple[GuideEntrance, ...] = ()
    offers: tuple[GuideOffer, ...] = ()
    events: tuple[GuideEvent, ...] = ()
    photo: GuidePhoto | None = None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideRing:
    """
    Ground reached from the centre within a budget.

    Parameters
    ----------
    budget, unit
        ``15.0`` and ``"min"``, or metres and ``"m"``.
    polygons
        Rings per polygon, the outer one first, longitude and latitude.
    is_cut
        True where the walk ran into the edge of the data.
    """

    budget: float
    unit: str
    polygons: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class GuideContent:
    """
    Everything a guide shows.

    Parameters
    ----------
    title, community, notice
        Head of the guide; `notice` may be empty.
    center, classes, places, unplaced, rings, basemap
        Its parts. `places` are in the order of their numbers, `unplaced` by class and name.
    minutes, walker, languages
        As in `GuideTexts`.
    facts
        Sentences about the data, in the order they are to be shown.
    attribution, licence, data_date
        Credit line, licence (may be empty) and ISO date of the map data (``None``: unknown).
    inferred_share
        Share of the street length that is inferred, 0 to 1.
    guide_url, feedback_url, approval_number
        As in `GuideTexts`.
    timezone
        Name of the zone whose clocks the hours mean, as ``"Asia/Shanghai"``; empty: unknown,
        and nobody is told what is open now.
    contacts
        Whom to call.
    logo
        Of the community, PNG; empty where there is none.
    style
        Which of the designed looks: "community" or "official".
    edition_date
        As in `GuideTexts`.
    """

    title: Both
    community: Both
    notice: Both
    center: GuideCenter
    classes: tuple[GuideClass, ...]
    places: tuple[GuidePlace, ...]
    unplaced: tuple[GuidePlace, ...]
    rings: tuple[GuideRing, ...]
    basemap: Basemap
    minutes: tuple[float, ...]
    walker: str
    languages: tuple[str, ...]
    facts: tuple[Both, ...]
    attribution: str
    licence: str
    data_date: str | None
    inferred_share: float
    guide_url: str = ""
    feedback_url: str = ""
    approval_number: str = ""
    timezone: str = ""
    contacts: tuple[GuideContact, ...] = ()
    logo: bytes = b""
    style: str = "community"
    edition_date: str = ""

    def as_dict(self) -> dict[str, Any]:
        """
        Return the content as plain dictionaries, lists, texts and numbers, ready for JSON.

        Pictures become base64; the ones for the paper stay out.
        """
        plain: dict[str, Any] = asdict(self)
        for name in ("view", "sheet"):
            plain["basemap"][name] = list(plain["basemap"][name])
        plain["logo"] = b64encode(self.logo).decode()
        for place in (*plain["places"], *plain["unplaced"]):
            if place["photo"] is not None:
                del place["photo"]["print_image"]
                place["photo"]["thumbnail"] = b64encode(place["photo"]["thumbnail"]).decode()
        return plain
