"""`lmgrade db copy`: move a course between SQLite and PostgreSQL, every row compared."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Column, MetaData, String, Table, create_engine, func, inspect, select, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from tqdm import tqdm

from lmgrade.nbgrader.gradebook import alembic_version, sqlite_file, unusable
from lmgrade.notebook.assignment import Refused

# nbgrader keeps the version of its tables in one of their own.
VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
TABLES = [*Base.metadata.sorted_tables, VERSION]  # those that others refer to come first
ROWS = 500  # at a time
MADE = ("course", VERSION.name)  # what nbgrader writes into a database as soon as it looks at it


def copy(source: str, target: str) -> str:
    """Copy all rows in one transaction; what is interrupted leaves the target empty.

    Both are SQLAlchemy URLs or paths of SQLite files. Says what was done. (`!r` hides a password.)
    """
    from_url, to_url = _url(source), _url(target)
    with _connected(from_url, is_new=False) as there:
        _expect_gradebook(there, from_url)
        with _connected(to_url, is_new=True) as here:
            filled = [name for name in inspect(here).get_table_names() if _count(here, name)]
            if filled := [name for name in filled if name not in MADE]:
                why = f"holds something already ({', '.join(filled[:3])} …)"
                raise Refused(f"{to_url!r} {why}; name an empty database")
            for table in TABLES:
                table.create(here, checkfirst=True)
                if table.name in MADE:
                    here.execute(table.delete())
            rows = sum(_count(there, table) for table in TABLES)
            quiet = not sys.stderr.isatty()
            with tqdm(total=rows, unit="row", disable=quiet, desc="copied and compared") as bar:
                for table in TABLES:
                    _copy(table, there, here, bar)
    return (
        f"{rows} rows of {len(TABLES)} tables copied, and each compared; {from_url!r} is as it "
        "was.\nTo grade into the new one, put it in nbgrader_config.local.py, with its password if "
        f'it has one:\n  c.CourseDirectory.db_url = "{to_url!r}"'
    )


def _copy(table: Any, there: Connection, here: Connection, bar: tqdm) -> None:
    """Copy a table, then read it back."""
    (key,) = table.primary_key
    for part in there.execute(select(table)).partitions(ROWS):
        here.execute(table.insert(), [row._asdict() for row in part])
    if here.dialect.name == "postgresql":  # or it would look for each row in all of them
        here.execute(text(f"ANALYZE {table.name}"))
    for part in there.execute(select(table)).partitions(ROWS):
        rows = {row._mapping[key]: row._asdict() for row in part}
        found = here.execute(select(table).where(key.in_(rows)))
        arrived = {row._mapping[key]: row._asdict() for row in found}
        for name, row in rows.items():
            if arrived.get(name) != row:
                raise Refused(
                    f"{table.name}: {row} arrived as {arrived.get(name)}; nothing is kept"
                )
        bar.update(len(rows))
    if _count(there, table) != _count(here, table):
        raise Refused(f"{table.name} has another number of rows now; nothing is kept")


def _count(connection: Connection, table: Any) -> int:
    found = text(f'"{table}"') if isinstance(table, str) else table
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def _expect_gradebook(connection: Connection, url: URL) -> None:
    """Refuse tables of another nbgrader than the one at hand."""
    if VERSION.name not in inspect(connection).get_table_names():
        raise Refused(f"{url!r} is no gradebook of nbgrader's")
    if connection.execute(select(VERSION)).scalar_one() != alembic_version():
        raise Refused(f"{url!r} is of another version of nbgrader; run there: nbgrader db upgrade")


def _url(name: str) -> URL:
    try:
        return make_url(name if "://" in name else f"sqlite:///{Path(name).absolute()}")
    except ArgumentError:
        raise Refused(f"{name!r} is neither a database's URL nor the path of a file") from None


@contextlib.contextmanager
def _connected(url: URL, is_new: bool) -> Iterator[Connection]:
    """One transaction on a database; a new file appears when it is complete."""
    path = sqlite_file(url)
    if path and path.exists() == is_new:
        raise Refused(f"{path} is {'there already' if is_new else 'not there'}; name another file")
    if path and not path.parent.is_dir():
        raise Refused(f"there is no folder {path.parent}")
    unfinished = path.with_name(f"{path.name}.unfinished") if path and is_new else None
    if unfinished:
        unfinished.unlink(missing_ok=True)
    try:
        engine = create_engine(url.set(database=str(unfinished)) if unfinished else url)
    except NoSuchModuleError:
        kind = "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
        raise Refused(
            f"{url.drivername!r} is no database that is known here; write {kind}"
        ) from None
    try:
        with engine.connect() as connection:
            begin = "BEGIN" if path else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
            connection.execute(text(begin))  # all is read as it is at one moment
            yield connection
            connection.commit()
    except DBAPIError as error:
        raise Refused(unusable(url, error)) from None
    finally:
        engine.dispose()
        if unfinished and sys.exc_info()[0]:
            unfinished.unlink(missing_ok=True)
    if unfinished:
        os.replace(unfinished, str(path))
