"""Plans as child processes: asked once to stop, waited for, their failures told."""

from __future__ import annotations

import pathlib
import signal
import subprocess
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


def test_a_stopped_run_goes_on_in_its_own_folder(tmp_path):
    """The child counts how often it was started there."""
    code = (
        "import sys, pathlib\nplace = pathlib.Path(sys.argv[1], 'plan.json')\n"
        "place.write_text((place.read_text() if place.exists() else '') + 'x')\n"
        "sys.exit(0 if len(place.read_text()) == 2 else 5)\n"
    )
    solving = Solving(Shelf(tmp_path), lambda study, out: [sys.executable, "-c", code, str(out)])
    assert solving.start("x", "study: x\n") == "x"
    until(lambda: solving.state("x") == "stopped")
    assert solving.resume("x") == "x"
    until(lambda: solving.state("x") == "planned")
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
    with pytest.raises(InputError, match="is not the name of a run"):
        solving.resume("../x")
    solving.close()


def test_what_is_being_solved_is_not_resumed(tmp_path):
    solving = Solving(
        Shelf(tmp_path), lambda study, out: [sys.executable, "-c", "import time; time.sleep(60)"]
    )
    solving.start("x", "study: x\n")
    with pytest.raises(InputError, match="is being solved already"):
        solving.resume("x")
    solving.cancel("x")
    solving.close()


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


def test_the_child_imports_nothing_from_the_folder_it_was_started_in(tmp_path):
    from headrace.show.app.solving import command

    assert command(tmp_path / "s.yaml", tmp_path)[1] == "-P"


HOLDS = """
import sys, time, pathlib
from headrace.core.files import folder_lock
root = pathlib.Path(sys.argv[1])
with folder_lock.hold(root):
    (root / "up").touch()
    time.sleep(60)
"""


def test_a_solver_that_another_app_has_left_is_found_and_stopped(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "study.yaml").write_text("study: x\n")
    child = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path / "run")])
    try:
        until(lambda: (tmp_path / "run" / "up").exists())
        solving = Solving(Shelf(tmp_path))
        assert solving.left() == ("run",)
        assert solving.state("run") == "solving"
        assert solving.cancel("run") == "stopping"
        assert child.wait(30) == -signal.SIGTERM
        assert solving.left() == ()
        assert solving.state("run") is None
        with pytest.raises(InputError, match="not being solved"):
            solving.cancel("run")
    finally:
        child.kill()
        child.wait()


STARTS = """
import sys, pathlib, time
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving
code = (
    "import os, sys, time, pathlib\\n"
    "pathlib.Path(sys.argv[1], 'up').write_text(str(os.getpid()))\\ntime.sleep(60)"
)
shelf = Shelf(pathlib.Path(sys.argv[1]))
solving = Solving(shelf, lambda s, out: [sys.executable, "-c", code, str(out)])
solving.start("x", "study: x\\n")
time.sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux does it")
def test_a_child_ends_when_the_app_is_killed(tmp_path):
    app = subprocess.Popen([sys.executable, "-c", STARTS, str(tmp_path)])
    told = tmp_path / "x" / "up"
    try:
        until(lambda: told.is_file() and told.read_text())
    finally:
        app.kill()
        app.wait()

    def gone() -> bool:
        try:
            state = pathlib.Path(f"/proc/{told.read_text()}/stat").read_text()
        except OSError:
            return True
        return state.rsplit(")", 1)[1].split()[0] == "Z"

    until(gone)
