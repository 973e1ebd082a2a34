"""
The floor all online geocoders stand on: one question over HTTP, answered as JSON or refused.

It waits between questions as each service demands, tries again with longer and longer pauses
(as long as ``Retry-After`` says), keeps answers on disk for a while, and tells apart what went
wrong: a key that is not accepted, a quota that is used up, too many questions at once, no
connection, an answer that is none. Keys are sent to their service and appear nowhere else: not
in messages, not in the log, not in the cache.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from circle.errors import OnlineError

Trouble = Literal["key", "quota", "rate", "network", "answer"]

CACHE_DAYS = 90.0
"""How long an answer is kept: maps change, and the services' terms do not allow for ever."""

_TRIES = 4
_FIRST_PAUSE_S = 1.0
# Who asks for a longer pause than this is left alone for the rest of the batch.
_LONGEST_PAUSE_S = 30.0
# Nominatim and Photon want to know which program asks.
_HEADERS = {"User-Agent": f"circle/{version('circle')}", "Accept": "application/json"}
_SECRET = re.compile(r"((?:^|[?&\s])(?:key|ak|tk)=)[^&\s]+")


class ServiceError(OnlineError):
    """
    A service that did not answer, and in which way.

    Parameters
    ----------
    kind
        ``"key"``: not accepted; ``"quota"``: used up; ``"rate"``: too many questions at once;
        ``"network"``: not reached; ``"answer"``: not understood.
    en, zh
        The sentence.
    wait_s
        Pause the service asked for.
    """

    def __init__(self, kind: Trouble, *, en: str, zh: str, wait_s: float | None = None) -> None:
        super().__init__(en=en, zh=zh)
        self.kind = kind
        self.wait_s = wait_s

    @property
    def is_passing(self) -> bool:
        """Whether trying again in a moment makes sense."""
        return self.kind in ("rate", "network")

    @property
    def is_final(self) -> bool:
        """Whether every further question would meet the same."""
        return self.kind in ("key", "quota")


def trouble(kind: Trouble, service: str, detail: str, wait_s: float | None = None) -> ServiceError:
    """Return the error of a service in plain words of both languages."""
    what = {
        "key": (
            "does not accept the key; check the key and what it is allowed for",
            "不接受此密钥；请检查密钥及其权限",
        ),
        "quota": ("says its quota is used up; try again tomorrow", "提示配额已用完；请明天再试"),
        "rate": (
            "says there are too many questions at once; try later",
            "提示访问过于频繁；请稍后再试",
        ),
        "network": (
            "did not answer; check the connection or try later",
            "没有应答；请检查网络或稍后再试",
        ),
        "answer": (
            "did not answer in the way it should; try later",
            "的应答无法识别；请稍后再试",
        ),
    }  # fmt: skip
    en, zh = what[kind]
    return ServiceError(
        kind, en=f"{service} {en} ({detail}).", zh=f"{service} {zh}（{detail}）。", wait_s=wait_s
    )


