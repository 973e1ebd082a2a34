"""
Errors as people and programs want them: problem details (RFC 9457), or a page in a browser.

Both carry one sentence to read. One table says which status an error of ours has. The language
follows ``Accept-Language``; a client that does not say gets the first language of the study.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from circle.errors import (
    BudgetError,
    CircleError,
    InputError,
    Language,
    NoRouteError,
    OnlineError,
    PositionError,
    StudyError,
    WalkerError,
)
from circle.service.headers import HEADERS

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("circle.service")


class UnknownPlaceError(CircleError):
    """No facility of the study has the identifier asked for."""


class UnknownClassError(InputError):
    """No class of the study has the key asked for."""


class RepeatedError(InputError):
    """A parameter is given more than once, so that nobody knows which was meant."""


class BusyError(CircleError):
    """Too many requests wait for a search already."""


# The first class an error is an instance of decides.
STATUS: tuple[tuple[type[CircleError], HTTPStatus, str], ...] = (
    (PositionError, HTTPStatus.UNPROCESSABLE_ENTITY, "position"),
    (BudgetError, HTTPStatus.UNPROCESSABLE_ENTITY, "budget"),
    (WalkerError, HTTPStatus.UNPROCESSABLE_ENTITY, "walker"),
    (UnknownClassError, HTTPStatus.UNPROCESSABLE_ENTITY, "category"),
    (RepeatedError, HTTPStatus.UNPROCESSABLE_ENTITY, "parameter"),
    (UnknownPlaceError, HTTPStatus.NOT_FOUND, "unknown-place"),
    (NoRouteError, HTTPStatus.NOT_FOUND, "no-route"),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE, "busy"),
    (OnlineError, HTTPStatus.BAD_GATEWAY, "online"),
    # What the operator gave, not what the client asked: the client can do nothing about it.
    (StudyError, HTTPStatus.INTERNAL_SERVER_ERROR, "study"),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY, "input"),
    (CircleError, HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
)
_TITLES: dict[str, tuple[str, str]] = {
    "position": ("This position cannot be used", "无法使用该位置"),
    "budget": ("This range cannot be used", "无法使用该范围"),
    "walker": ("There is no such walker", "没有这类步行者"),
    "category": ("There is no such class", "没有这个类别"),
    "unknown-place": ("There is no such place", "没有这个地点"),
    "no-route": ("No walk leads there", "没有可走的路线"),
    "busy": ("The service is busy", "服务繁忙"),
    "online": ("Another service did not answer", "外部服务没有应答"),
    "study": ("The study cannot be used", "指南设置有误"),
    "input": ("This cannot be used", "输入无法使用"),
    "parameter": ("A parameter cannot be used", "参数有误"),
    "not-found": ("There is nothing here", "这里没有内容"),
    "method": ("This cannot be done here", "不支持此操作"),
    "internal": ("Something went wrong", "服务出错"),
}


_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0; background: #fdfaf3; color: #26221c; font: 1.15rem/1.6 sans-serif }}
main {{ max-width: 34rem; margin: 18vh auto 0; padding: 0 1.25rem }}
h1 {{ font-size: 1.6rem }}
a {{ display: inline-block; padding: .6rem 0; color: #982b1e; font-weight: 700 }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{detail}</p>
<p><a href="/">{back}</a></p>
</main>
</body>
</html>
"""


class Problem(BaseModel):
    """Problem details, RFC 9457."""

    type: str = Field(examples=["urn:circle:problem:position"])
    title: str
    status: int
    detail: str = Field(description="One sentence: what is wrong, and what to do.")
    instance: str = Field(description="Path that was asked for.")


def language_of(request: Request) -> Language:
    """Return the language a client prefers among ours."""
    default: Language = getattr(request.app.state, "language", "zh")
    return preferred_language(request.headers.get("accept-language", ""), default)


def preferred_language(header: str, default: Language) -> Language:
    """
    Return the language an ``Accept-Language`` header asks for.

    Examples
    --------
    >>> preferred_language("fr, en;q=0.8, zh-CN;q=0.9", "en")
    'zh'
    >>> preferred_language("fr", "zh")
    'zh'
    """
    best: tuple[float, Language] | None = None
    for part in header.split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.split("-")[0].strip().lower()
        if primary not in ("zh", "en"):
            continue
        try:
            quality = float(parameters.partition("q=")[2] or 1)
        except ValueError:
            continue
        # Of equals the first named wins.
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, "zh" if primary == "zh" else "en")
    return default if best is None else best[1]


