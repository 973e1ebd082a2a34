"""The pages of the service: the live guide, and the description of the interface, offline."""

from __future__ import annotations

import hashlib
import html
import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from circle.service.compression import Body

# The meta element of the page allows exactly its own scripts; who may frame it is said here.
GUIDE_POLICY = "frame-ancestors 'self'"
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_SWAGGER_PACKAGE = "fastapi_offline"
SWAGGER_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
START_SCRIPT = """\
window.ui = SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#interface', deepLinking: true, validatorUrl: null
});
"""
_SWAGGER_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>circle · API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="interface"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""


class Page:
    """
    A document made and compressed once, sent only where the client does not have it yet.

    Parameters
    ----------
    body
        Its bytes.
    media_type
        What they are.
    policy
        Content security policy; that of all answers without it.
    status
        Of an answer that is not known to the client yet.
    """

    def __init__(
        self, body: bytes, media_type: str, policy: str | None = None, *, status: int = 200
    ) -> None:
        self._body = Body.of_page(body)
        self._media_type = media_type
        self._status = status
        self._headers = {
            "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Cache-Control": "no-cache",
            **self._body.headers,
        }
        if policy is not None:
            self._headers["Content-Security-Policy"] = policy

    def answer(self, request: Request) -> Response:
        """Return the document, or that it has not changed."""
        known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
        if self._headers["ETag"] in known:
            return Response(status_code=304, headers=self._headers)
        response = self._body.response(request, self._media_type, self._headers)
        response.status_code = self._status
        return response


@cache
def swagger_folder() -> Path | None:
    """Return the folder of the installed package that carries Swagger UI, if there is one."""
    found = importlib.util.find_spec(_SWAGGER_PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "static"
    return folder if all((folder / name).is_file() for name in SWAGGER_FILES) else None


def docs_page(schema: Mapping[str, Any]) -> str:
    """
    Return the description of the interface; it asks nobody but its own server.

    Parameters
    ----------
    schema
        The OpenAPI description, listed plainly where Swagger UI is not installed.
    """
    return _plain_page(schema) if swagger_folder() is None else _SWAGGER_PAGE


def _plain_page(schema: Mapping[str, Any]) -> str:
    parts = []
    for path, operations in schema.get("paths", {}).items():
        for method, operation in operations.items():
            rows = "".join(
                f"<tr><td><code>{_safe(item['name'])}</code></td>"
                f"<td>{'required' if item.get('required') else 'optional'}</td>"
                f"<td>{_safe(item.get('description') or item['schema'].get('description'))}</td>"
                "</tr>"
                for item in operation.get("parameters", [])
            )
            parts.append(
                f"<section><h2><code>{_safe(method.upper())} {_safe(path)}</code></h2>"
                f"<p>{_safe(operation.get('description') or operation.get('summary'))}</p>"
                f"<table>{rows}</table></section>"
            )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>circle · API</title><link rel="icon" href="data:,">'
        "<style>body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "td{padding:.2rem .8rem .2rem 0;vertical-align:top}</style></head>"
        f"<body><main><h1>circle · API</h1>{''.join(parts)}"
        '<p><a href="/openapi.json">openapi.json</a></p></main></body></html>\n'
    )


def _safe(text: object) -> str:
    return html.escape("" if text is None else str(text))
