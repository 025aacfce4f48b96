"""The process around a verb: streams closed or full, signals, memory, refusals in words."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.core.errors import DiskFull, InputError, OutOfMemory
from headrace.core.files import memory
from headrace.show.cli import main, output, process

STUDY = """study: tiny
horizon: {start: 2027-01, stages: [12 months], hours: {weeks: 1}}
sites: {here: {grid: {limit: 30 MW, energy: 62 USD/MWh}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""


def run(*words: str, shell: str = "", **more) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "headrace", *words]
    if shell:
        line = ["sh", "-c", f'exec "$0" "$@" {shell}', *line]
    return subprocess.run(line, capture_output=True, text=True, timeout=120, **more)


@pytest.fixture
def study(tmp_path: Path) -> str:
    (tmp_path / "s.yaml").write_text(STUDY)
    return str(tmp_path / "s.yaml")


@pytest.mark.parametrize(
    ("shell", "code"),
    [(">&-", 0), ("2>&-", 0), ("<&-", 0), (">&- 2>&- <&-", 0), (">/dev/full", 5), ("| true", 0)],
)
def test_streams_that_are_closed_or_full(study: str, shell: str, code: int) -> None:
    told = run("check", study, shell=shell)
    assert told.returncode == code, told.stderr
    assert "Traceback" not in told.stderr
    assert "defect" not in told.stderr
    assert "Exception ignored" not in told.stderr


def test_nothing_is_written_where_a_stream_was_closed(study: str, tmp_path: Path) -> None:
    """The first file that is opened would get the number of stdout, and every word said."""
    told = run("plan", study, "--out", str(tmp_path / "run"), shell=">&-")
    assert told.returncode == 0, told.stderr
    for path in (tmp_path / "run").rglob("*"):
        if path.suffix in (".json", ".jsonl", ".yaml"):
            assert "Objective" not in path.read_text()


def test_a_terminal_of_ascii_only(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(STUDY.replace("study: tiny", "study: tiny\ntitle: 千葉 é"))
    told = run("tree", str(tmp_path / "s.yaml"), env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert told.returncode == 0, told.stderr
    assert "\\u5343" in told.stdout


SIGNALLED = """
import os, sys
number, at, seen = int(sys.argv[1]), int(sys.argv[2]), 0
def hook(event, args):
    global seen
    if event == "import":
        seen += 1
        if seen == at:
            os.kill(os.getpid(), number)
from headrace.__main__ import main
sys.addaudithook(hook)
sys.argv = ["headrace", *sys.argv[3:]]
sys.exit(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("at", [3, 300, 700])
def test_a_signal_is_heard_whenever_it_comes(study: str, number: int, at: int) -> None:
    """At the very first import, while libraries are loaded, and while the study is read."""
    line = [sys.executable, "-P", "-c", SIGNALLED, str(int(number)), str(at), "check", study]
    told = subprocess.run(line, capture_output=True, text=True, timeout=120)
    assert told.returncode in (5, -number)  # the latter before the program listens
    assert at == 3 or told.returncode == 5
    assert "Traceback" not in told.stderr
    assert told.returncode == -number or told.stderr.startswith("Stopped early, as you asked.")


IN_A_TEXT = """
import sys
from headrace.show import cli
cli.build = lambda: lambda *words, **options: exec("raise KeyboardInterrupt")
sys.argv = ["headrace", "check", "x"]
sys.exit(cli.main())
"""


def test_a_signal_inside_a_text_that_is_run_ends_with_our_code() -> None:
    """Python remembers it and would end by the signal; dataclasses are made from such texts."""
    line = [sys.executable, "-P", "-c", f"exec(compile({IN_A_TEXT!r}, 'x', 'exec'))"]
    told = subprocess.run(line, capture_output=True, text=True, timeout=120)
    assert (told.returncode, told.stderr) == (5, f"{process.STOPPED}\n")


def test_what_the_system_refuses_is_words(tmp_path: Path) -> None:
    assert isinstance(process.in_words(MemoryError("121 TiB")), OutOfMemory)
    assert isinstance(process.in_words(OSError(errno.ENOSPC, "No space left")), DiskFull)
    told = process.in_words(PermissionError(errno.EACCES, "Permission denied", "there/is.csv"))
    assert isinstance(told, InputError)
    assert str(told) == "there/is.csv: cannot be used: Permission denied."
    assert process.in_words(ValueError("a defect")) is None


def test_memory_is_asked_for_once_and_holds_for_the_verb(monkeypatch) -> None:
    monkeypatch.delenv(memory.ASKED, raising=False)
    for words in (["check", "--memory", "2 GB", "s"], ["check", "--memory=2GB", "s"]):
        with process.within(words) as left:
            assert left == ["check", "s"]
            assert memory.limit() == 2e9
        assert memory.ASKED not in os.environ
    monkeypatch.setenv(memory.ASKED, "3 GB")
    with process.within(["check"]):
        assert memory.limit() == 3e9
    monkeypatch.setenv(memory.ASKED, "much")
    with pytest.raises(InputError, match="HEADRACE_MEMORY"), process.within(["check"]):
        pass


def test_a_plan_that_does_not_fit_says_its_size(study: str, capsys, monkeypatch) -> None:
    from headrace.plan.model import size

    monkeypatch.setattr(size, "BASE", 5e9)
    assert main(["check", study, "--memory", "4GB"]) == 2
    assert "1 nodes of 192 hours, 576 hourly columns, would take about 5.0 GB" in (
        capsys.readouterr().err
    )
    assert main(["check", study, "--memory", "6GB"]) == 0


def test_no_text_is_markup_and_none_moves_the_cursor(capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    output.console.cache_clear()
    try:
        for name in ("x[red]y.yaml", "a[/b].yaml", "\x1b]0;P\x07\x1b[2Kq.yaml", ":smile:.yaml"):
            assert main(["check", name]) == 2
            told = capsys.readouterr().err
            assert "\x1b" not in told.replace("\x1b[1;31m", "").replace("\x1b[0m", "")
            assert "\x07" not in told
            assert name.replace("\x1b", "\\x1b").replace("\x07", "\\x07") in told
    finally:
        output.console.cache_clear()


def test_a_name_of_many_characters_stays_on_a_screen(capsys) -> None:
    output.console.cache_clear()
    try:
        output.fail(InputError("x" * 100_000), as_json=False)
        assert len(capsys.readouterr().err) < 2_000
    finally:
        output.console.cache_clear()


class InternalException(Exception):
    """As DuckDB's own, which knows no kind for memory."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        SystemError("<built-in function compile> returned NULL without setting an exception"),
        InternalException("INTERNAL Error: Failed to decompress\nThis error signals ..."),
    ],
)
def test_memory_is_told_whoever_lacked_it(error: Exception) -> None:
    told = process.in_words(error)
    assert told is not None
    assert told.exit_code == 5
    assert "not enough memory" in told.message
    assert "This error signals" not in told.message
    assert process.in_words(SystemError("something else")) is None


def test_where_even_the_words_need_memory(monkeypatch, capfd) -> None:
    """The sentence is written without asking for any."""

    def none_left(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(output, "fail", none_left)
    monkeypatch.setattr(process, "within", none_left)
    assert main(["verify"]) == 5
    assert "There is not enough memory" in capfd.readouterr().err