def install(app: FastAPI) -> None:
    """Let an app answer every error with problem details."""
    handlers: tuple[tuple[Any, Callable[[Request, Any], Awaitable[Response]]], ...] = (
        (CircleError, _our_error),
        (RequestValidationError, _bad_parameters),
        (HTTPException, _http_error),
        (Exception, _unexpected),
    )
    for error, handler in handlers:
        app.add_exception_handler(error, handler)


def problem(
    request: Request,
    status: int,
    code: str,
    detail: tuple[str, str],
    headers: dict[str, str] | None = None,
) -> Response:
    """Return problem details, a page to a browser; `detail` is English, Chinese."""
    index = 1 if (language := language_of(request)) == "zh" else 0
    title = _TITLES[code][index]
    said = {
        # An error nobody foresaw is answered outside of all middleware.
        **HEADERS,
        "Content-Language": "zh-CN" if language == "zh" else "en",
        "Vary": "Accept, Accept-Language",
        **(headers or {}),
    }
    if _is_read_by_a_person(request):
        said["Content-Security-Policy"] = _PAGE_POLICY
        page = _PAGE.format(
            language=said["Content-Language"],
            title=html.escape(title),
            detail=html.escape(detail[index]),
            back=("To the guide", "回到指南")[index],
        )
        return Response(page.encode(), int(status), said, "text/html; charset=utf-8")
    body = Problem(
        type=f"urn:circle:problem:{code}",
        title=title,
        status=int(status),
        detail=detail[index],
        instance=request.url.path,
    )
    return Response(orjson.dumps(body.model_dump()), int(status), said, MEDIA_TYPE)


def _is_read_by_a_person(request: Request) -> bool:
    """Say whether a browser asks for a page; what the page itself asks for is for programs."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(
        "/api/"
    )


async def _our_error(request: Request, error: CircleError) -> Response:
    status, code = next((s, c) for kind, s, c in STATUS if isinstance(error, kind))
    headers = {"Retry-After": "2"} if isinstance(error, BusyError) else None
    return problem(request, status, code, (error.en, error.zh), headers)


async def _bad_parameters(request: Request, error: RequestValidationError) -> Response:
    detail = parameter_sentence(error.errors())
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "parameter", detail)


async def refuse_repeated(request: Request) -> None:
    """
    Refuse a request that gives a parameter more than once, before one of them is taken.

    Raises
    ------
    RepeatedError
        If it does.
    """
    seen = set()
    for name, _ in request.query_params.multi_items():
        if name in seen:
            raise RepeatedError(
                en=f"The parameter “{name}” is given more than once; give it once.",
                zh=f"参数“{name}”重复给出；请只给一次。",
            )
        seen.add(name)


def parameter_sentence(errors: Sequence[Any]) -> tuple[str, str]:
    """Return what is wrong with the first parameter that is, English and Chinese."""
    first = errors[0]
    name = str(first["loc"][-1]) if first["loc"] else "?"
    kind, context = str(first["type"]), first.get("ctx", {})
    if kind == "missing":
        return (f"The parameter “{name}” is missing.", f"缺少参数“{name}”。")
    if kind == "extra_forbidden":
        return (
            f"There is no parameter “{name}” here; /docs lists those there are.",
            f"没有参数“{name}”；可用参数见 /docs。",
        )
    if kind in ("float_parsing", "float_type", "int_parsing", "finite_number"):
        return (f"The parameter “{name}” must be a number.", f"参数“{name}”必须是数字。")
    if kind == "string_too_long":
        most = context.get("max_length")
        return (
            f"The parameter “{name}” may have at most {most} characters.",
            f"参数“{name}”最多 {most} 个字符。",
        )
    said = str(first.get("msg", kind)).removeprefix("Value error, ").rstrip(".")
    return (f"The parameter “{name}” cannot be used: {said}.", f"参数“{name}”无法使用：{said}。")


async def _http_error(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers) if error.headers else None
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = (
            "There is nothing at this address; the guide is at /, the interface at /docs.",
            "此地址没有内容；指南在 /，接口说明在 /docs。",
        )
        return problem(request, error.status_code, "not-found", detail, headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = (f"{request.method} is not possible here.", f"此地址不支持 {request.method}。")
        return problem(request, error.status_code, "method", detail, headers)
    said = str(error.detail)
    return problem(request, error.status_code, "internal", (said, said), headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s failed", request.url.path, exc_info=error)
    detail = (
        "Something went wrong that should not have; please try again later.",
        "服务内部出错，请稍后再试。",
    )
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail)
