"""
Who may come in: a password, a session in a cookie, a token in every form.

Without a password only this machine itself is let in: its browser, asking for it by its own name.
A page of somebody else that points its name at this machine is not, nor is what a proxy passes on.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from circle.errors import CircleError

COOKIE = "circle_staff"
STAY_S = 8 * 3600.0
"""A session ends so long after it was last used."""
MOST_TRIES = 5
MOST_TRIES_OF_ALL = 60
TRIES_WITHIN_S = 300.0
_MOST_SESSIONS = 2_000
_LONGEST_NAME = 60
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class AccessError(CircleError):
    """Somebody may not do this, or has to log in first."""


class TooManyTriesError(AccessError):
    """A password was tried too often."""


@dataclass(slots=True)
class Session:
    """
    Somebody at work.

    Parameters
    ----------
    csrf
        What every form of theirs carries.
    until_s
        When it ends, by the clock of `Access`.
    who
        Their name; empty before they have logged in.
    said
        What the next page tells them: good or bad, and a sentence in both languages.
    queue
        Ids of the places they are reviewing, in order.
    done
        Those they have dealt with or skipped.
    """

    csrf: str
    until_s: float
    who: str = ""
    said: list[tuple[str, str, str]] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)


class Access:
    """
    Lets people in.

    Parameters
    ----------
    password
        What they must know; None lets in only this machine itself.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, password: str | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._password = password or None
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._tries: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    @property
    def has_password(self) -> bool:
        """Whether people are asked for a password."""
        return self._password is not None

    def check_comes_from_here(self, request: Request) -> None:
        """
        Refuse whoever does not sit at this machine, where there is no password.

        Raises
        ------
        AccessError
            If they do not.
        """
        if self._password is not None:
            return
        client = request.client.host if request.client else ""
        is_passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
        if is_passed_on or not _is_own(client) or host_of(request) not in _OWN_NAMES:
            raise AccessError(
                en="Without a password these pages open only on the machine itself; whoever runs "
                "it can set one (CIRCLE_STAFF_PASSWORD).",
                zh="未设置密码时，只能在本机打开工作页面；管理员可设置密码（CIRCLE_STAFF_PASSWORD）。",
            )

    def session(self, request: Request) -> Session | None:
        """Return the session of a request, None where it has none that still holds."""
        key = request.cookies.get(COOKIE, "")
        now = self._clock()
        with self._lock:
            held = self._sessions.get(key)
            if held is None:
                return None
            if held.until_s < now:
                del self._sessions[key]
                return None
            held.until_s = now + STAY_S
            return held

    def begin(self, request: Request, response: Response, who: str = "") -> Session:
        """Begin a session under a new key, which the answer carries as a cookie."""
        key = secrets.token_urlsafe(32)
        made = Session(secrets.token_urlsafe(32), self._clock() + STAY_S, who)
        with self._lock:
            self._sessions.pop(request.cookies.get(COOKIE, ""), None)
            self._make_room()
            self._sessions[key] = made
        response.set_cookie(
            COOKIE,
            key,
            path="/staff",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return made

    def end(self, request: Request, response: Response) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(request.cookies.get(COOKIE, ""), None)
        response.delete_cookie(COOKIE, path="/staff")

    def check_form(self, request: Request, session: Session | None, token: object) -> None:
        """
        Refuse a form that was not written by a page of ours for this session.

        Raises
        ------
        AccessError
            If it was not.
        """
        origin = request.headers.get("origin")
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        if (
            session is None
            or not is_ours
            or not isinstance(token, str)
            or not hmac.compare_digest(token.encode(), session.csrf.encode())
        ):
            raise AccessError(
                en="This form is no longer valid, and nothing was changed; open the page again and "
                "repeat.",
                zh="此表单已失效，没有作任何修改；请重新打开页面再操作。",
            )

    def check_login(self, request: Request, who: str, password: str) -> str:
        """
        Return the name of who may come in.

        Raises
        ------
        TooManyTriesError
            If the password was tried too often of late.
        AccessError
            If it is wrong, or no name is given.
        """
        if not who.strip() or len(who) > _LONGEST_NAME:
            raise AccessError(
                en=f"Give your name, at most {_LONGEST_NAME} letters; it stands beside every "
                "change.",
                zh=f"请填写姓名（不超过 {_LONGEST_NAME} 字）；每次修改都会记录姓名。",
            )
        client = request.client.host if request.client else "?"
        with self._lock:
            now = self._clock()
            for key in list(self._tries):
                self._tries[key] = [t for t in self._tries[key] if t > now - TRIES_WITHIN_S]
                if not self._tries[key]:
                    del self._tries[key]
            n_own = len(self._tries.get(client, ()))
            if n_own >= MOST_TRIES or sum(map(len, self._tries.values())) >= MOST_TRIES_OF_ALL:
                raise TooManyTriesError(
                    en="The password was wrong too often; wait five minutes and try again.",
                    zh="密码错误次数过多；请五分钟后再试。",
                )
            is_right = self._password is None or hmac.compare_digest(
                password.encode(), self._password.encode()
            )
            if is_right:
                self._tries.pop(client, None)
                return " ".join(who.split())
            self._tries.setdefault(client, []).append(now)
        raise AccessError(en="That is not the password.", zh="密码不正确。")

    def _make_room(self) -> None:
        if len(self._sessions) < _MOST_SESSIONS:
            return
        # Those who have not logged in go first, the oldest before the others.
        order = sorted(
            self._sessions, key=lambda k: (self._sessions[k].who != "", self._sessions[k].until_s)
        )
        for key in order[: len(order) // 2]:
            del self._sessions[key]


def host_of(request: Request) -> str:
    """Return the name by which the browser asked for this machine, without the port."""
    return (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").casefold()


def _is_own(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
