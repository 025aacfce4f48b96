"""The server ends cleanly, and says when its port is taken."""

from __future__ import annotations

import http.client
import signal
import time

import pytest

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

from tests.builders.app_process import ONE_HOUR, started


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
