"""The deep questions on studies small enough for a sum on paper; the sum stands in each docstring."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.errors import StoppedEarly
from headrace.core.plan_file import PlanFile
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.deep.context import AnalysisContext, outcomes
from headrace.plan.analysis.deep.lead_time import lead_time_value
from headrace.plan.analysis.deep.questions import DeepState, deepen, questions
from headrace.plan.analysis.deep.regret import leaf_regret, regret
from headrace.plan.analysis.deep.rival import nearest_feasible, rival_orders, timeline
from headrace.plan.analysis.deep.switching_price import switching_price
from headrace.plan.analysis.deep.terminal_value import terminal_value_case
from headrace.plan.analysis.deep.to_json import with_deep
from headrace.plan.lp.fix_orders import held
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results import plan_record
from headrace.plan.results.order_value import ValuationOptions, root_orders, value_orders
from headrace.plan.results.plan_record import SolvedStudy
from headrace.plan.solve.solve import solve


def analysed(text: str) -> AnalysisContext:
    study = study_of(parse_text(text))
    e = expand(study)
    found = formulate(e)
    plan = solve(found.problem)
    valued = value_orders(found, plan, root_orders(found, plan), ValuationOptions(gap=1e-6))
    return AnalysisContext(study, e, found, valued.plan, plan, valued.values)


def plan_file(g: AnalysisContext) -> PlanFile:
    solved = SolvedStudy(
        g.study, g.expansion, g.formulation, g.plan, g.values, 1.0, "certified plan", "all"
    )
    return plan_record.plan_file(solved, "finished")


PLANT = """
study: micro
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], terminal_value: false{hours}}}
technologies: {{plant: {{capex: 20 USD/kW, variable: 15 USD/MWh, lead: {lead} months}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}}}
"""
STEP = (
    PLANT.format(hours=", hours: {blocks: [100 h, 900 h]}", lead=0)
    + "\ntree: [{node: now, demand: {power: [10 MW, 5 MW]}}]\n"
)


def test_the_price_at_which_an_order_flips_is_algebra() -> None:
    """A MW earns 1,000 h x (60 - 15) USD = 45,000 USD: at 45 USD/kW the 10 MW are no longer worth
    it.
    """
    g = analysed(PLANT.format(hours=", hours: {blocks: [1000 h]}", lead=0))
    (value,) = g.values
    assert value.low == pytest.approx(250_000)
    assert value.other is not None
    found = switching_price(g, value, value.other)
    assert (found.key, found.unit, found.now) == (
        "sites.here.build.plant.capex",
        "USD/kW",
        pytest.approx(20),
    )
    assert found.low == pytest.approx(45, rel=1e-6)
    assert found.value == pytest.approx(45, rel=1e-6)
    assert found.low <= found.high


def test_an_order_flips_where_its_first_unit_no_longer_pays() -> None:
    """10 MW for 100 h and 5 MW for 900 h more: the first 5 MW earn 1,000 h x 45 USD/MWh = 45
    USD/kW, the next 5 only 4.5.

    At 20 USD/kW 5 MW are ordered, worth 5 x 25,000 USD; they are ordered up to 20 + 25 = 45 USD/kW.
    """
    g = analysed(STEP)
    (value,) = g.values
    assert value.other is not None
    assert value.low == pytest.approx(125_000)
    assert switching_price(g, value, value.other).value == pytest.approx(45, rel=1e-6)


def test_a_dearer_order_shrinks_before_it_flips() -> None:
    """At 4 USD/kW all 10 MW are ordered, worth 5 x 41,000 + 5 x 500 = 207,500 USD: 20.75 USD/kW on
    average.

    That plan's line ends at 24.75 USD/kW; the next plan orders the 5 MW that pay up to 45 USD/kW.
    """
    g = analysed(STEP.replace("20 USD/kW", "4 USD/kW"))
    (value,) = g.values
    assert value.other is not None
    assert value.low == pytest.approx(207_500)
    found = switching_price(g, value, value.other)
    assert found.low == pytest.approx(45, rel=1e-6)
    assert found.high == pytest.approx(45, rel=1e-6)


def test_a_month_less_lead_time_is_a_month_of_sales() -> None:
    """A month of a year is 8,760 / 12 = 730 h: 730 h x 10 MW x (60 - 15) USD = 328,500 USD; the
    payment stays on its date.
    """
    g = analysed(PLANT.format(hours="", lead=3))
    found = lead_time_value(g, g.values[0].order)
    assert found is not None
    assert found.months == 1
    assert found.value.low == pytest.approx(328_500)
    assert found.value.high == pytest.approx(328_500, rel=1e-6)


def test_what_arrives_at_once_cannot_arrive_sooner() -> None:
    g = analysed(PLANT.format(hours="", lead=0))
    assert lead_time_value(g, g.values[0].order) is None


def test_terminal_value_apart() -> None:
    """A plant of 10 years for a horizon of 4 at 0 %: 10 MW x 1,000 USD paid, 6,000 USD left;
    revenue 4 x 87,600 USD.
    """
    g = analysed("""
