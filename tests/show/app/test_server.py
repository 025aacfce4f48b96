"""The server ends cleanly, and says when its port is taken."""

from __future__ import annotations

import http.client
import signal
import socket
import time

import pytest

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

from tests.builders.app_process import ONE_HOUR, started

from headrace.show.app import server


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


class FakeTransport:
    def __init__(self, closing: bool = False) -> None:
        self.closed, self.closing = False, closing

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("asked", "closing", "closed"),
    [(False, False, True), (True, False, False), (False, True, False)],
)
def test_a_connection_that_never_says_what_it_wants_is_closed(asked, closing, closed):
    one = object.__new__(server.Prompt)
    one.cycle, one.transport = object() if asked else None, FakeTransport(closing)
    one._closed_unless_asked()
    assert one.transport.closed is closed


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
