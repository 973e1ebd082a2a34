"""
Opens the database a register lives in, and brings its tables up to date.

SQLite unless an address says PostgreSQL. What is committed is on the disk: SQLite runs with a
write-ahead log and ``synchronous=FULL``. Writers take turns, on both databases: a register is
written by a few people, and one who waits a moment is better than two who overwrite each other.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util.exc import CommandError
from sqlalchemy.engine import URL, Connection, Engine, make_url

from circle.errors import RegisterError
from circle.store.tables import Base

WRITING = "circle_is_writing"
"""Execution option of a connection that is going to write."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_S = 30
# "circ": tells a register from any other SQLite file.
_APPLICATION_ID = 0x63697263
# Any number will do, as long as every program that writes takes the same.
_POSTGRESQL_LOCK = 0x636972636C65


def open_engine(address: Path | str, *, must_exist: bool = False) -> Engine:
    """
    Return an engine on a register, its tables made or brought up to date.

    Parameters
    ----------
    address
        File, or address such as ``postgresql+psycopg://user@host/base``.
    must_exist
        Refuse to make a new file.

    Raises
    ------
    RegisterError
        If it cannot be opened, is something else, or was written by a later version.
    """
    url = _url(address)
    engine = _sqlite(url, must_exist) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with engine.connect() as reading:
            is_current = _is_current(reading)
        if not is_current:
            with engine.connect().execution_options(**{WRITING: True}) as writing, writing.begin():
                _upgrade(writing, url)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise _cannot(url, str(error.orig).strip().splitlines()[0]) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _url(address: Path | str) -> URL:
    text = str(address)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        url = make_url(text)
    except sa.exc.ArgumentError as error:
        raise RegisterError(
            en="The address of the register is none; give a file such as places.db or "
            "postgresql+psycopg://user@host/base.",
            zh="登记册地址有误；请给出文件（例如 places.db）或 postgresql+psycopg://user@host/base。",
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise RegisterError(
            en=f"A register lives in SQLite or PostgreSQL, not in {url.get_backend_name()}.",
            zh=f"登记册只能存放在 SQLite 或 PostgreSQL 中，不支持 {url.get_backend_name()}。",
        )
    return url


def shown(url: URL) -> str:
    """Return an address as it may be shown: without a password."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or ":memory:").name
    return url.render_as_string(hide_password=True)


def _cannot(url: URL, why: str) -> RegisterError:
    return RegisterError(
        en=f"The register {shown(url)} cannot be opened ({why}); check the file or the server.",
        zh=f"无法打开登记册 {shown(url)}（{why}）；请检查文件或数据库服务器。",
    )


def _sqlite(url: URL, must_exist: bool) -> Engine:
    path = Path(url.database or "")
    is_file = url.database not in (None, "", ":memory:")
    if is_file and not path.is_file():
        if must_exist:
            raise RegisterError(
                en=f"There is no register {path.name} yet; import a list or read a map first.",
                zh=f"还没有登记册 {path.name}；请先导入表格或读取地图。",
            )
        if path.is_dir() or not path.parent.is_dir():
            raise RegisterError(
                en=f"{path} cannot hold a register; name a file in a folder that is there.",
                zh=f"{path} 不能作为登记册；请给出已有文件夹中的文件名。",
            )
    elif is_file and path.stat().st_size and not _is_register(path):
        raise RegisterError(
            en=f"{path.name} is not a register of places; name another file.",
            zh=f"{path.name} 不是地点登记册；请换一个文件。",
        )
    pool = {} if is_file else {"poolclass": sa.StaticPool}
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_S}, **pool)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _is_register(path: Path) -> bool:
    """Say whether a SQLite file is ours, or still empty: a first opening may be cut off."""
    try:
        # Asked of SQLite: what was just written may still stand in the log beside the file.
        connection = sqlite3.connect(path, timeout=_BUSY_S)
        try:
            (application_id,) = connection.execute("pragma application_id").fetchone()
            (n_tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return False
    return bool(application_id == _APPLICATION_ID or n_tables == 0)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver shall not begin transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout={_BUSY_S * 1000}")
    _write_ahead(cursor)
    cursor.execute("pragma synchronous=full")
    cursor.execute("pragma foreign_keys=on")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    # The first change of a new file's journal asks for the whole file; where others open it at
    # that moment it is refused at once, however long `busy_timeout` is.
    give_up_at = time.monotonic() + _BUSY_S
    while True:
        try:
            cursor.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(WRITING, False)
    # Taking the lock at once: a reader that becomes a writer could be refused in between.
    connection.exec_driver_sql("begin immediate" if is_writing else "begin")


def _postgresql(url: URL) -> Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except ImportError as error:
        raise RegisterError(
            en="PostgreSQL needs its driver; install it with: pip install 'circle[postgresql]'.",
            zh="使用 PostgreSQL 需要驱动；请运行 pip install 'circle[postgresql]' 安装。",
        ) from error


def reading_options(engine: Engine) -> dict[str, Any]:
    """Return the options of a connection that reads several tables as they were at one moment."""
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ"}
    return {}


def take_turn(connection: Connection) -> None:
    """Wait until no other writer is at work on the register; ends with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"set local lock_timeout = '{_BUSY_S}s'")
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})")


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _is_current(connection: Connection) -> bool:
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    held = connection.exec_driver_sql("select version_num from alembic_version").scalars().all()
    return held == [_scripts().get_current_head()]


def _upgrade(connection: Connection, url: URL) -> None:
    """Run the migrations that are still to be run, all or none."""
    take_turn(connection)
    scripts = _scripts()

    def steps(revision: Any, _: Any) -> Any:
        # What `alembic upgrade head` does, without a file env.py to be found and run.
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True
        )
        try:
            environment.run_migrations()
        except (CommandError, ResolutionError) as error:
            raise RegisterError(
                en=f"The register {shown(url)} was written by a later version of this program; "
                "update the program.",
                zh=f"登记册 {shown(url)} 由更新版本的程序写成；请升级本程序。",
            ) from error
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"pragma application_id={_APPLICATION_ID}")
