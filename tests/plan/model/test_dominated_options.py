"""Options that another one beats in everything, figure by figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.plan.check import check

STUDY = """
study: two
money: {{discount: 5 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], hours: {{blocks: [6000 h, 2760 h]}}}}
fuels: {{gas: {{price: 4 USD/MMBtu}}}}
technologies:
  dear: {{{dear}}}
  cheap: {{{cheap}}}
sites: {{here: {{build: {{dear: {{use: dear}}, cheap: {{use: cheap}}}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
{more}"""
PLANT = (
    "capex: 500 USD/kW, fixed: 9 USD/kW-year, variable: 3 USD/MWh, lead: 3 months, life: 4 years, "
    "fuel: gas, heat_rate: 8 MMBtu/MWh, availability: 0.9"
)
BELIEF = (
    "beliefs: {{p: {{about: 'capex:{}', before: {} USD/kW, reveal: 2, cases: "
    "{{low: {{probability: 50 %, value: {} USD/kW}}, high: {{probability: 50 %, value: 700 USD/kW}}"
    "}}}}}}\n"
)


def remarks(folder: Path, dear: str, cheap: str, more: str = "") -> list[str]:
    path = folder / "study.yaml"
    path.write_text(STUDY.format(dear=dear, cheap=cheap, more=more))
    return [note for note in check(path)[1] if "dominates" in note]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("capex: 500", "capex: 499"),
        ("fixed: 9", "fixed: 8"),
        ("variable: 3", "variable: 2"),
        ("lead: 3", "lead: 2"),
        ("life: 4", "life: 5"),
        ("heat_rate: 8", "heat_rate: 7.5"),
        ("availability: 0.9", "availability: 0.91"),
        ("fuel: gas, heat_rate: 8 MMBtu/MWh, ", ""),
    ],
)
def test_one_better_figure_and_none_worse_dominates(tmp_path: Path, was: str, now: str) -> None:
    better = PLANT.replace(was, now)
    (note,) = remarks(tmp_path, PLANT, better)
    assert "sites.here.build.dear: `cheap` strictly dominates it" in note
    assert "study.yaml:9" in note
    (note,) = remarks(tmp_path, better, PLANT)  # whichever is written first
    assert "sites.here.build.cheap: `dear` strictly dominates it" in note


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("fixed: 9", "fixed: 10"),
        ("variable: 3", "variable: 3.1"),
        ("lead: 3", "lead: 4"),
        ("life: 4", "life: 3"),
        ("heat_rate: 8", "heat_rate: 8.1"),
        ("availability: 0.9", "availability: 0.89"),
    ],
)
def test_one_worse_figure_is_a_choice(tmp_path: Path, was: str, now: str) -> None:
    cheaper = PLANT.replace("capex: 500", "capex: 400").replace(was, now)
    assert remarks(tmp_path, PLANT, cheaper) == []


def test_two_alike_are_no_mistake(tmp_path: Path) -> None:
    assert remarks(tmp_path, PLANT, PLANT) == []


def test_a_price_that_may_cross_does_not_dominate(tmp_path: Path) -> None:
    """Cheaper today; after the first stage it may cost 700, or 300 and dominate all along."""
    cheaper = PLANT.replace("capex: 500", "capex: 400")
    assert remarks(tmp_path, PLANT, cheaper, BELIEF.format("cheap", 400, 300)) == []
    assert remarks(tmp_path, PLANT, cheaper, BELIEF.format("dear", 500, 450)) != []


def test_a_remark_has_the_form_of_a_fault(tmp_path: Path) -> None:
    (note,) = remarks(tmp_path, PLANT, PLANT.replace("capex: 500", "capex: 400"))
    assert note.endswith("It is ordered only where `cheap` is at its limit.")
