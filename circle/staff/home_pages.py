"""The first page, logging in, the language, the new edition, and files to take away."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import cast

from starlette.responses import Response

from circle.errors import InputError
from circle.staff.access import AccessError, TooManyTriesError
from circle.staff.visit import LANGUAGE_COOKIE, Visit, download
from circle.store.duplicates import find_duplicates
from circle.store.exporting import Format, export_places
from circle.store.review import is_waiting

_MEDIA: dict[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
}


def home(visit: Visit) -> Response:
    """Show what there is and what is to be done."""
    register = visit.desk.register
    places = register.places()
    return visit.page(
        "home.html",
        n_places=len(places),
        n_published=sum(place.is_published for place in places),
        n_waiting=sum(is_waiting(place) for place in places),
        n_duplicates=len(find_duplicates(register)),
        acts=register.acts(limit=5),
        edition=visit.desk.edition,
    )


def login(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Ask for a name, and the password if there is one."""
    values = {
        "error": error,
        "asks_password": visit.access.has_password,
        "name": visit.text("name"),
        "next": _inside(visit.text("next") or visit.asked("next")),
    }
    if visit.session is not None:
        return visit.page("login.html", status, **values)
    # The form needs a token, and the token a session: one that knows nobody yet.
    answer = Response()
    visit.session = visit.access.begin(visit.request, answer)
    shown = visit.page("login.html", status, **values)
    shown.headers["set-cookie"] = answer.headers["set-cookie"]
    return shown


def log_in(visit: Visit) -> Response:
    """Let somebody in."""
    try:
        who = visit.access.check_login(visit.request, visit.text("name"), visit.text("password"))
    except AccessError as error:
        status = 429 if isinstance(error, TooManyTriesError) else 403
        return login(visit, error=visit.sentence(error), status=status)
    answer = visit.go(_inside(visit.text("next")).removeprefix("/staff"))
    visit.access.begin(visit.request, answer, who)
    return answer


def log_out(visit: Visit) -> Response:
    """Let somebody go."""
    answer = visit.go("/login")
    visit.access.end(visit.request, answer)
    return answer


def language(visit: Visit) -> Response:
    """Change the language of the pages."""
    wanted = "en" if visit.asked("to") == "en" else "zh"
    answer = visit.go(_inside(visit.asked("back")).removeprefix("/staff"))
    answer.set_cookie(
        LANGUAGE_COOKIE, wanted, max_age=31_536_000, path="/staff", httponly=True, samesite="strict"
    )
    return answer


def _inside(path: str) -> str:
    """Return a path of these pages, the first one for any other."""
    is_ours = path.startswith("/staff/") and "//" not in path and "\\" not in path
    return path if is_ours and path.isprintable() else "/staff/"


def edition(visit: Visit) -> Response:
    """Show how the new edition stands."""
    return visit.page("edition.html", edition=visit.desk.edition)


def make_edition(visit: Visit) -> Response:
    """Begin to make the new edition."""
    if not visit.desk.make_edition():
        visit.say(
            "The new edition is being made already.", "新版指南正在生成，请稍候。", kind="bad"
        )
    return visit.go("/edition")


def guide_file(visit: Visit) -> Response:
    """Return the guide of the last edition, one file to pass on."""
    path = visit.desk.out_dir / "guide.html"
    if not path.is_file():
        raise InputError(en="No edition has been made yet.", zh="还没有生成过指南。")
    return download(path.read_bytes(), f"{visit.desk.config.name}.html", "text/html")


def export(visit: Visit) -> Response:
    """Return the register as a file."""
    form = visit.part("form")
    if form not in _MEDIA:
        raise InputError(en="Choose Excel, CSV or GeoJSON.", zh="请选择 Excel、CSV 或 GeoJSON。")
    name = f"{visit.desk.config.name}-{datetime.date.today().isoformat()}.{form}"
    with tempfile.TemporaryDirectory(prefix="circle-export-") as folder:
        path = Path(folder) / name
        places = visit.desk.register.places()
        export_places(path, places, cast(Format, form), visit.language)
        return download(path.read_bytes(), name, _MEDIA[form])
