"""Every mistake of a study in one round, whatever its kind, and without a solver."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from tests.builders import toy_plan

from headrace.core.errors import InputError
from headrace.core.run_folder import PLAN, create
from headrace.plan.check import checked
from headrace.plan.model import build_system

SOLVERS = ("numba", "highspy", "scipy.optimize", "pandas", "duckdb", "headrace.plan.run")
EIGHT = """\
study: bad
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months]}
beliefs:
  growth: {about: demand, before: 10 %/a, reveal: 2, cases: {
    a: {probability: 60 %, value: 5 %/a}, b: {probability: 60 %, value: 9 %/a}}}
sites:
  here:
    weather: tmy3:999999
    grid: {limt: 300 MW, limit: 300 MWh, energy: 62 USD/MWh}
    build: {pv: {use: solar.singel_axis, at_most: 10 MW}}
products:
  power: {kind: electricity, site: there, demand: 10 MW, price: abc}
fleet: {may_buy: [b2000]}
"""
KINDS = {
    (10, "limt"): "not a known key",
    (10, "limit"): "is an energy",
    (14, "fleet.may_buy"): "dictionary",
    (13, "price"): "not a number with a unit",
    (13, "site"): "is not a site",
    (5, "cases"): "add up to 1.2",
    (9, "weather"): "neither a bundled station nor a file",
    (11, "build.pv"): "solar.single_axis",
}


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(InputError) as caught:
        checked(text, None)
    return [(f.where.line, f.where.key, str(f)) for f in caught.value.problems]


def test_eight_mistakes_of_eight_kinds_are_told_at_once() -> None:
    found = faults(EIGHT)
    assert len(found) == len(KINDS)
    for (line, key), words in KINDS.items():
        assert any(n == line and k.endswith(key) and words in said for n, k, said in found), key


def test_what_is_mended_for_a_moment_makes_no_fault_of_its_own() -> None:
    """A chip table that cannot be read hides its names; nobody is told that they are missing."""
    text = EIGHT.replace("tmy3:999999", "tmy3:723170").replace("singel", "single")
    text = text.replace("site: there", "site: here").replace("60 %, value: 9", "40 %, value: 9")
    text = text.replace("price: abc", "price: 50 USD/MWh").replace("limt: 300 MW, ", "")
    (alone, unit) = sorted(faults(text), key=lambda fault: -fault[0])
    assert alone[:2] == (14, "fleet.may_buy")
    assert "300 MWh" in unit[2]


def test_an_unknown_accelerator_does_not_hide_bad_weather() -> None:
    text = EIGHT.replace("[b2000]", "{b200: {use: b2000}}")
    keys = {key for _, key, _ in faults(text)}
    assert any(key.startswith("fleet.may_buy.b200") for key in keys)
    assert "sites.here.weather" in keys


def test_a_tree_that_no_machine_holds_is_never_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve beliefs of ten cases beside another mistake: told by counting, at once; nothing of the
    study is built, not even to look for further faults.
    """
    cases = ", ".join(f"c{n}: {{probability: 10 %, value: {n} %/a}}" for n in range(10))
    beliefs = "".join(
        f"  g{k}: {{about: demand, before: 0 %/a, reveal: {k + 2}, cases: {{{cases}}}}}\n"
        for k in range(12)
    )
    text = (
        "study: wide\nmoney: {discount: 5 %/a real}\n"
        f"horizon: {{start: 2027-01, stages: [{', '.join(['12 months'] * 13)}]}}\n"
        "sites: {here: {grid: {limit: 9 MW, energy: 50 USD/MWh}}}\n"
        "products: {power: {kind: electricity, site: here, demand: 9 MW, price: 90 USD/MWh}}\n"
        f"beliefs:\n{beliefs}"
    )
    grown: list[int] = []
    real = build_system.expand
    monkeypatch.setattr(
        build_system, "expand", lambda s, at: [grown.append(len(s.beliefs)), real(s, at)]
    )
    told = " ".join(said for *_, said in faults(text))
    assert "make a tree of 1,111,111,111,111 nodes" in told
    assert "one belief about one thing" in told
    assert grown == []


def test_check_loads_no_solver() -> None:
    """Together they take longer than the two seconds in which a study has to be refused."""
    code = f"import sys, headrace.plan.check; print([n for n in {SOLVERS} if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("words", ["check bad.yaml", "certify run --alone", "whatif run a=1"])
def test_what_is_refused_is_refused_before_the_equations_are_loaded(tmp_path, words):
    """Seconds of loading would be most of the time that a refusal takes."""
    (tmp_path / "bad.yaml").write_text("study: x\nhorizon: 3\n")
    run = create(tmp_path / "run", "study: x\n")
    run.write_json(PLAN, toy_plan.plan())
    for name in ("model.npz", "solution.npz"):
        np.savez_compressed(run.path(name), bomb=np.zeros(3_000_000))
    heavy = ("scipy", "numba", "pandas", "pvlib", "highspy", "duckdb")
    code = (
        "import sys; from headrace.show.cli import main; code = main(sys.argv[1:]); "
        f"print(code, [name for name in {heavy} if name in sys.modules])"
    )
    line = [sys.executable, "-c", code, *words.split()]
    told = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert told.stdout.splitlines()[-1] == f"{3 if 'certify' in words else 2} []"
