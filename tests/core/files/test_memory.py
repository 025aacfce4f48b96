"""How much may be held: as asked for, else what machine, container and process leave."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from headrace.core.errors import InputError, Place
from headrace.core.files import memory


def test_what_was_asked_for_counts(monkeypatch) -> None:
    monkeypatch.setenv(memory.ASKED, "1.5 GB")
    assert memory.limit() == 1.5e9
    memory.afford(1.5e9, "just so many rows", Place("a.csv"))
    with pytest.raises(
        InputError, match=r"a\.csv: 9 rows would take about 1\.6 GB; expected at most 1\.5 GB"
    ):
        memory.afford(1.6e9, "9 rows", Place("a.csv"))


@pytest.mark.parametrize(
    "text", ["", "4", "4 MW", "nan GB", "inf GB", "-4GB", "1e999 GB", "10 kB", "1" * 5000]
)
def test_a_limit_that_is_none(text: str) -> None:
    with pytest.raises(InputError, match="--memory"):
        memory.asked(text)


def test_the_machine_the_group_and_the_process_are_asked(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(memory.ASKED, raising=False)
    assert memory.LEAST <= memory.limit() < 1e14
    (tmp_path / "memory.max").write_text("600000000\n")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    assert memory.limit() == 600_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.limit() > 600_000_000


def test_more_than_anybody_means_has_to_be_asked_for(monkeypatch) -> None:
    monkeypatch.setattr(memory, "_machine", lambda: 500e9)
    monkeypatch.delenv(memory.ASKED, raising=False)
    assert memory.limit() <= memory.UNASKED == 16e9
    monkeypatch.setenv(memory.ASKED, "100 GB")
    assert memory.limit() == 100e9


def test_the_limit_of_the_process() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from headrace.core.files import memory; print(memory.limit())"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000)),
    )
    assert float(told.stdout) == 700_000_000


def test_sizes_beyond_any_machine_are_words() -> None:
    assert memory.gigabytes(5.9e9) == "5.9 GB"
    assert memory.gigabytes(1e21) == "1e+12 GB"
