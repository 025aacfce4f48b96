"""The run folder: whole writes, one holder, no way out, a full disk in words.

The hours: same numbers back, any tool reads them.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import fill

from headrace.core import hourly_store, run_folder
from headrace.core.errors import DiskFull, InputError


@pytest.fixture
def folder(tmp_path) -> run_folder.RunFolder:
    return run_folder.create(tmp_path / "run", "study: toy\n")


def some_hours(node: int = 0, hours: int = 48) -> hourly_store.NodeHours:
    sun = np.maximum(0.0, np.sin(np.arange(hours) / 24 * 2 * np.pi))
    series = (
        hourly_store.FlowSeries("miami", "electricity", "pv", "MW", sun),
        hourly_store.FlowSeries("miami", "electricity", "hall", "MW", -sun),
        hourly_store.FlowSeries("greensboro", "electricity", "battery's", "MW", sun * 0.5),
    )
    return hourly_store.NodeHours(node, np.full(hours, 182.5), series)


def test_a_folder_keeps_its_study_and_refuses_another(tmp_path, folder):
    assert folder.read(run_folder.STUDY) == "study: toy\n"
    assert run_folder.create(folder.root, "study: toy\n") == folder
    with pytest.raises(InputError, match="another study"):
        run_folder.create(folder.root, "study: other\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(InputError, match="not empty"):
        run_folder.create(tmp_path / "mine", "study: toy\n")
    with pytest.raises(InputError, match="cannot be written"):
        run_folder.create(tmp_path / "mine" / "thesis.txt", "study: toy\n")
    assert run_folder.open_run(folder.root) == folder
    for wrong in (tmp_path / "mine", tmp_path / "nowhere"):
        with pytest.raises(InputError):
            run_folder.open_run(wrong)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", ".", "hourly/..", "a\0b"])
def test_no_name_leads_out(folder, name):
    for use in (folder.path, folder.read, lambda n: folder.write(n, "x")):
        with pytest.raises(InputError, match="leads out"):
            use(name)


def test_no_link_leads_out(tmp_path, folder):
    (tmp_path / "outside").mkdir()
    (folder.root / "hourly").symlink_to(tmp_path / "outside")
    (folder.root / "plan.json").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="leads out"):
        hourly_store.write_hourly(folder, some_hours())
    with pytest.raises(InputError, match="leads out"):
        folder.read("plan.json")
    assert list((tmp_path / "outside").iterdir()) == []


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_name_stays_inside_or_is_refused(tmp_path_factory, name):
    root = tmp_path_factory.getbasetemp() / "fuzz"
    root.mkdir(exist_ok=True)
    try:
        path = run_folder.RunFolder(root).path(name)
    except InputError:
        return
    assert root.resolve() in path.resolve().parents


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(folder):
    folder.write("plan.json", "old")

    def breaks(temporary: Path) -> None:
        temporary.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        folder.replace("plan.json", breaks)
    assert folder.read("plan.json") == "old"
    assert sorted(p.name for p in folder.root.iterdir()) == [
        ".lock",
        "plan.json",
        "study.yaml",
    ]
    with pytest.raises(ValueError, match="JSON compliant"):
        folder.write_json("plan.json", {"gap": float("nan")})
    assert folder.read("plan.json") == "old"


def test_a_killed_writer_leaves_the_old_file(folder):
    """kill -9 in the middle of a write: the old text stands, and the next holder sweeps the torn
    temporary file away.
    """
    folder.write("plan.json", "old")
    code = (
        "import os, signal, sys; from pathlib import Path; from headrace.core import run_folder\n"
        "def die(path): path.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
        "run_folder.RunFolder(Path(sys.argv[1])).replace('plan.json', die)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(folder.root)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert folder.read("plan.json") == "old"
    assert len(list(folder.root.glob(".*.tmp"))) == 1
    with folder.hold():
        assert list(folder.root.glob(".*.tmp")) == []


def test_a_second_process_is_refused_until_the_first_ends(folder):
    code = (
        "import sys; from pathlib import Path; from headrace.core import run_folder\n"
        "from headrace.core.errors import DiskFull, InputError\n"
        "try:\n"
        "    with run_folder.RunFolder(Path(sys.argv[1])).hold(): print('held')\n"
        "except InputError as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(folder.root)]
    with folder.hold():
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert f"in use by process {os.getpid()}" in told
        with pytest.raises(InputError, match="in use"), folder.hold():
            pass
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "held\n"


def test_events_come_back_and_a_torn_line_ends_them(folder):
    assert folder.events() == ()
    told = (
        run_folder.Event(0.5, "read"),
        run_folder.Event(2.0, "solve", "hard", 3, 0.25, -10.0, 5.0, 0.1, "do nothing"),
    )
    for event in told:
        folder.log(event)
    assert folder.events() == told
    with folder.path(run_folder.EVENTS).open("a") as stream:
        stream.write('{"seconds": 3.0, "stage"')
    assert folder.events() == told


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_event_file_is_read_without_a_traceback(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp() / "events"
    root.mkdir(exist_ok=True)
    folder = run_folder.RunFolder(root)
    folder.write(run_folder.EVENTS, text.encode("utf-8", "replace").decode())
    assert all(isinstance(event, run_folder.Event) for event in folder.events())


def test_reading_says_what_is_wrong(folder):
    with pytest.raises(InputError, match="no such file"):
        folder.read("plan.json")
    folder.path("plan.json").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        folder.read("plan.json")


def test_hours_come_back_as_they_went_and_plain_sql_reads_them(folder):
    put = some_hours(7)
    path = hourly_store.write_hourly(folder, put)
    got = hourly_store.read_hourly(folder, 7)
    assert hourly_store.stored_nodes(folder) == (7,)
    assert got.node == 7
    np.testing.assert_array_equal(got.weight, put.weight)
    stored = {(s.site, s.bus, s.item, s.unit): s.values for s in got.series}
    assert len(stored) == 3
    for series in put.series:
        np.testing.assert_array_equal(
            stored[series.site, series.bus, series.item, series.unit], series.values
        )
    with duckdb.connect() as store:
        total = store.execute(
            f"SELECT sum(value * weight) FROM read_parquet('{path}') WHERE site = 'miami'"
        ).fetchone()
    assert total is not None
    assert abs(total[0]) < 1e-9


def test_the_same_hours_are_the_same_bytes(folder):
    first = hourly_store.write_hourly(folder, some_hours()).read_bytes()
    assert hourly_store.write_hourly(folder, some_hours()).read_bytes() == first


@pytest.mark.parametrize(("hours", "count"), [(1, 300), (24, 40), (8760, 30)])
def test_rows_lie_series_by_series_and_hour_by_hour(folder, hours, count):
    """Nothing sorts them: whoever writes them relies on the order in which they were given."""
    names = [f"flow {count - n:03d}" for n in range(count)]
    rows = np.random.default_rng(3).normal(size=(count, hours))
    flows = tuple(
        hourly_store.FlowSeries("miami", "electricity", name, "MW", row)
        for name, row in zip(names, rows, strict=True)
    )
    path = hourly_store.write_hourly(folder, hourly_store.NodeHours(0, np.ones(hours), flows))
    with duckdb.connect() as store:
        read = f"SELECT item, hour, value FROM read_parquet('{path}')"
        item, hour, value = zip(*store.execute(read).fetchall(), strict=True)
    assert item == tuple(name for name in names for _ in range(hours))
    assert hour == tuple(range(hours)) * count
    assert value == tuple(rows.ravel())


def test_hours_that_would_take_too_long_are_not_stored(folder):
    asked: list[int] = []
    with folder.replaced("plan.json") as new:
        told = hourly_store.write_hours_of_plan(
            new, lambda node: asked.append(node) or some_hours(node), 5, 1, within=0.0
        )
        new.write("plan.json", "{}")
    assert (told, asked, hourly_store.stored_nodes(folder)) == ("", [0], ())
    assert not folder.path(hourly_store.DIGESTS).exists()


def test_bad_hours_are_refused(folder):
    good = some_hours()
    short = hourly_store.FlowSeries("miami", "electricity", "pv", "MW", np.zeros(3))
    broken = hourly_store.FlowSeries(
        "miami", "electricity", "pv", "MW", np.where(np.arange(48) == 5, np.nan, 1.0)
    )
    with pytest.raises(InputError, match="values for"):
        hourly_store.write_hourly(folder, hourly_store.NodeHours(0, good.weight, (short,)))
    with pytest.raises(InputError, match="hour 5"):
        hourly_store.write_hourly(folder, hourly_store.NodeHours(0, good.weight, (broken,)))
    with pytest.raises(InputError, match="no stored hours"):
        hourly_store.read_hourly(folder, 0)
    hourly_store.write_hourly(folder, hourly_store.NodeHours(0, np.ones(2), ()))
    assert hourly_store.read_hourly(folder, 0).series == ()


@pytest.mark.parametrize("cut", [0, 1, 4, 100, 400])
def test_a_torn_parquet_file_is_bad_input(folder, cut):
    path = hourly_store.write_hourly(folder, some_hours())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError):
        hourly_store.read_hourly(folder, 0)


def test_parquet_of_another_shape_is_bad_input(folder):
    folder.path("hourly").mkdir()
    with duckdb.connect() as store:
        store.execute(
            "COPY (SELECT 1 AS hour, 2.0 AS value)"
            f" TO '{folder.path(hourly_store.file_of(0))}' (FORMAT parquet)"
        )
    with pytest.raises(InputError, match="lacks book, bus"):
        hourly_store.read_hourly(folder, 0)


def test_a_full_disk_is_one_clear_message(folder):
    """The kernel's own limit on file size stands for the full disk: the same path through the
    operating system, in a child.
    """
    folder.write("plan.json", "old")
    code = (
        "import sys, resource, signal; from pathlib import Path\n"
        "import duckdb; import numpy as np\n"
        "from headrace.core import hourly_store, run_folder\n"
        "from headrace.core.errors import DiskFull\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "folder = run_folder.RunFolder(Path(sys.argv[1]))\n"
        "noise = np.random.default_rng(1).random(20000)\n"
        "series = (hourly_store.FlowSeries('a', 'b', 'c', 'MW', noise),)\n"
        "hours = hourly_store.NodeHours(0, np.ones(20000), series)\n"
        "for act in (\n"
        "    lambda: folder.write('plan.json', 'x' * 20000),\n"
        "    lambda: hourly_store.write_hourly(folder, hours),\n"
        "):\n"
        "    try: act()\n"
        "    except DiskFull as error: print(error.exit_code, error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(folder.root)], capture_output=True, text=True, check=True
    )
    lines = told.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("5 No room left on the disk to write") for line in lines)
    assert folder.read("plan.json") == "old"
    assert hourly_store.stored_nodes(folder) == ()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 8192


def test_a_disk_that_is_really_full(small_disk):
    """Plan, events, hours: each says that the disk is full (exit 5), each leaves what stood, and
    with room again all goes on.
    """
    folder = run_folder.create(small_disk / "run", "study: full\n")
    folder.write("plan.json", "old")
    ballast = fill(small_disk)
    noise = np.random.default_rng(1).random(20_000)
    hours = hourly_store.NodeHours(
        0, np.ones(20_000), (hourly_store.FlowSeries("a", "b", "c", "MW", noise),)
    )
    for act in (
        lambda: folder.write("plan.json", "x" * 100_000),
        lambda: hourly_store.write_hourly(folder, hours),
        lambda: [folder.log(run_folder.Event(float(i), "solve", "x" * 100)) for i in range(1000)],
    ):
        with pytest.raises(DiskFull, match="No room left on the disk") as told:
            act()
        assert told.value.exit_code == 5
    assert folder.read("plan.json") == "old"
    assert hourly_store.stored_nodes(folder) == ()
    assert list(folder.root.glob("**/.*.tmp")) == []
    ballast.unlink()
    hourly_store.write_hourly(folder, hours)
    folder.write("plan.json", "new")
    assert folder.read("plan.json") == "new"
    assert all(event.stage == "solve" for event in folder.events())


def test_json_is_one_readable_object(folder):
    folder.write_json("plan.json", {"study": "Zürich", "gap": 1e-4})
    assert json.loads(folder.read("plan.json")) == {"study": "Zürich", "gap": 1e-4}
    assert "Zürich" in folder.read("plan.json")
