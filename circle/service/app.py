"""
The service: the live guide at ``/`` and what it asks under ``/api``.

`create_app` makes an app without doing any work; the study is run, and the page drawn, when the
app starts. Searches run in threads beside the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import anyio
import anyio.to_thread
import orjson
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from circle import __version__
from circle.guide.pack import pack_for_guide
from circle.guide.web import render_page
from circle.service import models, pages, problems
from circle.service.answers import Answers
from circle.service.compression import Body, accepts_gzip
from circle.service.headers import SecureHeaders
from circle.service.pages import Page
from circle.service.planner import planner_page
from circle.service.settings import ServiceSettings
from circle.service.workers import Workers
from circle.staff import Access, StaffDesk, make_staff
from circle.staff.desk import servable
from circle.study import Study, StudyConfig, read_study, run_study

GEOJSON = "application/geo+json"
_JSON = "application/json"
_PROBLEM_REF = "#/components/schemas/Problem"
# A page with up to this many characters of network computes by itself: no home leaves a device. A
# larger town's page asks the service, and says so.
_MOST_CARRIED = 400_000
_HTML = "text/html; charset=utf-8"


class GeoJSONResponse(Response):
    """GeoJSON text, RFC 7946."""

    media_type = GEOJSON


def create_app(
    study: Study | None = None,
    settings: ServiceSettings | None = None,
    *,
    staff: StudyConfig | None = None,
) -> FastAPI:
    """
    Return the service.

    Parameters
    ----------
    study
        A study that has been run; without it the one the settings name is run at the start.
    settings
        Without them they are read from the environment, here and now.
    staff
        The study whose register is worked on at ``/staff``; without it the settings decide.

    Returns
    -------
    app
        An ASGI application.
    """
    chosen = settings or ServiceSettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worked_on = staff
        if staff is None and chosen.staff:
            worked_on = study.config if study is not None else read_study(chosen.study)

        def run() -> Study:
            config = read_study(chosen.study)
            return run_study(servable(config) if worked_on is not None else config)

        def show(edition: Study) -> None:
            # Drawn before anything is replaced: whoever asks meanwhile gets the last edition.
            guide, answers = _draw(edition), Answers(edition)
            app.state.language = "zh" if edition.config.languages[0] == "zh-CN" else "en"
            app.state.config = edition.config
            app.state.answers, app.state.guide = answers, guide

        served = await anyio.to_thread.run_sync(run) if study is None else study
        app.state.workers = Workers(chosen.workers, chosen.most_waiting)
        await anyio.to_thread.run_sync(show, served)
        if worked_on is None:
            yield
            return
        folder = Path("maps") / worked_on.name
        desk = StaffDesk(worked_on, served, folder, show)
        secret = chosen.staff_password
        password = secret.get_secret_value() if secret is not None else None
        app.mount("/staff", make_staff(desk, Access(password)))
        try:
            yield
        finally:
            desk.close()

    app = FastAPI(
        title="circle",
        version=__version__,
        summary="Walking ranges, what is near, and the way there.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    problems.install(app)
    _add_api(app)
    _add_pages(app)
    app.add_middleware(SecureHeaders)
    return app


def _draw(served: Study) -> Page:
    walks = pack_for_guide(served.network, served.content)
    carried = walks if len(walks.text) <= _MOST_CARRIED else None
    html = render_page(served.content, live=True, walks=carried)
    return Page(html.encode(), _HTML, pages.GUIDE_POLICY)


def _described(model: type[BaseModel], media_type: str = GEOJSON) -> dict[int | str, Any]:
    """Return the answers of an endpoint for its description."""
    problem = {"content": {problems.MEDIA_TYPE: {"schema": {"$ref": _PROBLEM_REF}}}}
    return {
        200: {"model": model, "content": {media_type: {}}},
        404: {**problem, "description": "There is no such place, or no walk to it."},
        422: {**problem, "description": "Something asked cannot be used."},
        503: {**problem, "description": "Too many ask at once."},
    }


def _describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, made once, with the problems every endpoint may answer."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        schema["components"]["schemas"]["Problem"] = problems.Problem.model_json_schema()
    assert app.openapi_schema is not None
    return app.openapi_schema


async def _searched(request: Request, media_type: str, ask: Callable[[Answers], bytes]) -> Response:
    """Return what a worker found, written out and compressed by that worker."""
    answers: Answers = request.app.state.answers
    workers: Workers = request.app.state.workers
    for_gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
    body = await workers.run(lambda: Body.of_answer(ask(answers), for_gzip=for_gzip))
    return body.response(request, media_type)


def _add_api(app: FastAPI) -> None:
    api = APIRouter(dependencies=[Depends(problems.refuse_repeated)])

    @api.get(
        "/api/isochrone",
        summary="The ground within a walk",
        tags=["walking"],
        response_class=GeoJSONResponse,
        responses=_described(models.IsochroneCollection),
    )
    async def isochrone(
        request: Request, question: Annotated[models.IsochroneQuestion, Query()]
    ) -> Response:
        """Return the ground reached on foot: one feature per budget, smallest first."""
        return await _searched(request, GEOJSON, lambda answers: answers.isochrone(question))

    @api.get(
        "/api/nearby",
        summary="The places within a walk, nearest first",
        tags=["walking"],
        responses=_described(models.NearbyAnswer, _JSON),
    )
    async def nearby(
        request: Request, question: Annotated[models.NearbyQuestion, Query()]
    ) -> Response:
        """Return the facilities of the guide within a walk, nearest first."""
        return await _searched(
            request, _JSON, lambda answers: answers.nearby(question).model_dump_json().encode()
        )

    @api.get(
        "/api/route",
        summary="The way to a place or a position",
        tags=["walking"],
        response_class=GeoJSONResponse,
        responses=_described(models.RouteFeature),
    )
    async def route(
        request: Request, question: Annotated[models.RouteQuestion, Query()]
    ) -> Response:
        """Return the quickest walk to a facility or a position."""
        return await _searched(request, GEOJSON, lambda answers: answers.route(question))

    @api.get(
        "/api/facilities",
        summary="The places of the guide",
        tags=["guide"],
        response_class=GeoJSONResponse,
        responses=_described(models.FacilityCollection),
    )
    async def facilities(
        request: Request, question: Annotated[models.FacilitiesQuestion, Query()]
    ) -> Response:
        """Return the facilities of the guide, those without a position last."""
        return await _searched(request, GEOJSON, lambda answers: answers.facilities(question))

    @api.head("/healthz", include_in_schema=False)
    @api.get("/healthz", summary="Whether the service can answer", tags=["operation"])
    async def healthz(request: Request) -> models.Health:
        """Say that the service can answer, and from what."""
        answers: Answers = request.app.state.answers
        return answers.health()

    app.include_router(api)


def _add_pages(app: FastAPI) -> None:
    kept: dict[str, Page] = {}
    planning = anyio.Lock()

    async def keep(name: str, make: Callable[[], Page]) -> Page:
        # Made, and compressed, when first asked for; making one twice does no harm.
        if name not in kept:
            kept[name] = await anyio.to_thread.run_sync(make)
        return kept[name]

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def guide(request: Request) -> Response:
        page: Page = request.app.state.guide
        return page.answer(request)

    @app.api_route("/planner", methods=["GET", "HEAD"], include_in_schema=False)
    async def planner(request: Request) -> Response:
        # Coverage of a town takes its seconds: it is worked out once, for whoever asks first.
        async with planning:
            page = await keep("planner", lambda: planner_page(request.app.state.config))
        return page.answer(request)

    @app.get("/openapi.json", include_in_schema=False)
    async def description(request: Request) -> Response:
        page = await keep("openapi.json", lambda: Page(orjson.dumps(app.openapi()), _JSON))
        return page.answer(request)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        def make() -> Page:
            return Page(pages.docs_page(app.openapi()).encode(), _HTML, pages.DOCS_POLICY)

        return (await keep("docs", make)).answer(request)

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> Response:
        return Response(pages.START_SCRIPT, media_type="text/javascript")

    @app.get("/docs/{name}", include_in_schema=False)
    async def docs_file(request: Request, name: str) -> Response:
        folder = pages.swagger_folder()
        # Names are looked up, never joined as they come.
        if folder is None or name not in pages.SWAGGER_FILES:
            raise HTTPException(404)
        path, media_type = folder / name, pages.SWAGGER_FILES[name]
        return (await keep(name, lambda: Page(path.read_bytes(), media_type))).answer(request)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return Response(status_code=204)


class _Server(uvicorn.Server):
    """Ends in the same quiet way however often it is told to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # A second Ctrl+C would tear down everything at once, with tracebacks for people to read.
        self.should_exit = True


def run_service(study: Study, listener: socket.socket, *, staff: StudyConfig | None = None) -> None:
    """
    Serve a study until somebody stops it: with Ctrl+C or SIGTERM; who still waits gets seconds.

    Parameters
    ----------
    study
        A study that has been run.
    listener
        A socket that listens already.
    staff
        As for `create_app`.
    """
    config = uvicorn.Config(
        create_app(study, staff=staff),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    logging.getLogger("uvicorn.error").addFilter(is_worth_telling)
    _Server(config).run(sockets=[listener])


def is_worth_telling(record: logging.LogRecord) -> bool:
    """Say whether a line of the log tells more than that a search was cut short by the end."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
