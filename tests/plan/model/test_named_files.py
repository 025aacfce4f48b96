"""Every file that a study names goes into its lock: weather, own series, tariffs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders.studies import study

from headrace.core.errors import InputError
from headrace.core.run_folder import LOCK, RunFolder
from headrace.core.study_lock import lock_inputs, locked_file, write_lock
from headrace.plan.model.named_files import named_files

TEXT = """study: x
title: not a file.csv
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months]}
sites:
  here: {weather: sun.csv, grid: {limit: 9 MW, stands: 9 MW, tariff: rate.json}}
  there: {grid: {limit: 9 MW, stands: 9 MW, energy: prices.csv#usd}}
products:
  a: {kind: electricity, site: here, demand: load.csv#mw, price: 90 USD/MWh}
  b: {kind: electricity, site: there, demand: 5 MW, price: 90 USD/MWh}
beliefs:
  sky: {about: "weather:here", before: sun.csv, reveal: 2, cases: {
    dull: {probability: 50 %, value: dull.csv}, fair: {probability: 50 %, value: sun.csv}}}
  use: {about: "series:load.csv#mw", before: load.csv#mw, reveal: 2, cases: {
    more: {probability: 50 %, value: more.csv#mw}, same: {probability: 50 %, value: load.csv#mw}}}
"""
FILES = ("sun.csv", "rate.json", "prices.csv", "load.csv", "dull.csv", "more.csv")


def lock(root: Path) -> str:
    folder = RunFolder(root / "run")
    folder.root.mkdir(exist_ok=True)
    write_lock(folder, TEXT, {}, lock_inputs(named_files(study(TEXT), root), folder))
    return folder.read(LOCK)


@pytest.fixture
def named(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_text(f"{name} of today\n")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_changes_changes_the_lock(named: Path, name: str) -> None:
    first = lock(named)
    assert lock(named) == first
    (named / name).write_text(f"{name} of tomorrow\n")
    assert lock(named) != first


@pytest.mark.parametrize("name", FILES)
def test_the_run_folder_holds_a_copy_of_it(named: Path, name: str) -> None:
    lock(named)
    (named / name).write_text("something else\n")
    copy = locked_file(name, named / "run")
    assert copy is not None
    assert copy.read_text() == f"{name} of today\n"


def test_a_file_that_is_not_there_is_told(named: Path) -> None:
    (named / "prices.csv").unlink()
    with pytest.raises(InputError, match=r"prices\.csv"):
        lock(named)
