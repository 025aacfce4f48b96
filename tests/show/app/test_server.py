"""The server ends cleanly, and says when its port is taken."""

from __future__ import annotations

import contextlib
import http.client
import logging
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

from tests.builders.app_process import ONE_HOUR, started

from headrace.show.app import server
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving


def until(there):
    limit = time.monotonic() + 60
    while not there():
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_with_an_open_stream_and_a_plan_in_work(tmp_path, number):
    with started(tmp_path / "runs") as running:
        assert "No run yet" in running.ask("/").body.decode()
        assert not (tmp_path / "runs").exists()
        run = running.post("/api/solve", {"study": ONE_HOUR}).json()["run"]
        until(lambda: (tmp_path / "runs" / run / "events.jsonl").exists())
        stream = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        stream.request("GET", f"/runs/{run}/events")
        assert stream.getresponse().status == 200  # and nobody reads it
        running.process.send_signal(number)
        out, error = running.process.communicate(timeout=120)
        stream.close()
    assert running.process.returncode == 0, error
    assert (tmp_path / "runs" / run / "plan.json").is_file()
    assert "Traceback" not in error
    assert out == ""


def test_a_port_in_use_is_one_clear_message(app, tmp_path, capsys):
    from headrace.show import cli

    assert cli.main(["app", str(tmp_path), "--port", str(app.port)]) == 2
    assert "--port" in capsys.readouterr().err
    assert cli.main(["app", __file__]) == 2


@contextlib.contextmanager
def hurried():
    """The server in this process, in which a request must be here within half a second."""
    ready = threading.Event()
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr(server, "HURRY", 0.5)
        listener = socket.create_server(("127.0.0.1", 0))
        address = server.Address(listener.getsockname()[1], "token")
        solving = Solving(Shelf(Path(folder)), lambda study, out: [sys.executable, "-c", "pass"])
        serving = server._server(Path(folder), solving, address)
        started = serving.startup

        async def told(sockets=None):
            await started(sockets)
            ready.set()

        serving.startup = told
        thread = threading.Thread(target=serving.run, args=([listener],), daemon=True)
        thread.start()
        assert ready.wait(60)
        yield address
        serving.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def address():
    with hurried() as found:
        yield found


GET = "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
POST = (
    "POST /api/check HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Headrace-Token: token\r\n"
    "Content-Type: application/json\r\n"
)
CHUNKED = f"{POST}Transfer-Encoding: chunked\r\n\r\n"


def spoken(address, *parts, pause=0.0):
    """What the app answers to the parts until it closes, and how long that took [s]."""
    begin, told = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", address.port), timeout=20) as line:
        with contextlib.suppress(ConnectionError):  # closed before all was said
            for part in parts:
                line.sendall(part.format(port=address.port).encode())
                time.sleep(pause)
        with contextlib.suppress(ConnectionError):
            while piece := line.recv(65536):
                told += piece
    return told.decode(), time.monotonic() - begin


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 17\r\nContent-Length: 17\r\n",
        "Content-Length: 17\r\ncontent-length: 3\r\n",
        "Content-Length: 17, 17\r\n",
        "Content-Length: +17\r\n",
        "Content-Length: 17\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_a_body_of_two_lengths_is_refused(address, lengths):
    body = '{{"study": "a: 1"}}'
    told, _ = spoken(address, f"{POST}Connection: close\r\n{lengths}\r\n{body}")
    assert told.startswith("HTTP/1.1 400 ")
    one = f"{POST}Connection: close\r\nContent-Length: 17\r\n\r\n{body}"
    assert spoken(address, one)[0].startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("parts", "begun"),
    [
        ([""], ""),
        ([GET, *["X: y\r\n"] * 30], ""),
        ([f"{GET}\r\n{GET}", *["X: y\r\n"] * 30], "HTTP/1.1 200 "),
        ([f"{GET}Content-Length: 900\r\n\r\n", *["a"] * 30], "HTTP/1.1 200 "),
        ([f"{POST}Content-Length: 900\r\n\r\n", *["a"] * 30], ""),
        ([f"{POST}Content-Length: 900\r\nExpect: 100-continue\r\n\r\n"], "HTTP/1.1 100 "),
        ([CHUNKED, *["1\r\na\r\n"] * 30], "HTTP/1.1 411 "),
        ([f"{GET}X: ", *["y" * 60_000] * 100], "HTTP/1.1 400 "),
    ],
    ids=["nothing", "first", "second", "idle body", "body", "continue", "chunks", "endless"],
)
def test_a_request_that_does_not_come_to_its_end_is_closed(address, parts, begun):
    told, took = spoken(address, *parts, pause=0.1)
    assert told.startswith(begun) if begun else not told
    assert took < 2.5 + 0.1 * len(parts)


@pytest.mark.parametrize("pause", [0.0, 0.3])
@pytest.mark.parametrize("rest", ["zz\r\n", "0\r\n" + "X: y\r\n" * 4000])
def test_a_body_that_is_no_http_is_answered_once(address, rest, pause, caplog):
    """Also where the answer had begun before the body went wrong."""
    with caplog.at_level(logging.ERROR):
        told, _ = spoken(address, CHUNKED if pause else CHUNKED + rest, rest, pause=pause)
    assert told.startswith("HTTP/1.1 4")
    assert told.count("HTTP/1.1") == 1
    assert not caplog.records


def test_a_request_that_is_here_may_be_answered_for_long(address):
    """A stream goes on, and a second request of the same connection is waited for."""
    line = http.client.HTTPConnection("127.0.0.1", address.port, timeout=20)
    for _ in range(3):
        line.request("GET", "/")
        assert line.getresponse().read()
        time.sleep(server.HURRY)
    line.close()


@pytest.mark.slow
def test_headers_that_never_end_are_closed_and_others_are_served(tmp_path):
    """A hundred half requests; the page is there for everybody else meanwhile."""
    with started(tmp_path / "runs") as running:
        halves = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(100)]
        begin = time.monotonic()
        for half in halves:
            half.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert running.ask("/").status == 200
        for half in halves:
            half.settimeout(server.HURRY + 20 - (time.monotonic() - begin))
            assert half.recv(100) == b""
            half.close()
        assert time.monotonic() - begin > server.HURRY - 1
        running.process.send_signal(signal.SIGINT)
        running.process.communicate(timeout=60)
