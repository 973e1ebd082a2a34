"""The application: which page answers at which address, and the files the pages are made with."""

from __future__ import annotations

import functools
import re
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from circle.guide.page_assets import ASSETS as GUIDE_ASSETS
from circle.guide.page_look import page_look
from circle.staff import duplicate_pages as duplicates
from circle.staff import history_pages as histories
from circle.staff import home_pages as homes
from circle.staff import import_pages as imports
from circle.staff import map_pages as maps
from circle.staff import place_pages as places
from circle.staff import review_pages as reviews
from circle.staff import street_pages as streets
from circle.staff.access import Access
from circle.staff.desk import StaffDesk
from circle.staff.visit import POLICY, Handler, Visit, page

_OWN = Path(__file__).resolve().parent / "assets"
_MAP_SCRIPTS = ("slices.js", "basemap.js", "labels.js")
_PAGES: tuple[tuple[str, Handler], ...] = (
    ("/", homes.home),
    ("/edition", homes.edition),
    ("/edition/guide.html", homes.guide_file),
    ("/export/{form}", homes.export),
    ("/import", imports.start),
    ("/import/{token}", imports.choices),
    ("/import/{token}/report", imports.report),
    ("/import/{token}/report.xlsx", imports.report_file),
    ("/import/{token}/done", imports.done),
    ("/from-map", maps.look),
    ("/review", reviews.queue),
    ("/review/{place_id}", reviews.look),
    ("/duplicates", duplicates.look),
    ("/places", places.listing),
    ("/places/new", places.new),
    ("/places/{place_id}", places.look),
    ("/places/{place_id}/photo", places.photo),
    ("/hours", places.hours),
    ("/streets", streets.listing),
    ("/streets/new", streets.new),
    ("/streets/{kind}/{record_id}", streets.look),
    ("/history", histories.history),
)
_FORMS: tuple[tuple[str, Handler], ...] = (
    ("/logout", homes.log_out),
    ("/edition", homes.make_edition),
    ("/import", imports.upload),
    ("/import/{token}", imports.choose),
    ("/import/{token}/write", imports.write),
    ("/from-map", maps.take),
    ("/review/{place_id}", reviews.settle),
    ("/duplicates", duplicates.settle),
    ("/places", places.publish_many),
    ("/places/new", places.add),
    ("/places/{place_id}", places.save),
    ("/places/{place_id}/publish", places.change_publishing),
    ("/places/{place_id}/status", places.mark_gone),
    ("/streets/new", streets.add),
    ("/streets/{kind}/{record_id}", streets.save),
    ("/streets/{kind}/{record_id}/remove", streets.remove),
    ("/history", histories.undo),
)


def make_staff(desk: StaffDesk, access: Access) -> Starlette:
    """
    Return the staff pages, to be mounted at ``/staff``.

    Parameters
    ----------
    desk
        What they work on.
    access
        Who may come in.
    """
    open_pages: tuple[tuple[str, str, Handler], ...] = (
        ("/login", "GET", homes.login),
        ("/login", "POST", homes.log_in),
        ("/language", "GET", homes.language),
    )
    routes = [Route("/assets/{name}", _asset), Route("/basemap.json", page(_basemap))]
    routes += [Route(path, page(make, is_open=True), methods=[how]) for path, how, make in
               open_pages]  # fmt: skip
    routes += [Route(path, page(make), methods=["GET"]) for path, make in _PAGES]
    routes += [Route(path, page(make), methods=["POST"]) for path, make in _FORMS]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_page})
    app.state.desk = desk
    app.state.access = access
    return app


async def _no_such_page(request: Request, error: Exception) -> Response:
    visit = Visit(request, request.app.state.desk, request.app.state.access)
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = ("There is no such page.", "没有这个页面。")[visit.language == "zh"]
    response = visit.page("problem.html", status, sentence=sentence)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _basemap(visit: Visit) -> Response:
    return Response(visit.desk.basemap_json, media_type="application/json")


@functools.cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """Return every file the pages are made with; names are looked up, never joined."""
    leaflet = Path(str(files("xstatic.pkg.leaflet"))) / "data"
    # A debugger would otherwise look for the map of the sources beside it.
    script = re.sub(r"//# sourceMappingURL=.*", "", (leaflet / "leaflet.js").read_text("utf-8"))
    # The pictures its styles name belong to parts no page of ours shows.
    styles = re.sub(r"url\([^)]*\)", "none", (leaflet / "leaflet.css").read_text("utf-8"))
    drawing = "window.circleGuide = window.circleGuide || {};\n" + "\n".join(
        (GUIDE_ASSETS / name).read_text("utf-8") for name in _MAP_SCRIPTS
    )
    look = page_look("community").css()
    style = (GUIDE_ASSETS / "palette.css").read_text("utf-8")
    own = (_OWN / "staff.css").read_text("utf-8")
    javascript, css = "text/javascript", "text/css"
    return {
        "leaflet.js": (script.encode(), javascript),
        "drawing.js": (drawing.encode(), javascript),
        "map.js": ((_OWN / "map.js").read_bytes(), javascript),
        "draw.js": ((_OWN / "draw.js").read_bytes(), javascript),
        "staff.js": ((_OWN / "staff.js").read_bytes(), javascript),
        "staff.css": ("\n".join((styles, style, look, own)).encode(), css),
    }


async def _asset(request: Request) -> Response:
    found = _assets().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    data, media_type = found
    return Response(data, media_type=media_type, headers={"Cache-Control": "no-cache"})
