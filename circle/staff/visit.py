"""One visit to a page: who asks, for what, in which language; and the answer to it."""

from __future__ import annotations

import datetime
import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import anyio.to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Message

from circle.errors import CircleError, ConflictError, Language
from circle.staff.access import Access, AccessError, Session, TooManyTriesError
from circle.staff.desk import StaffDesk
from circle.staff.uploads import MOST_BYTES, ExpiredError
from circle.staff.words import WORDS
from circle.store.labels import act_called, fields_called

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
LANGUAGE_COOKIE = "circle_staff_language"
# The parts of a form around its file.
_MOST_BODY_BYTES = MOST_BYTES + 1_000_000
# A browser that is cut short while it sends shows an error of its own instead of our sentence.
_MOST_DRAINED_BYTES = 10 * MOST_BYTES
_MOST_FIELDS = 20_000
_log = logging.getLogger(__name__)

Handler = Callable[["Visit"], Response]


class TooLargeError(CircleError):
    """More was sent than is taken."""


@functools.cache
def _pages() -> Environment:
    folder = Path(__file__).resolve().parent / "templates"
    pages = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals["words"] = WORDS
    pages.filters["path"] = lambda text: quote(str(text), safe="")
    return pages


@dataclass(slots=True)
class Visit:
    """
    One visit.

    Parameters
    ----------
    request
        What was asked.
    desk, access
        What the pages work on, and who may.
    session
        Of who asks.
    form
        What they sent; empty for a page that is only looked at.
    """

    request: Request
    desk: StaffDesk
    access: Access
    session: Session | None = None
    form: FormData = field(default_factory=FormData)

    @property
    def language(self) -> Language:
        """The language of the page: Chinese unless English was chosen."""
        return "en" if self.request.cookies.get(LANGUAGE_COOKIE) == "en" else "zh"

    @property
    def who(self) -> str:
        """The name that stands beside what is changed."""
        return self.session.who if self.session else ""

    def text(self, name: str) -> str:
        """Return a field of the form without the spaces around it; empty if it is not there."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return every field of one name."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Return the name and the bytes of a file, None where none was chosen."""
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            return None
        return value.filename, value.file.read()

    def asked(self, name: str) -> str:
        """Return a parameter of the address; empty if it is not there."""
        return self.request.query_params.get(name, "").strip()

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def say(self, en: str, zh: str, *, kind: str = "good") -> None:
        """Tell something on the next page."""
        if self.session is not None:
            self.session.said.append((kind, en, zh))

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page."""
        is_zh = self.language == "zh"
        said = []
        if self.session is not None:
            said, self.session.said = self.session.said, []
        html = _pages().get_template(template).render(
            t=lambda zh, en: zh if is_zh else en,
            language=self.language,
            at=1 if is_zh else 0,
            who=self.who,
            csrf=self.session.csrf if self.session else "",
            said=[(kind, zh if is_zh else en) for kind, en, zh in said],
            here=self.request.url.path + (f"?{self.request.url.query}" if self.request.url.query
                                          else ""),
            desk=self.desk,
            when=self.when,
            fields_called=lambda names: fields_called(names, self.language),
            act_called=lambda what: act_called(what, self.language),
            title_zh=self.desk.config.community_zh or self.desk.config.title_zh
            or self.desk.config.name,
            title_en=self.desk.config.community_en or self.desk.config.title_en
            or self.desk.config.name,
            **values,
        )  # fmt: skip
        return HTMLResponse(html, status)

    def when(self, at: str) -> str:
        """Return a moment of the history by the clocks of the study; UTC where none are known."""
        moment = datetime.datetime.fromisoformat(at)
        try:
            zone = ZoneInfo(self.desk.config.clocks or "UTC")
        except ZoneInfoNotFoundError:  # a machine without a table of zones
            zone = None
        said = moment.astimezone(zone or datetime.UTC)
        is_local = zone is not None and bool(self.desk.config.clocks)
        return f"{said:%Y-%m-%d %H:%M}" + ("" if is_local else " UTC")

    def go(self, path: str, **query: str) -> RedirectResponse:
        """Return the way to another page, after something was done."""
        asked = {name: value for name, value in query.items() if value}
        return RedirectResponse(f"/staff{path}" + (f"?{urlencode(asked)}" if asked else ""), 303)

    def sentence(self, error: CircleError) -> str:
        """Return what an error says in the language of the page."""
        return error.message(self.language)


def page(handler: Handler, *, is_open: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """
    Return what answers requests for a page.

    Parameters
    ----------
    handler
        Makes the answer, in a thread of its own; what it raises becomes a page with a sentence.
    is_open
        Whether it may be seen without having logged in.
    """

    async def answer(request: Request) -> Response:
        state = request.app.state
        visit = Visit(request, state.desk, state.access)
        try:
            response = await _answered(visit, handler, is_open)
        except Exception as error:  # a page with a sentence, whatever happens
            response = _failed(visit, error)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


async def _answered(visit: Visit, handler: Handler, is_open: bool) -> Response:
    visit.access.check_comes_from_here(visit.request)
    visit.session = visit.access.session(visit.request)
    is_form = visit.request.method == "POST"
    if not is_open and not visit.who:
        if not is_form:
            return visit.go("/login", next=visit.request.url.path)
        raise AccessError(en="Log in first; nothing was changed.", zh="请先登录；没有作任何修改。")
    if is_form:
        visit.form = await _form(visit.request)
        visit.access.check_form(visit.request, visit.session, visit.form.get("csrf"))
    try:
        return await anyio.to_thread.run_sync(handler, visit)
    finally:
        await visit.form.close()


async def _form(request: Request) -> FormData:
    n_bytes = 0

    async def receive() -> Message:
        nonlocal n_bytes
        message = await request.receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > _MOST_BODY_BYTES:
            while message.get("more_body") and n_bytes < _MOST_DRAINED_BYTES:
                message = await request.receive()
                n_bytes += len(message.get("body", b""))
            raise TooLargeError(
                en=f"More than {MOST_BYTES // 1_000_000} MB were sent; choose a smaller file.",
                zh=f"发送的内容超过 {MOST_BYTES // 1_000_000} MB；请选择较小的文件。",
            )
        return message

    counted = Request(request.scope, receive)
    # What comes is held on its own: the form of a request is closed with it.
    return await counted.form(max_files=2, max_fields=_MOST_FIELDS)


def _failed(visit: Visit, error: Exception) -> Response:
    status, en, zh = _told(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s failed", visit.request.url.path, exc_info=error)
    return visit.page("problem.html", int(status), sentence=zh if visit.language == "zh" else en)


_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (TooManyTriesError, HTTPStatus.TOO_MANY_REQUESTS),
    (AccessError, HTTPStatus.FORBIDDEN),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (ExpiredError, HTTPStatus.GONE),
    (ConflictError, HTTPStatus.CONFLICT),
    (CircleError, HTTPStatus.UNPROCESSABLE_ENTITY),
)


def _told(error: Exception) -> tuple[HTTPStatus, str, str]:
    if isinstance(error, CircleError):
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        return status, error.en, error.zh
    if isinstance(error, HTTPException):
        if error.status_code == HTTPStatus.NOT_FOUND:
            return HTTPStatus.NOT_FOUND, "There is no such page.", "没有这个页面。"
        return (
            HTTPStatus(error.status_code),
            "What was sent cannot be read; nothing was changed.",
            "无法读取发送的内容；没有作任何修改。",
        )
    return (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong that should not have; please try again.",
        "出现意外错误，请重试。",
    )


def download(data: bytes, name: str, media_type: str) -> Response:
    """Return a file to be saved under a name."""
    headers: Mapping[str, str] = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"
    }
    return Response(data, media_type=media_type, headers=dict(headers))
