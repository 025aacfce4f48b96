"""The server: on 127.0.0.1 only, its token shown once in the terminal, ended by Ctrl-C with every
plan in work saved.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.app.guard import Guard
from headrace.show.app.routes import build
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving

HERE = "127.0.0.1"
HURRY = 15.0  # how long the headers of a connection's first request may take [s]
GRACE = 3  # how long answers under way may take once the end was asked for [s]


@dataclass(frozen=True)
class Address:
    """Where the app is: the port on 127.0.0.1 and the token that writes need."""

    port: int
    token: str

    @property
    def url(self) -> str:
        """The address to open. The token stands behind the #, so no browser sends it anywhere."""
        return f"http://{HERE}:{self.port}/#token={self.token}"


class Prompt(H11Protocol):
    """A connection that must say what it wants in `HURRY` seconds, or is closed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the headers."""
        super().connection_made(transport)
        self.loop.call_later(HURRY, self._closed_unless_asked)

    def _closed_unless_asked(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):
    """uvicorn that says when its end was asked for, so that no stream keeps it waiting."""

    closing = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The signal handler."""
        self.closing = True
        super().handle_exit(sig, frame)


def serve(folder: Path, port: int, ready: Callable[[Address], None]) -> None:
    """Serve the runs folder until Ctrl-C or SIGTERM; `ready` is called once the port is ours.

    Raises InputError.
    """
    with _listening(port) as listener:
        address = Address(listener.getsockname()[1], secrets.token_urlsafe(24))
        solving = Solving(Shelf(folder))
        server = _server(folder, solving, address)
        ready(address)
        # uvicorn raises it again when it is done
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            pass
        finally:
            if left := solving.running():
                saving = "the best plan so far is being saved. Once more to give it up."
                print(f"Stopping {', '.join(left)}: {saving}", file=sys.stderr)
            solving.close()
            signal.signal(signal.SIGTERM, before)


def _server(folder: Path, solving: Solving, address: Address) -> Server:
    hosts = frozenset(f"{name}:{address.port}" for name in (HERE, "localhost"))
    app = Guard(build(folder, solving, lambda: server.closing), hosts, address.token)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=16_384,
        http=Prompt,
    )
    server = Server(config)
    return server


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HERE, port))
        listener.listen()  # whoever reads the address may ask at once
    except (OSError, OverflowError) as error:
        listener.close()
        raise InputError(
            InputFault(
                Place(f"{HERE}:{port}"),
                f"cannot be used: {error}",
                fix="Give another one with --port.",
            )
        ) from error
    return listener
