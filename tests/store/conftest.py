"""A register on each database: SQLite always, PostgreSQL where there is a server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from circle.store import Register


def _binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    known = shutil.which("initdb")
    return Path(known).resolve().parent if known else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL server of our own, or of `$CIRCLE_TEST_POSTGRES`."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    given = os.environ.get("CIRCLE_TEST_POSTGRES")
    if given:
        yield given
        return
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server here: install postgresql or set CIRCLE_TEST_POSTGRES")
    # The server refuses to run as root; its package brings a user for it.
    user = None
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    # The path of a socket is at most some hundred letters long.
    folder = Path(tempfile.mkdtemp(prefix="circle-pg-", dir="/tmp"))
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    with (folder / "output").open("wb") as output:
        # It lives as long as the pipe to it is open: a run of tests that is killed closes it too.
        server = subprocess.Popen(
            ["/bin/sh", "-c", _SERVER, "sh", str(binaries), str(folder)],
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
            cwd="/tmp",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )
    assert server.stdin is not None
    assert server.stdout is not None
    said = server.stdout.readline()
    try:
        if said != b"ready\n":
            pytest.fail("PostgreSQL did not start: " + (folder / "output").read_text("utf-8"))
        yield f"postgresql+psycopg://circle@/postgres?host={folder}"
    finally:
        server.stdin.close()
        try:
            server.wait(timeout=60)
        finally:
            server.kill()
            server.stdout.close()
            shutil.rmtree(folder, ignore_errors=True)


# Durable as it comes: only what costs nothing is changed. The server itself does not hold the
# pipes, or nobody would see them closed.
_SERVER = """
bin=$1 folder=$2
"$bin/initdb" -D "$folder/data" -U circle -A trust -E UTF8 --locale=C >&2 &&
"$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" -o "-c listen_addresses='' \
    -c unix_socket_directories=$folder -c max_connections=40" start >&2 </dev/null &&
echo ready &&
cat >/dev/null
"$bin/pg_ctl" -D "$folder/data" -m immediate -t 30 stop >/dev/null 2>&1
rm -rf "$folder"
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a new, empty register, on each database."""
    if request.param == "sqlite":
        yield str(tmp_path / "places.db")
        return
    url = sa.make_url(request.getfixturevalue("postgres"))
    name = f"circle_{uuid.uuid4().hex}"
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"drop database {name} with (force)")
        server.dispose()


@pytest.fixture
def register(address: str) -> Iterator[Register]:
    """A new register, on each database."""
    with Register.open(address) as opened:
        yield opened


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write lines as a CSV file."""

    def write(*lines: str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write
