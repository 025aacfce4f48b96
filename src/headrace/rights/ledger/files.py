"""The file a ledger stands in: opened for reading on any medium, refused where its log is unsafe.

A write-ahead log needs shared memory, so SQLite forbids it on network file systems
(sqlite.org/wal.html, "all processes must be on the same host"): such a ledger can lose entries that
were acknowledged. On a medium that cannot be written, a ledger without a log is read as it stands.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from headrace.core.atomic_write import sync, temporary_of, write_error
from headrace.core.errors import HeadraceError, InputError, InputFault, LawBroken, Place
from headrace.rights.ledger import schema

_NETWORK = (
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph"),
    *("lustre", "beegfs", "gpfs", "glusterfs", "davfs", "drvfs", "webdav"),
)
#: Primary result codes that say the medium cannot be read here, not that the content is wrong:
#: PERM, BUSY, LOCKED, READONLY, IOERR, CANTOPEN (sqlite.org/rescode.html).
_OF_THE_MEDIUM = (3, 5, 6, 8, 10, 14)


def network_file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of network file system the path lies on; "" on a local disk, or where the system
    does not tell.
    """
    best, kind = "", ""
    with suppress(OSError):
        whole = str(path.resolve())
        for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
            cells = line.split(" ")
            if len(cells) < 3:
                continue
            place = cells[1].encode().decode("unicode_escape", errors="replace").rstrip("/")
            if (whole == place or whole.startswith(f"{place}/")) and len(place) >= len(best):
                best, kind = place, cells[2]
    return kind if kind.removeprefix("fuse.").removesuffix("fs") in _BARE else ""


_BARE = {kind.removesuffix("fs") for kind in (*_NETWORK, "sshfs", "s3fs", "rclone")}


def refuse_network(path: Path) -> None:
    """Raises InputError where writing the ledger over a network could lose what it acknowledged."""
    kind = network_file_system(path.parent)
    if kind:
        fault = InputFault(
            Place(str(path)),
            f"the folder is on a network file system ({kind}), which carries no write-ahead log",
            "a local disk",
        )
        raise InputError(fault)


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that changes neither the ledger nor its log, also on a medium that cannot be
    written.

    A connection that may write folds the log into the file when it is closed, and takes it away:
    of a damaged log that would be all that is left of its tail.
    Raises InputError where the log beside the file cannot be read there: entries would be missing.
    """
    log = path.with_name(path.name + "-wal")
    writable = os.access(path.parent, os.W_OK)
    logged = log.is_file() and log.stat().st_size > 0
    if not writable and logged:
        fault = InputFault(
            Place(str(log)),
            "entries stand in this log, and it cannot be read where nothing can be written",
            fix="Copy the ledger and its -wal together to a folder that can be written.",
        )
        raise InputError(fault)
    # Where there is no log, a connection that may not write would leave an empty one behind.
    how = "immutable=1" if not writable else "mode=ro" if logged else "mode=rw"
    where = path.resolve().as_uri()
    connection = sqlite3.connect(f"{where}?{how}", uri=True, timeout=30.0, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection


def of_the_medium(error: sqlite3.Error) -> bool:
    """Whether an error says that the file cannot be reached, rather than that it is wrong."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _OF_THE_MEDIUM


def made(path: Path, wait_seconds: float) -> None:
    """Make an empty ledger under another name and give it its own once it is whole: whatever stands
    at `path` was never half made. One that another process has put there meanwhile is kept.

    wait_seconds: for the lock [s]. Raises InputError, DiskFull.
    """
    room = temporary_of(path)
    fresh = room / path.name[:40]
    try:
        room.mkdir(parents=True)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            prepare(connection, wait_seconds)
            # Closing would fold the log in as well, and be silent where that fails half-way.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sync(fresh)
        with suppress(FileExistsError):
            os.link(fresh, path)  # unlike a rename, it never replaces
        with suppress(OSError):
            sync(path.parent)
    except sqlite3.Error as error:
        raise refused(error, path) from error
    except OSError as error:
        raise write_error(error, path) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def refused(error: sqlite3.Error, path: Path) -> HeadraceError:
    """What SQLite refused, in words."""
    if "full" in str(error):
        return write_error(OSError(errno.ENOSPC, str(error)), path)
    if "disk I/O" in str(error):
        return write_error(OSError(errno.EIO, str(error)), path)
    if "unable to open" in str(error) or "readonly" in str(error) or "locked" in str(error):
        return InputError(InputFault(Place(str(path)), f"cannot be written: {error}"))
    return InputError(InputFault(Place(str(path)), f"not a ledger ({error})"))


def prepare(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Make the tables where there are none.

    Turning the log on does not wait for other openers by itself, so it is tried again.
    """
    patience = time.monotonic() + wait_seconds
    while True:
        try:
            return _make(connection)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.01)


def _make(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'ledger'").fetchone()[0]:
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("another database stands in this file")
    if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise LawBroken(
            "this file system does not carry a write-ahead log; put the ledger on a local disk"
        )
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have made the tables while this one waited for the lock.
    if not connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'ledger'"
    ).fetchone()[0]:
        # One statement at a time: executescript would commit the transaction around it.
        statement = ""
        for piece in schema.statements(schema.has_strict()).split(";"):
            statement += piece + ";"
            if sqlite3.complete_statement(statement):
                connection.execute(statement)
                statement = ""
        connection.execute(
            "INSERT INTO ledger VALUES (?, ?)", (schema.FORMAT, secrets.token_hex(16))
        )
    connection.execute("COMMIT")
