"""What makes no sense in money, each in a sentence a person can act on, seen from the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders.statement_plans import LEDGERED, stored

from headrace.core.plan_file import write_plan
from headrace.core.run_folder import create
from headrace.show.cli import main
from headrace.verification.money.integration_checks import LAYERS, STUDY

UNIT = """
study: unit
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 500 USD/kW, lead: 3 months, life: 4 years}}
sites: {here: {build: {plant: {use: plant, at_most: 50 MW, whole: true, unit: 80 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""
TWO = UNIT.replace("at_most: 50 MW, whole: true, unit: 80 MW", "at_most: 50 MW").replace(
    "build: {plant: {use: plant, at_most: 50 MW}}",
    "build: {plant: {use: plant}, better: {use: better}}",
)
TWO = TWO.replace(
    "life: 4 years}}", "life: 4 years}, better: {capex: 400 USD/kW, lead: 3 months, life: 4 years}}"
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = create(tmp_path / "run", LEDGERED)
    write_plan(folder, stored())
    return folder.root


def said(words: list[str], capsys: pytest.CaptureFixture[str], code: int = 2) -> str:
    """All that a command says, in one line; the code it ends with."""
    assert main(words) == code
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def contracts(folder: Path, text: str) -> str:
    (folder / "contracts.yaml").write_text(f"contracts:\n  {text}\n")
    return str(folder / "contracts.yaml")


def test_an_option_that_strictly_dominates_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two.yaml").write_text(TWO)
    told = said(["check", str(tmp_path / "two.yaml")], capsys, 0)
    assert "sites.here.build.plant: `better` strictly dominates it" in told


def test_a_layer_that_strictly_dominates_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "study.yaml").write_text(STUDY)
    text = LAYERS.format(more=", steps: 2") + "  channel: {factors: {products.p0.price: 0.5}}\n"
    (tmp_path / "layers.yaml").write_text(text)
    out = ["--out", str(tmp_path / "out")]
    told = said(["integrate", str(tmp_path / "layers.yaml"), *out], capsys, 0)
    assert "Making channel strictly dominates: it is better in every world" in told
    assert "Making energy strictly" not in told


def test_a_smallest_size_above_the_sites_cap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "unit.yaml").write_text(UNIT)
    told = said(["check", str(tmp_path / "unit.yaml")], capsys, 0)
    assert "its smallest size, one unit of 80 MW, is above the 50 MW that may stand" in told
    assert "Raise `at_most`, or write a smaller unit." in told
    (tmp_path / "unit.yaml").write_text(UNIT.replace("at_most: 50", "at_most: 80"))
    assert "smallest size" not in said(["check", str(tmp_path / "unit.yaml")], capsys, 0)


def test_a_term_beyond_the_horizon(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "cloud: {kind: commitment, yearly: 6 MUSD, from: 2028, to: 2055}"
    told = said(["statements", str(run), "--contracts", contracts(tmp_path, text)], capsys)
    assert "cloud: runs from 2028 to 2055" in told
    assert "beyond it nothing is known" in told


def test_futures_without_margin(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "f: {kind: futures, hours: 10, price: 2 USD/accelerator-h, from: 2028, to: 2029}"
    told = said(["statements", str(run), "--contracts", contracts(tmp_path, text)], capsys)
    assert "contracts.yaml:2" in told
    assert "futures without margin: an exchange takes cash before it owes any" in told


def test_negative_equity(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All cash is paid out while plant is written off faster than debt is paid back."""
    (tmp_path / "terms.yaml").write_text("lives: {accelerator: 3 years}\ndebt: {share: 95 %}\n")
    words = ["statements", str(run), "--terms", str(tmp_path / "terms.yaml")]
    told = said(words, capsys, 0)
    assert "Negative equity on the branch that ends in node" in told
    assert "Write `payout: earned`, or a smaller `debt.share`." in told
    (tmp_path / "terms.yaml").write_text("debt: {share: 0 %}\npayout: earned\n")
    assert "Negative equity" not in said(words, capsys, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x: {kind: optoin}", "not a known kind; expected one of: residual_guarantee"),
        ("x: {yearly: 5 USD}", "`kind` is missing"),
        ("x: {kind: option, rihgt: buy}", "Did you mean `right`?"),
        ("x: {kind: allocation, plant: wind, cap: 50 %, short_above: 1, premium: 2}",
         "no plant of the class `wind`"),
        ("x: {kind: warrants, shares: 1, strike: 1 USD, today: 9 USD, year: 2055}",
         "is of the year 2055"),
    ],
)  # fmt: skip
def test_contracts_that_cannot_be(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    told = said(["statements", str(run), "--contracts", contracts(tmp_path, text)], capsys)
    assert words in told


def test_rows_without_contracts(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(["statements", str(run), "--focus", str(tmp_path / "rows.csv")], capsys)
    assert "rows of FOCUS are those of contracts, and there are none" in told
    assert not (tmp_path / "rows.csv").exists()


def test_rows_and_worths_of_what_was_signed(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "cloud: {kind: commitment, yearly: 6 MUSD, from: 2028, to: 2030, counterparty: cloud}\n"
        "  w: {kind: warrants, shares: 1e5, strike: 1 USD, today: 100 USD, year: 2030, "
        "elasticity: 2, counterparty: cloud}"
    )
    words = ["statements", str(run), "--contracts", contracts(tmp_path, text)]
    told = said([*words, "--focus", str(tmp_path / "rows.csv")], capsys, 0)
    assert "Warrants w: worth" in told
    assert "Cash of contracts, mean of the branches" in told
    assert "CIRCULAR: cloud finances what it sells" in told
    assert (tmp_path / "rows.csv").read_text().startswith("AvailabilityZone,BilledCost,")
