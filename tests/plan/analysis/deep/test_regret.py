"""Baselines are the plan with fewer choices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.analysed import CAMPUS, THOUSAND_HOURS, TREE, analysed
from tests.builders.problems import random_problem

from headrace.core.ids import AssetKind
from headrace.core.study import Rental
from headrace.plan.analysis.deep.context import outcomes
from headrace.plan.analysis.deep.regret import LIST, embed_fixed, leaf_regret, regret
from headrace.plan.analysis.deep.switching_price import switching_price
from headrace.plan.analysis.deep.to_json import baseline
from headrace.plan.lp.fix_orders import held
from headrace.plan.model.build_system import rentable
from headrace.plan.solve.solve import bounded, nothing
from headrace.show.reports import deep_section


def test_every_baseline_is_the_plan_with_fewer_choices() -> None:
    g = analysed(TREE)
    mine = outcomes(g.formulation.problem, g.plan)
    for name in ("wait", "grid"):
        found = regret(g, name)
        assert found.missing == ""
        assert found.worth is not None
        assert found.regret is not None
        assert found.worth.high <= g.plan.high * (1 + 1e-9)
        assert 0 < found.regret.low <= found.regret.high
        assert found.regret.low == pytest.approx(g.plan.low - found.worth.high)
        odds = np.array([leaf.probability for leaf in found.leaves])
        lost = np.array([[less.low, less.high] for less in leaf_regret(mine, found.leaves)])
        assert odds @ lost[:, 0] <= found.regret.high * (1 + 1e-6)
        assert odds @ lost[:, 1] >= found.regret.low * (1 - 1e-6)
    assert "serves no models" in regret(g, "cloud").missing
    assert "no halls" in regret(g, "rival").missing


def test_a_baseline_that_breaks_a_promise_is_no_plan_and_loses_no_sum_of_money() -> None:
    """Four fifths of 10 MW are promised; a grid of 4 MW alone cannot keep that."""
    g = analysed(TREE.replace("price: 120 USD/MWh", "price: 120 USD/MWh, availability: 80 %,"
                              " served_from: 2"))  # fmt: skip
    found = regret(g, "grid")
    assert "the promise for `power` breaks" in found.breaks
    assert (found.worth, found.regret, found.leaves) == (None, None, ())
    told = baseline(found, outcomes(g.formulation.problem, g.plan), g.formulation)
    assert deep_section.baseline(told, "USD").startswith(
        "Grid only (no electricity of one's own) is"
    )
    assert told.breaks == found.breaks


def test_cloud_only_is_asked_where_accelerators_may_be_rented() -> None:
    g = analysed(
        CAMPUS.replace(
            "fleet: {",
            "fleet: {may_rent: {h100: {use: h100.cloud, supply: 2000, "
            "price: 0.5 USD/accelerator-h}}, ",
        )
    )
    found = regret(g, "cloud")
    assert found.missing == ""
    assert found.regret is not None
    assert found.worth is not None
    assert found.regret.low >= 0
    assert regret(g, "wait").worth is not None
    lent = regret(analysed(CAMPUS), "cloud")
    assert "added for this question" in lent.about
    assert lent.worth is not None
    rented = [
        v
        for v in g.values
        if g.formulation.system.assets[g.formulation.orders[v.order].asset].site == "cloud"
    ]
    assert rented
    for value in rented:
        assert value.other is not None
        told = switching_price(g, value, value.other)
        assert (told.key, told.unit) == ("fleet.may_rent.h100.price", "USD/accelerator-h")
        assert told.now == pytest.approx(0.5)
        assert told.low > 0.5


def test_waiting_loses_what_a_first_year_earns():
    """The plant sells 10 MW x 1,000 h x (60 - 15) USD/MWh and costs 10 MW x 20 USD/kW: 250,000 USD,
    all of it ordered now, so waiting loses all of it.
    """
    g = analysed(THOUSAND_HOURS)
    found = regret(g, "wait")
    assert found.worth.low == pytest.approx(0.0, abs=1e-6)
    assert (found.regret.low, found.regret.high) == (pytest.approx(250_000), pytest.approx(250_000))
    (leaf,) = found.leaves
    assert leaf.probability == 1.0
    assert leaf.npv.high == pytest.approx(0.0, abs=1e-6)


def test_list_offers_keep_their_dotted_keys():
    """`h100.cloud` is one key with a dot: it stays one key in the identity, the site and the price.

    No name is taken apart: a study key of a part before the dot cannot meet it.
    """
    g = analysed(CAMPUS)
    offers = {key: Rental(use=key) for key in LIST}
    system = rentable(g.study, g.expansion.system, offers)
    rented = [a for a in system.assets if a.kind is AssetKind.RENTED_ACCELERATOR]
    assert [a.id.key for a in rented] == list(LIST) == ["h100.cloud", "b200.cloud"]
    assert len({a.id for a in system.assets}) == len(system.assets)
    work = [c for c in system.converters if c.asset in {a.id for a in rented}]
    assert {c.asset.key for c in work} == set(LIST)
    assert "h100.cloud and b200.cloud" in regret(g, "cloud").about


@given(st.data())
def test_fixed_orders_come_back_to_their_places(data):
    problem = random_problem(5)
    count = len(problem.master.cost)
    columns = np.array(data.draw(st.lists(st.integers(0, count - 1), unique=True)), dtype=int)
    values = np.arange(len(columns)) + 100.0
    rest = held(problem, columns, np.zeros(len(columns)))
    solution = nothing(rest)
    left = np.arange(len(rest.master.cost)) + 1.0
    plan = bounded(rest, solution)
    plan = replace(plan, solution=replace(solution, master=left))
    found = embed_fixed(problem, columns, values, plan).solution.master
    assert found[columns].tolist() == values.tolist()
    assert np.delete(found, columns).tolist() == left.tolist()