class AnswerCache:
    """
    Answers on disk, each under what was asked, until they are too old.

    Parameters
    ----------
    path
        SQLite file, made when missing; a damaged one is begun anew. ``None`` keeps them in
        memory, and so does a file that cannot be written or that another program holds.
    days
        Age from which an answer is asked for again.
    now
        Seconds since 1970.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        days: float = CACHE_DAYS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._now = now
        self._oldest_s = days * 86_400.0
        self._lock = threading.Lock()
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._open(path)
        except (OSError, sqlite3.OperationalError):
            # Busy or read-only is not damaged: what others keep there is not thrown away.
            self._db = self._open(None)
        except sqlite3.DatabaseError:
            assert path is not None
            for end in ("", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            self._db = self._open(path)

    def _open(self, path: Path | None) -> sqlite3.Connection:
        db = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=10.0)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute(
                "CREATE TABLE IF NOT EXISTS answer "
                "(question TEXT PRIMARY KEY, asked_at REAL NOT NULL, payload TEXT NOT NULL)"
            )
            db.execute("DELETE FROM answer WHERE asked_at < ?", (self._now() - self._oldest_s,))
            db.commit()
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def get(self, question: str) -> Any | None:
        """Return the payload of a question, None when it is not known or too old."""
        try:
            with self._lock, closing(self._db.cursor()) as cursor:
                row = cursor.execute(
                    "SELECT payload FROM answer WHERE question = ? AND asked_at >= ?",
                    (question, self._now() - self._oldest_s),
                ).fetchone()
        except sqlite3.OperationalError:
            return None
        return None if row is None else json.loads(row[0])

    def put(self, question: str, payload: Any) -> None:
        """Keep an answer; it is on disk when this returns, unless the disk does not take it."""
        # An answer that cannot be kept is asked for again: no reason to lose it now.
        with self._lock, suppress(sqlite3.OperationalError), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?)",
                (question, self._now(), json.dumps(payload, ensure_ascii=False)),
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


class Line:
    """
    A line to one service, with its manners.

    Parameters
    ----------
    service
        Name for messages and for the cache.
    pause_s
        Least time between two questions.
    timeout_s
        How long to wait for an answer.
    cache
        Where answers are kept.
    sleep, clock
        Waiting and its measure, in seconds.
    """

    def __init__(
        self,
        service: str,
        *,
        pause_s: float,
        timeout_s: float = 10.0,
        cache: AnswerCache | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.service = service
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        self._cache = cache or AnswerCache()
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = float("-inf")

    def ask(
        self,
        url: str,
        params: Mapping[str, str],
        secrets: Mapping[str, str],
        check: Callable[[Any], None],
    ) -> Any:
        """
        Return the answer to a question, from the cache or from the service.

        Parameters
        ----------
        url
            Address of the service.
        params
            The question; what the cache knows it by.
        secrets
            Further parameters that are sent and never kept: the key.
        check
            Raises `ServiceError` for an answer that is a refusal; such an answer is not kept.

        Raises
        ------
        ServiceError
            If there is no answer.
        """
        question = _fingerprint(self.service, url, params)
        known = self._cache.get(question)
        if known is not None:
            return known
        for attempt in range(_TRIES):
            try:
                payload = self._get(url, {**params, **secrets})
                check(payload)
            except ServiceError as error:
                pause_s = error.wait_s or _FIRST_PAUSE_S * 2**attempt
                is_last = attempt == _TRIES - 1 or pause_s > _LONGEST_PAUSE_S
                if is_last or not error.is_passing:
                    raise
                self._sleep(pause_s)
            else:
                self._cache.put(question, payload)
                return payload
        raise AssertionError("the last attempt answers or raises")

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = self._clock()
            wait_s = max(0.0, self._free_at - now)
            self._free_at = now + wait_s + self._pause_s
        if wait_s > 0:
            self._sleep(wait_s)

    def _get(self, url: str, params: Mapping[str, str]) -> Any:
        import requests  # For the few who are online.

        _hide_secrets()
        self._wait_for_turn()
        # What `requests` raises quotes the address, key included: `from None`, and no text of it.
        try:
            reply = requests.get(url, params=params, headers=_HEADERS, timeout=self._timeout_s)
        except requests.Timeout:
            detail = f"no answer within {self._timeout_s:g} s"
            raise trouble("network", self.service, detail) from None
        except requests.RequestException as error:
            raise trouble("network", self.service, type(error).__name__) from None
        self._check_status(reply.status_code, reply.headers.get("Retry-After"))
        try:
            return reply.json()
        except ValueError:
            raise trouble("answer", self.service, "no JSON") from None

    def _check_status(self, status: int, retry_after: str | None) -> None:
        if status < 400:
            return
        detail = f"HTTP {status}"
        if status in (401, 403):
            raise trouble("key", self.service, detail)
        if status in (418, 429, 503):
            raise trouble("rate", self.service, detail, _seconds(retry_after))
        raise trouble("network" if status >= 500 else "answer", self.service, detail)


def _fingerprint(service: str, url: str, params: Mapping[str, str]) -> str:
    text = json.dumps([service, url, sorted(params.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _seconds(retry_after: str | None) -> float | None:
    """Return the pause a ``Retry-After`` asks for, given in seconds or as a date."""
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


class _HideSecrets(logging.Filter):
    """Takes keys out of the lines urllib3 writes when somebody turns its log on."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = _SECRET.sub(r"\1***", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True


def _hide_secrets() -> None:
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, _HideSecrets) for known in logger.filters):
            logger.addFilter(_HideSecrets())
