"""Plans as child processes: asked once to stop, waited for, their failures told."""

from __future__ import annotations

import sys
import time

import pytest

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

from headrace.core.errors import InputError
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving


def until(there):
    limit = time.monotonic() + 60
    while not there():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_a_child_is_asked_once_to_stop_and_waited_for(tmp_path):
    """The child is any command: this one saves a file 0.3 s after SIGTERM, and would die of a
    second one.
    """
    code = (
        "import signal, sys, time, pathlib\n"
        "def stop(*_):\n signal.signal(signal.SIGTERM, signal.SIG_DFL)\n time.sleep(0.3)\n"
        " pathlib.Path(sys.argv[1], 'plan.json').write_text('{}')\n sys.exit(5)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "pathlib.Path(sys.argv[1], 'up').touch()\ntime.sleep(60)\n"
    )
    solving = Solving(Shelf(tmp_path), lambda study, out: [sys.executable, "-c", code, str(out)])
    names = [solving.start("x", "study: x\n"), solving.start("x", "study: x\n")]
    assert names == ["x", "x-2"]
    with pytest.raises(InputError, match="2 studies are being solved"):
        solving.start("x", "study: x\n")
    until(lambda: all((tmp_path / name / "up").exists() for name in names))
    assert solving.cancel("x") == "stopping"
    assert solving.cancel("x") in ("stopping", "stopped")
    solving.close()
    assert [solving.children[name].process.returncode for name in names] == [5, 5]
    assert all((tmp_path / name / "plan.json").exists() for name in names)


def test_a_child_stopped_before_it_had_a_plan_says_so(tmp_path):
    solving = Solving(
        Shelf(tmp_path), lambda study, out: [sys.executable, "-c", "import time; time.sleep(60)"]
    )
    solving.start("x", "study: x\n")
    solving.cancel("x")
    solving.children["x"].process.wait(30)
    assert solving.state("x") == "failed"
    assert solving.words("x") == "Stopped before there was a plan to keep."
    solving.close()


def test_a_child_that_fails_says_why(tmp_path):
    solving = Solving(
        Shelf(tmp_path),
        lambda study, out: [sys.executable, "-c", "import sys; sys.exit('no such fuel')"],
    )
    solving.start("x", "study: x\n")
    solving.children["x"].process.wait(30)
    assert solving.state("x") == "failed"
    assert solving.words("x") == "no such fuel"
    solving.close()
