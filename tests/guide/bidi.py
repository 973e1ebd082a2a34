"""
A browser driven by WebDriver BiDi, as far as the tests of the page need it: Firefox.

BiDi is JSON over one WebSocket. The few lines of WebSocket that a client of one's own computer
needs stand here too, so that the tests need no further package.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BINARIES = ("firefox-esr", "firefox")
_LISTENING = re.compile(r"WebDriver BiDi listening on ws://([^:/]+):(\d+)")
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_START_S, _ANSWER_S = 60.0, 60.0


class WebSocket:
    """Texts to and from a server on this computer."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=_ANSWER_S)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._file = self._socket.makefile("rb")
        status = self._file.readline()
        if b" 101 " not in status:
            raise OSError(f"the browser refused a WebSocket: {status!r}")
        while self._file.readline().strip():
            pass

    def send(self, text: str, kind: int = _TEXT) -> None:
        """Send one message; what a client sends is masked."""
        data, mask = text.encode(), secrets.token_bytes(4)
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, size)
        repeated = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(size)
        self._socket.sendall(head + mask + masked)

    def receive(self) -> str:
        """Return the next message."""
        whole = b""
        while True:
            first, second = self._file.read(2)
            size = second & 127
            if size == 126:
                (size,) = struct.unpack("!H", self._file.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._file.read(8))
            data = self._file.read(size)
            kind = first & 15
            if kind == _PING:
                self.send(data.decode(), _PONG)
            elif kind == _CLOSE:
                raise OSError("the browser closed the connection")
            elif kind != _PONG:
                whole += data
                if first & 0x80:
                    return whole.decode()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()


class Firefox:
    """
    One tab, and everything it asked for or complained about.

    Parameters
    ----------
    channel
        A connection to the browser.

    Attributes
    ----------
    requests
        Addresses asked for, but for files and data.
    faults
        Errors of the page and its console.
    """

    def __init__(self, channel: WebSocket) -> None:
        self._channel = channel
        self._ids = itertools.count(1)
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.version: str = self.ask("session.new", capabilities={})["capabilities"][
            "browserVersion"
        ]
        self.context: str = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command, return its result; events on the way are kept."""
        number = next(self._ids)
        self._channel.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._channel.receive())
            if message["type"] == "event":
                self._keep(message["method"], message["params"])
            elif message.get("id") == number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]

    def _keep(self, method: str, params: dict[str, Any]) -> None:
        if method == "network.beforeRequestSent":
            address = params["request"]["url"]
            if not address.startswith(("file:", "data:", "about:")):
                self.requests.append(address)
        elif params.get("level") in ("error", "warn"):
            self.faults.append(str(params.get("text")))

    def size(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        viewport = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", context=self.context, viewport=viewport)

    def open(self, path: Path) -> None:
        """Open a guide from a file and wait until it is ready; what it did before is forgotten."""
        self.requests.clear()
        self.faults.clear()
        self.ask(
            "browsingContext.navigate", context=self.context, url=path.as_uri(), wait="complete"
        )
        self.wait("document.documentElement.classList.contains('ready')")

    def run(self, expression: str) -> Any:
        """Return the value of an expression, or of its promise, as JSON knows it."""
        answer = self.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _ANSWER_S
        while not self.run(condition):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.03)

    def click(self, selector: str) -> None:
        """Press the middle of an element as a finger or a mouse does."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait(f"{found} !== null")
        # Rows are laid out when they come into sight: what stands where is known two frames later.
        x, y = self.run(
            f"(async e => {{ e.scrollIntoView({{ block: 'center', behavior: 'instant' }});"
            " for (let n = 0; n < 3; n += 1) await new Promise(requestAnimationFrame);"
            " e.scrollIntoView({ block: 'nearest', behavior: 'instant' });"
            " const b = e.getBoundingClientRect();"
            f" return [b.x + b.width / 2, b.y + b.height / 2]; }})({found})"
        )
        self.click_at(x, y)

    def click_at(self, x: float, y: float) -> None:
        """Press a point of the window."""
        steps = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        steps = [{"type": kind, "value": sign} for sign in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": steps})

    def _act(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.context, actions=[source])


def find_firefox() -> str | None:
    """Return the path of a Firefox of this computer, None where there is none."""
    named = os.environ.get("FIREFOX")
    return named or next((path for path in map(shutil.which, _BINARIES) if path), None)


@contextlib.contextmanager
def firefox(binary: str, profile: Path) -> Iterator[Firefox]:
    """Start a Firefox without a window and end it."""
    # Nothing of its own accord: no updates, no telemetry, no portal that it looks for.
    (profile / "user.js").write_text(
        'user_pref("app.update.enabled", false);\n'
        'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
        'user_pref("network.captive-portal-service.enabled", false);\n'
        'user_pref("network.connectivity-service.enabled", false);\n'
        'user_pref("ui.prefersReducedMotion", 1);\n',
        encoding="utf-8",
    )
    log = profile / "log.txt"
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [binary, "--headless", "--no-remote", "--remote-debugging-port", "0",
             "--profile", str(profile)],
            stdout=written, stderr=subprocess.STDOUT, env={**os.environ, "HOME": str(profile)},
        )  # fmt: skip
    try:
        end = time.monotonic() + _START_S
        while not (found := _LISTENING.search(log.read_text(encoding="utf-8", errors="replace"))):
            if process.poll() is not None or time.monotonic() > end:
                raise OSError(f"Firefox does not start: {log.read_text()[-500:]}")
            time.sleep(0.1)
        channel = WebSocket(found[1], int(found[2]), "/session")
        try:
            yield Firefox(channel)
        finally:
            channel.close()
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
