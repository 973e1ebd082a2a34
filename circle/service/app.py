"""
The service: the live guide at ``/`` and what it asks under ``/api``.

`create_app` makes an app without doing any work; the study is run, and the page drawn, when the
app starts. Searches run in threads beside the event loop.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from circle import __version__
from circle.guide.web import render_page
from circle.service import models, pages, problems
from circle.service.answers import Answers
from circle.service.headers import SecureHeaders
from circle.service.pages import Page
from circle.service.settings import ServiceSettings
from circle.service.workers import Workers
from circle.study import Study, read_study, run_study

GEOJSON = "application/geo+json"
_JSON = "application/json"
_PROBLEM_REF = "#/components/schemas/Problem"
_GZIP_LEVEL = 5


class GeoJSONResponse(Response):
    """GeoJSON text, RFC 7946."""

    media_type = GEOJSON


def create_app(study: Study | None = None, settings: ServiceSettings | None = None) -> FastAPI:
    """
    Return the service.

    Parameters
    ----------
    study
        A study that has been run; without it the one the settings name is run at the start.
    settings
        Without them they are read from the environment, here and now.

    Returns
    -------
    app
        An ASGI application.
    """
    chosen = settings or ServiceSettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        served: Study = (
            await anyio.to_thread.run_sync(lambda: run_study(read_study(chosen.study)))
            if study is None
            else study
        )
        html = await anyio.to_thread.run_sync(lambda: render_page(served.content, live=True))
        app.state.answers = Answers(served)
        app.state.workers = Workers(chosen.workers, chosen.most_waiting)
        app.state.language = "zh" if served.config.languages[0] == "zh-CN" else "en"
        app.state.guide = Page(html.encode(), "text/html; charset=utf-8", pages.GUIDE_POLICY)
        yield

    app = FastAPI(
        title="circle",
        version=__version__,
        summary="Walking ranges, what is near, and the way there.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    problems.install(app)
    _add_api(app)
    _add_pages(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=_GZIP_LEVEL)
    app.add_middleware(SecureHeaders)
    return app


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


def _add_api(app: FastAPI) -> None:
    @app.get(
        "/api/isochrone",
        tags=["walking"],
        response_class=GeoJSONResponse,
        responses=_described(models.IsochroneCollection),
    )
    async def isochrone(
        request: Request, question: Annotated[models.IsochroneQuestion, Query()]
    ) -> Response:
        """Return the ground reached on foot: one feature per budget, smallest first."""
        answers: Answers = request.app.state.answers
        workers: Workers = request.app.state.workers
        return GeoJSONResponse(await workers.run(lambda: answers.isochrone(question)))

    @app.get("/api/nearby", tags=["walking"], responses=_described(models.NearbyAnswer, _JSON))
    async def nearby(
        request: Request, question: Annotated[models.NearbyQuestion, Query()]
    ) -> models.NearbyAnswer:
        """Return the facilities of the guide within a walk, nearest first."""
        answers: Answers = request.app.state.answers
        workers: Workers = request.app.state.workers
        return await workers.run(lambda: answers.nearby(question))

    @app.get(
        "/api/route",
        tags=["walking"],
        response_class=GeoJSONResponse,
        responses=_described(models.RouteFeature),
    )
    async def route(
        request: Request, question: Annotated[models.RouteQuestion, Query()]
    ) -> Response:
        """Return the quickest walk to a facility or a position."""
        answers: Answers = request.app.state.answers
        workers: Workers = request.app.state.workers
        return GeoJSONResponse(await workers.run(lambda: answers.route(question)))

    @app.get(
        "/api/facilities",
        tags=["guide"],
        response_class=GeoJSONResponse,
        responses=_described(models.FacilityCollection),
    )
    async def facilities(
        request: Request, question: Annotated[models.FacilitiesQuestion, Query()]
    ) -> Response:
        """Return the facilities of the guide, those without a position last."""
        answers: Answers = request.app.state.answers
        workers: Workers = request.app.state.workers
        return GeoJSONResponse(await workers.run(lambda: answers.facilities(question)))

    @app.head("/healthz", include_in_schema=False)
    @app.get("/healthz", tags=["operation"])
    async def healthz(request: Request) -> models.Health:
        """Say that the service can answer, and from what."""
        answers: Answers = request.app.state.answers
        return answers.health()


def _add_pages(app: FastAPI) -> None:
    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def guide(request: Request) -> Response:
        page: Page = request.app.state.guide
        return page.answer(request)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        body = pages.docs_page(app.openapi()).encode()
        return Page(body, "text/html; charset=utf-8", pages.DOCS_POLICY).answer(request)

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> Response:
        return Response(pages.START_SCRIPT, media_type="text/javascript")

    @app.get("/docs/{name}", include_in_schema=False)
    async def docs_file(name: str) -> Response:
        folder = pages.swagger_folder()
        # Names are looked up, never joined as they come.
        if folder is None or name not in pages.SWAGGER_FILES:
            raise HTTPException(404)
        return FileResponse(folder / name, media_type=pages.SWAGGER_FILES[name])

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return Response(status_code=204)


def run_service(study: Study, listener: socket.socket) -> None:
    """
    Serve a study until somebody stops it.

    Parameters
    ----------
    study
        A study that has been run.
    listener
        A socket that listens already.
    """
    config = uvicorn.Config(
        create_app(study),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[listener])