study: micro
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [48 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 1 USD/kW, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
""")
    none, whole = terminal_value_case(g, 0.0), terminal_value_case(g, 1.0)
    assert none.worth.low == pytest.approx(4 * 87_600 - 10_000)
    assert none.terminal == 0
    assert whole.worth.low == pytest.approx(4 * 87_600 - 4_000)
    assert whole.terminal == pytest.approx(6_000)
    assert none.kept == pytest.approx(1)


TREE = """
study: bet
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
goal: {risk: {alpha: 0.7}}
technologies:
  wide: {capex: 300 USD/kW, variable: 10 USD/MWh, lead: 6 months, life: 10 years}
sites:
  here:
    grid: {limit: 4 MW, stands: 1 MW, queue: 1 month, price: 100 USD/kW, energy: 60 USD/MWh}
    build: {wide: {use: wide, at_most: 8 MW}}
beliefs:
  growth: {about: demand, before: 0 %/a, reveal: 2, cases: {low: {probability: 40 %, value: -50 %/a}, high: {probability: 60 %, value: 80 %/a}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""


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


def test_leaves_add_up_to_the_plan() -> None:
    g = analysed(TREE)
    leaves = outcomes(g.formulation.problem, g.plan)
    assert sum(leaf.probability for leaf in leaves) == pytest.approx(1)
    assert sum(leaf.probability * leaf.npv.low for leaf in leaves) == pytest.approx(g.plan.low)


def test_all_questions_are_answered_and_told() -> None:
    g = analysed(TREE)
    told = list(deepen(g))
    assert [len(known.open) for _, known in told] == list(range(len(questions(g)), -1, -1))
    deep = told[-1][1]
    base = plan_file(g)
    answered = with_deep(base, g.formulation, deep, 1.0)
    assert answered.deep is not None
    assert answered.deep.finished
    assert answered.deep.information is not None
    assert [branch.node for branch in answered.deep.information.foreseen] == [1, 2]
    assert deep.cvar is not None
    bad, good = sorted(leaf.npv.low for leaf in deep.leaves)
    assert deep.cvar.low == pytest.approx(bad)
    assert bad < good
    assert deep.information is not None
    assert deep.information.recourse.low == g.plan.low
    assert deep.information.perfect_information.low >= 0
    flips = {order.asset: order.flips_at for order in answered.orders}
    assert flips["wide"].low > 300
    assert all(order.flips_at is None for order in base.orders)


def test_a_stop_keeps_what_is_there() -> None:
    g = analysed(TREE)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 1

    stopped = AnalysisContext(
        g.study, g.expansion, g.formulation, g.plan, g.near, g.values, stop=stop
    )
    found: list[DeepState] = [known for _, known in deepen(stopped)]
    assert found[-1].leaves
    assert found[-1].open
    assert len(found[-1].endings) < 2 or not found[-1].regrets


def test_what_was_not_finished_in_time_stays_open() -> None:
    """Time ends while the branches are planned one by one: neither EVPI nor VSS is known, so the
    question is not answered.
    """
    g = analysed(TREE)
    late = AnalysisContext(
        g.study, g.expansion, g.formulation, g.plan, g.near, g.values, stop=lambda: True
    )
    with pytest.raises(StoppedEarly):
        questions(late)[-1].answer(late, DeepState(0.9))


def test_the_rival_s_timeline_is_dated_and_sourced() -> None:
    states = timeline()
    halls = [s.share for s in states if s.asset == "hall"]
    assert halls == sorted(halls)
    assert halls[-1] == 1
    assert all(s.source and s.status in ("fact", "estimate", "assumption") for s in states)
    assert max(s.month for s in states) == 29


CAMPUS = """
study: campus
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [6000 h, 2760 h]}}
sites:
  here:
    weather: tmy3:723170
    grid: {limit: 100 MW, stands: 30 MW, queue: 24 months, price: 250 USD/kW, energy: 60 USD/MWh}
    hall: {use: hall.ai, stands: 20 MW, at_most: 60 MW, lead: 12 months}
    build: {engines: {use: gas.engine, at_most: 10 MW, lead: 12 months}}
fleet: {may_buy: {b200: {use: b200, supply: 60000}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products:
  chat: {kind: tokens, model: large, isl: 1200, osl: 300, promise: {ttft: 2 s, tpot: 50 ms}, demand: 60 Gtok/h, price: 2.2 USD/Mtok}
"""


def test_the_rival_is_copied_within_the_limits_and_never_beats_the_plan() -> None:
    g = analysed(CAMPUS)
    problem = g.formulation.problem
    found = rival_orders(g.formulation, g.plan)
    assert found is not None
    assert 20 <= found.size <= 60
    assert (found.values <= problem.master.upper[found.columns] + 1e-9).all()
    orders, assets = g.formulation.orders, g.formulation.system.assets
    placed = {
        assets[orders[i].asset].id.name: v for i, v in zip(found.columns, found.values) if v > 0
    }
    assert placed["engines"] == pytest.approx(min(10.0, 0.428 * found.size), rel=1e-6)
    lost = regret(g, "rival")
    assert lost.regret is not None
    assert lost.regret.low >= 0
    assert lost.regret.high > 0
    assert len(lost.leaves) == 1


def test_the_nearest_orders_keep_every_limit() -> None:
    g = analysed(TREE)
    problem = g.formulation.problem
    columns = np.flatnonzero(problem.master.node == 0)
    near = nearest_feasible(problem, columns, np.full(len(columns), 1000.0))
    assert solve(held(problem, columns, near)).low <= g.plan.high
    assert near.max() <= 8 + 1e-9


def test_cloud_only_is_asked_where_accelerators_may_be_rented() -> None:
    g = analysed(
        CAMPUS.replace(
            "fleet: {",
            "fleet: {may_rent: {h100: {use: h100.cloud, supply: 2000, price: 0.5 USD/accelerator-h}}, ",
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
