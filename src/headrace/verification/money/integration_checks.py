"""Rows of `headrace verify --only finance` on what integration is worth: one plant beside a
neighbour's, planned by the engine for every set of layers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from headrace.plan.analysis.integration.layers_file import read_layers
from headrace.plan.analysis.integration.value import Integration, integration
from headrace.plan.analysis.integration.worlds import responses, worlds
from headrace.verification.registry import CheckOutcome, check

STUDY = """\
study: beside
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies:
  own: {capex: 0 USD/kW, variable: 20 USD/MWh}
  other: {capex: 0 USD/kW, variable: 20 USD/MWh}
sites: {here: {build: {own: {use: own, at_most: 50 MW}, other: {use: other, at_most: 50 MW}}}}
products:
""" + "".join(
    f"  p{step}: {{kind: electricity, site: here, demand: 1 MW, price: {95 - 10 * step} USD/MWh}}\n"
    for step in range(8)
)
"""Marginal revenue 95, 85, ..., 25 USD/MWh, a MW each: 8 MW are worth serving at 20."""

LAYERS = """\
integrate: beside
study: study.yaml
gap: 0.0001 %
layers:
  energy:
    bought: {{sites.here.build.own.at_most: 0 MW}}
    supplier: {{price: technologies.other.variable, unit: USD/MWh, cost: 20, to: 100{more}}}
"""
HOURS = 8760.0


def beside(more: str = "") -> Integration:
    """The little study with more said of its supplier."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "study.yaml").write_text(STUDY, encoding="utf-8")
        (Path(folder) / "layers.yaml").write_text(LAYERS.format(more=more), encoding="utf-8")
        question = read_layers(Path(folder) / "layers.yaml", {})
        answers = responses(question, {}, lambda one: None)
        prices = {name: one.paid for name, one in answers.items()}
        return integration(question, answers, worlds(question, prices, {}, lambda one: None))


def worth(more: str = "") -> float:
    """At least what integration is worth there [USD/MWh of an hour]."""
    whole = beside(more).whole
    assert whole is not None
    return whole[0] / HOURS


@check(
    "finance.integration.laws",
    what="worth of making what a supplier sells, by the plan's engine",
    unit="USD/h",
    tolerance=1e-6,
    source="Spengler 1950; algebra by hand: 320 made, 80 left at the supplier's 60",
)
def integration_laws() -> Iterable[CheckOutcome]:
    """One supplier, none of an advantage, more of them, what changing over costs, hold-up."""
    one = beside()
    assert one.whole is not None
    yield CheckOutcome(one.responses[0].answer, 60.0, id_suffix=".answer", reason="USD/MWh")
    yield CheckOutcome(one.whole[0] / HOURS, 240.0, id_suffix=".one_supplier")
    same = worth(", alternative: 20")
    told = "no fixed cost, no lead, price = cost"
    yield CheckOutcome(same, 0.0, absolute=True, id_suffix=".frictionless", reason=told)
    more = [worth(f", suppliers: {n}") for n in (1, 2, 4, 9)]
    falls = float(more == sorted(more, reverse=True) and more[0] > more[-1])
    words = ", ".join(f"{each:.4g}" for each in more)
    yield CheckOutcome(falls, 1.0, id_suffix=".falls_with_suppliers", reason=f"1, 2, 4, 9: {words}")
    base = ", alternative: 30, renewal: {} %, switching: {}, steps: 5"
    for name, worths in (
        ("rises_with_specificity", [worth(base.format(50, s)) for s in (0, 20, 40)]),
        ("rises_with_hold_up", [worth(base.format(eta, 30)) for eta in (0, 50, 100)]),
    ):
        rises = float(worths == sorted(worths) and worths[-1] > worths[0])
        words = ", ".join(f"{each:.4g}" for each in worths)
        yield CheckOutcome(rises, 1.0, id_suffix=f".{name}", reason=words)
