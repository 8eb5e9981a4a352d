"""The database file: opened, made anew where it is missing, old or damaged, and read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from urllib.parse import quote

from pidgin_cli.errors import LockedError, StoreError, UsageError
from pidgin_cli.index import schema

NAME = "index.db"
"""Name of the database in the folder of the store."""

PATIENCE = 10.0
"""Seconds for which another program may hold the database up."""

_MAGIC = b"SQLite format 3\0"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Connection = sqlite3.Connection
Work = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A database that is an index, or is to be one.

    Args:
        own: whether it lies in the store, where nothing else can have its name; a file that a
            person named is replaced only if it is an index and can be made again.
        mode: permission bits.
    """

    path: Path
    own: bool = True
    mode: int = 0o600

    @classmethod
    def of_store(cls, folder: Path, mode: int = 0o600) -> IndexFile:
        """Give the index of the store in a folder."""
        return cls(folder / NAME, mode=mode)


def update(file: IndexFile, work: Work, *, rebuild: bool = False) -> None:
    """Do work on the database, which is made anew where that is asked for, or necessary.

    Whoever calls this holds the lock of the index. A database that is made anew takes the place of
    the old one whole or not at all, and those who read that one are not disturbed.

    Raises:
        UsageError: the file is no index of pidgin, or holds what cannot be read again.
        LockedError: another program writes to the database.
        StoreError: it cannot be written.
    """
    try:
        _remove_leftovers(file.path)
        if not file.own:
            _check_is_index(file.path)
        if not rebuild and file.path.exists() and _worked(file.path, work):
            return
        if not file.own and file.path.exists():
            _check_can_be_made_again(file.path)
        _make_anew(file, work)
    except sqlite3.Error as error:
        if _code(error) in _BUSY:
            raise LockedError(f"{file.path} is being written by another program") from None
        raise StoreError(f"cannot write {file.path}: {error}") from None
    except OSError as error:
        raise StoreError(f"cannot write {file.path}: {error.strerror}") from None


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that can change nothing.

    Raises:
        UsageError: there is no such database, or it is no index of this version.
        StoreError: it is damaged.
    """
    if not path.exists():
        raise UsageError(f"no index {path}; 'pidgin index' makes it")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a database file in it")
    try:
        with closing(connected(path)) as connection:
            if not is_current(connection):
                raise UsageError(f"{path} is no index of this version; 'pidgin index' makes it")
            yield connection
    except sqlite3.Error as error:
        if _code(error) == sqlite3.SQLITE_NOTADB:
            raise UsageError(f"{path} is no index of pidgin") from None
        if is_damage(error):
            raise StoreError(
                f"{path} is damaged: {error}; 'pidgin index --rebuild' makes it anew"
            ) from None
        raise


def is_index(path: Path) -> bool:
    """Say whether a file is an index of this version, without having it made or changed."""
    if not path.exists():
        return False
    try:
        with closing(connected(path)) as connection:
            return is_current(connection)
    except sqlite3.Error:
        return False


def faults(path: Path) -> str | None:
    """Say why an index has to be made again, None where it has not; nothing is changed."""
    try:
        with closing(connected(path)) as connection:
            if not is_current(connection):
                return "no index of this version"
            (said,) = connection.execute("pragma quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if said == "ok" else str(said)


def is_current(connection: sqlite3.Connection) -> bool:
    """Say whether a database is an index of this version."""
    return (schema.APPLICATION_ID, schema.version()) == (
        connection.execute("pragma application_id").fetchone()[0],
        connection.execute("pragma user_version").fetchone()[0],
    )


def is_damage(error: sqlite3.Error) -> bool:
    """Say whether an error means that a database is damaged, or none."""
    return _code(error) in _DAMAGE


def _code(error: sqlite3.Error) -> int:
    # The upper bits say more of the same.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def connected(path: Path) -> sqlite3.Connection:
    """Open a database to read it, also where nothing can be written beside it."""
    name = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        return _looked_into(name)
    except sqlite3.OperationalError:
        if os.access(path.parent, os.W_OK):
            raise
        return sqlite3.connect(f"{name}&immutable=1", uri=True, isolation_level=None)


def _looked_into(name: str) -> sqlite3.Connection:
    """Open a database, and see that it can be read."""
    connection = sqlite3.connect(name, uri=True, timeout=PATIENCE, isolation_level=None)
    try:
        connection.execute("select 1 from sqlite_schema").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _worked(path: Path, work: Work) -> bool:
    """Do the work on the database that is there; False where it is old or damaged."""
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            if not is_current(connection):
                return False
            connection.execute("pragma synchronous = normal")
            work(connection)
            return True
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise


def _make_anew(file: IndexFile, work: Work) -> None:
    temporary = file.path.with_name(f".{file.path.name}.{os.getpid()}.tmp")
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, file.mode)
        try:
            os.fchmod(descriptor, file.mode)
            _fill(temporary, work)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        # They would be taken for those of the new one. Who reads the old one has them open.
        for suffix in ("-wal", "-shm"):
            file.path.with_name(file.path.name + suffix).unlink(missing_ok=True)
        temporary.replace(file.path)
    finally:
        temporary.unlink(missing_ok=True)


def _fill(path: Path, work: Work) -> None:
    """Make an index in a new file, which nobody else knows, and which is lost if this fails."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("journal_mode = off", "synchronous = off", "locking_mode = exclusive"):
            connection.execute(f"pragma {setting}")
        schema.make(connection)
        work(connection)
        schema.make_indexes(connection)
        connection.execute("pragma locking_mode = normal")
        connection.execute("pragma journal_mode = wal")


def _check_is_index(path: Path) -> None:
    """See that a file that a person named is none of something else.

    Raises:
        UsageError: it is.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a database file in it")
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as stream:
        head = stream.read(100)
    if not head.startswith(_MAGIC) or head[68:72] != schema.APPLICATION_ID.to_bytes(4, "big"):
        raise UsageError(f"{path} is no index of pidgin; give --db another name")


def _check_can_be_made_again(path: Path) -> None:
    """See that an index holds nothing but logs, which can be read again.

    Raises:
        UsageError: it holds streams, or may hold some.
    """
    if path.stat().st_size == 0:
        return
    try:
        with closing(connected(path)) as connection:
            query = "select count(*) from sources where kind = 'stream'"
            streams = connection.execute(query).fetchone()[0]
    except sqlite3.Error as error:
        raise UsageError(
            f"{path} is damaged ({error}), and may hold streams that cannot be read again; "
            "remove it, or give --db another name"
        ) from None
    if streams:
        raise UsageError(
            f"{path} would have to be made anew, and holds {streams} streams that cannot be read "
            "again; remove it, or give --db another name"
        )


def _remove_leftovers(path: Path) -> None:
    """Remove what runs that were killed have left of databases that they made."""
    for left in path.parent.glob(f".{escape(path.name)}.*.tmp*"):
        left.unlink(missing_ok=True)
