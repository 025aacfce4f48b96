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

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.app.guard import Guard
from headrace.show.app.routes import build
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving

HERE = "127.0.0.1"
HURRY = 15.0  # how long a request may take until all of it is here [s]
LONGEST_HEADERS = 16_384  # of a request [bytes]
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


class OneLength(h11.Connection):
    """HTTP that refuses a request which says its length more than once, also where each says the
    same: h11 makes one of them before anybody else could count.
    """

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """What came next. Raises RemoteProtocolError."""
        before = self.trailing_data[0] if self.their_state is h11.IDLE else b""
        event = super().next_event()
        if isinstance(event, h11.Request):
            head = before[: len(before) - len(self.trailing_data[0])].lower().split(b"\n")
            fields = [line.partition(b":") for line in head]
            sizes = [size for name, _, size in fields if name == b"content-length"]
            if len(sizes) > 1 or any(b"," in size for size in sizes):
                raise h11.RemoteProtocolError("a request says its length once")
        return event


class Prompt(H11Protocol):
    """A connection of which every request, headers and body, must be here within `HURRY` seconds
    of its begin, or it is closed.
    """

    overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        self.conn = OneLength(h11.SERVER, LONGEST_HEADERS)
        super().connection_made(transport)
        self.overdue = self.loop.call_later(HURRY, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        self._wait()

    def on_response_complete(self) -> None:
        """Go on to the next request, of which a part may be here already."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; where an answer has begun there is no other, and none follows."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def _wait(self) -> None:
        """Begin to wait for the rest of a request, or end it where all of it is here."""
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0]):
            self.overdue = self.overdue or self.loop.call_later(HURRY, self._give_up)
        else:
            self._wait_no_more()

    def _wait_no_more(self) -> None:
        if self.overdue is not None:
            self.overdue.cancel()
            self.overdue = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
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
        h11_max_incomplete_event_size=LONGEST_HEADERS,
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
