"""
A server on this computer that answers as the online services do, errors and all.

Replies are queued in the words of each service's documentation; what was asked is kept, so that
tests can say what left the program and what did not.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    """One reply: a payload, or what goes wrong."""

    payload: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay_s: float = 0.0
    is_reset: bool = False


class StandIn:
    """The server: `replies` in turn, the last one again and again; `asked` the parameters."""

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
                stand_in.asked.append({key: values[0] for key, values in query.items()})
                stand_in.agents.append(self.headers.get("User-Agent", ""))
                replies = stand_in.replies
                reply = replies.popleft() if len(replies) > 1 else replies[0]
                if reply.is_reset:
                    # No linger: the other side meets a reset, not an orderly end.
                    self.connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
                    )
                    self.connection.close()
                    return
                time.sleep(reply.delay_s)
                body = reply.body
                if body is None:
                    body = json.dumps(reply.payload, ensure_ascii=False).encode()
                try:
                    self.send_response(reply.status)
                    for key, value in reply.headers.items():
                        self.send_header(key, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the other side did not wait

            def log_message(self, *args: Any) -> None:
                """Keep still."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                """Keep still: connections are cut on purpose."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/geo"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, *replies: Reply | Any) -> None:
        """Queue replies; a bare payload is an ordinary one."""
        self.replies.extend(r if isinstance(r, Reply) else Reply(r) for r in replies)

    def close(self) -> None:
        """Stop; once is enough."""
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
