"""Outside results on planning under uncertainty: the farmer's whole metric set and PyPSA's
stochastic example.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import numpy as np

from headrace.plan.analysis.value_of_information import Interval, value_of_information
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem, RiskMeasure
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.two_stage import FirstStage, Future, two_stage
from headrace.plan.scenario.time_slices import keep_blocks
from headrace.verification.registry import CheckOutcome, Skip, check, data_file

_BOOK = (
    "Birge and Louveaux, Introduction to Stochastic Programming, 2nd ed. 2011, section 1.1 and 4.2"
)
_CROPS = ("wheat", "corn", "beets")
_LAND = 500.0  # acres
_PLANT = np.array([150.0, 230.0, 260.0])  # USD per acre
_YIELD = np.array([2.5, 3.0, 20.0])  # t per acre
_NEED = np.array([200.0, 240.0, 0.0])  # t of feed
_BUY = np.array([238.0, 210.0, 0.0])  # USD/t
_SELL = np.array([170.0, 150.0, 36.0])  # USD/t
_QUOTA, _BEYOND = 6000.0, 10.0  # t of beets, and USD/t of what exceeds them


def farmer(factors: Sequence[float] = (0.8, 1.0, 1.2)) -> Problem:
    """500 acres among three crops before the yield is known; equally likely yields, `factors` [1]
    times the mean.

    Bought and sold per crop: `sold - bought <= yield x acres - feed`. Nobody buys more than the
    feed, since buying is dearer than selling, so that limit binds nothing.
    """
    first = FirstStage(
        names=tuple(f"acres of {crop}" for crop in _CROPS),
        cost=_PLANT / MONEY,
        upper=np.full(3, _LAND),
        unit=np.zeros(3),
        row_names=("land",),
        rows=np.ones((1, 3)),
        limits=np.array([_LAND]),
    )
    return two_stage(first, [_harvest(factor, 1.0 / len(factors)) for factor in factors])


def _harvest(factor: float, probability: float) -> Future:
    book = ProfileBook(1)
    writer = HourWriter(keep_blocks((1.0,), 12.0), book)
    for i, crop in enumerate(_CROPS):
        row = writer.row(f"balance of {crop}", -_NEED[i])
        writer.allowance(row, writer.border(f"acres of {crop}"), factor * _YIELD[i])
        if _NEED[i] > 0:
            writer.entry(row, writer.column(f"buy {crop}", _BUY[i] / MONEY, _NEED[i]), -1.0)
        most = _QUOTA if crop == "beets" else factor * _YIELD[i] * _LAND
        writer.entry(row, writer.column(f"sell {crop}", -_SELL[i] / MONEY, most), 1.0)
    beyond = writer.column(
        "sell beets beyond the quota", -_BEYOND / MONEY, factor * _YIELD[2] * _LAND
    )
    writer.entry(writer.rows.index("balance of beets"), beyond, 1.0)
    return Future(f"yield x {factor:g}", probability, writer, book, np.zeros(3), np.eye(3))


@check(
    "plan.farmer",
    what="The farmer: what knowing is worth, and the cautious farmer",
    unit="USD",
    tolerance=1e-6,
    source=(
        f"{_BOOK} (108,390; VSS 1,150; EVPI 7,016); cents and CVaR: Pyomo/mpi-sppy, "
        "mpisppy/tests/test_vss.py, test_cvar.py"
    ),
)
def farmer_metrics() -> Iterator[CheckOutcome]:
    """Profits (the book's costs with the other sign). The cautious farmer minimises E + 5 CVaR_0.8
    of his cost, here omega 5/6 at alpha 0.8; mpi-sppy's tests print mean and worst outcome of that
    plan.
    """
    from headrace.plan import interior_point

    problem = farmer()
    found = value_of_information(problem, alpha=0.8, gap=1e-9)
    for name, value, published in (
        ("rp", found.recourse, 108_390.0),
        ("ev", found.expected_value, 118_600.0),
        ("eev", found.mean_plan, 107_240.0),
        ("vss", found.stochastic_solution, 1_150.0),
        ("ws", found.wait_and_see, 115_405.56),
        ("evpi", found.perfect_information, 7_015.56),
        ("cvar", found.cvar, 48_820.0),
    ):
        yield _beside(name, value, published)
    inner = interior_point.solve(problem, SolverOptions(gap=1e-7))
    yield _beside("rp.interior", Interval(-inner.upper * MONEY, -inner.lower * MONEY), 108_390.0)
    yield from _cautious(problem)


def _cautious(problem: Problem) -> Iterator[CheckOutcome]:
    """Risk inside the interior point, to the gap that it certifies."""
    from headrace.plan.lp.risk_measure import leaves, node_costs, paths
    from headrace.plan.solve.cvar import solve_risk

    plan = solve_risk(problem, RiskMeasure(0.8, 5 / 6), SolverOptions(gap=1e-6))
    outcomes = -MONEY * (paths(problem) @ (node_costs(problem, plan) / problem.probability))
    acres = ", ".join(f"{x:.1f}" for x in plan.master)
    told = (
        f"acres of {', '.join(_CROPS)}: {acres} (published 100, 80, 320); certified gap "
        f"{plan.gap:.1e}"
    )
    mean = float(problem.probability[leaves(problem)] @ outcomes)
    yield CheckOutcome(mean, 103_313.33, tolerance=5e-5, id_suffix=".cautious_mean", reason=told)
    yield CheckOutcome(
        float(outcomes.min()), 57_640.0, tolerance=5e-5, id_suffix=".cautious_worst", reason=told
    )


def _beside(
    name: str, value: Interval, published: float, tolerance: float | None = None
) -> CheckOutcome:
    """A certified interval beside a figure: the deviation is that of its farther end."""
    far = max(abs(value.low - published), abs(value.high - published)) / abs(published)
    told = f"between {value.low:,.4f} and {value.high:,.4f}, certified"
    return CheckOutcome(
        (value.low + value.high) / 2,
        published,
        deviation=far,
        tolerance=tolerance,
        id_suffix=f".{name}",
        reason=told,
    )


@check(
    "plan.pypsa_stochastic",
    what="PyPSA's stochastic example network, imported from its netCDF",
    unit="EUR",
    tolerance=1e-6,
    source=(
        "PyPSA/PyPSA, examples/networks/stochastic-network (CC BY 4.0), solved with PyPSA and "
        "HiGHS: 968,918.158; each scenario alone 645,199.510, 996,344.252, 1,108,708.955; the "
        "mean's sizes held 970,852.659"
    ),
)
def pypsa_stochastic() -> Iterator[CheckOutcome]:
    """Costs.

    By HiGHS, and by the interior point, whose interval must be that narrow; VSS is published to the
    cent.
    """
    from headrace.plan import interior_point
    from headrace.plan.lp import highs
    from headrace.plan.lp.residuals import evaluate
    from headrace.plan.pypsa.importer import import_pypsa

    if find_spec("netCDF4") is None:
        raise Skip("netCDF4 is not installed: pip install netCDF4")
    imported = import_pypsa(data_file("pypsa/stochastic-network.nc"))
    problem = imported.problem
    exact = highs.solve(problem)
    told = (
        f"unserved {imported.unserved(exact):.1e} MWh, thrown away {imported.wasted(exact):.1e} MWh"
    )
    yield CheckOutcome(
        evaluate(problem, exact).value * MONEY, 968_918.158, id_suffix=".rp.highs", reason=told
    )
    plan = interior_point.solve(problem, SolverOptions(gap=1e-8))
    yield _beside("rp.interior", Interval(plan.lower * MONEY, plan.upper * MONEY), 968_918.158)
    # two costs of a million, each this close: VSS to half a cent
    found = value_of_information(problem, gap=2e-9)
    costs = [("ws", found.wait_and_see, 889_595.766), ("eev", found.mean_plan, 970_852.659)]
    alone = {"low": 645_199.510, "med": 996_344.252, "high": 1_108_708.955}
    costs += [
        (f"alone.{s}", b.foreseen, alone[s])
        for s, b in zip(imported.network.scenarios, found.branches)
    ]
    for name, value, published in costs:
        yield _beside(name, Interval(-value.high, -value.low), published)
    yield _beside("vss", found.stochastic_solution, 1_934.50, tolerance=0.005 / 1_934.50)
    yield _beside("evpi", found.perfect_information, 79_322.39)


@check(
    "plan.capacity_tree",
    what="SDDP.jl's capacity problem 5.2 in two stages, ordered a stage ahead",
    unit="USD",
    tolerance=1e-7,
    source="odow/SDDP.jl, docs/src/examples/StructDualDynProg.jl_prob5.2_2stages.jl: 340,315.52",
)
def capacity_tree() -> CheckOutcome:
    """A study in words.

    What is not served costs more than any plant, so the cost is the price of all load minus ours.
    """
    from headrace.core.study_reader import parse_text, study_of
    from headrace.plan.model.build_system import expand
    from headrace.plan.model.formulate import formulate
    from headrace.plan.solve.solve import solve

    e = expand(study_of(parse_text(CAPACITY_TREE)))
    plan = solve(formulate(e).problem)
    hours = np.array([1500.0, 5500.0, 1760.0])
    load = float(0.9 * hours @ [10315, 7329, 3919] + 0.1 * hours @ [11169, 9004, 7086])
    return CheckOutcome(
        114 * load - plan.low,
        340_315.5217,
        reason=f"certified gap {(plan.high - plan.low) / plan.low:.1e}",
    )


CAPACITY_TREE = """
study: capacity_tree
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], terminal_value: false,
  hours: {blocks: [1500 h, 5500 h, 1760 h]}}
technologies:
  a: {capex: 0.016 USD/kW, lead: 12 months, variable: 0.0028538812785388127 USD/MWh}
  b: {capex: 0.005 USD/kW, lead: 12 months, variable: 0.0091324200913242 USD/MWh}
  c: {capex: 0.032 USD/kW, lead: 12 months, variable: 0.000742009132420091 USD/MWh}
  d: {capex: 0.002 USD/kW, lead: 12 months, variable: 0.0182648401826484 USD/MWh}
tree:
  - {node: root}
  - {node: low, parent: root, probability: 90 %, demand: {power: [10315 MW, 7329 MW, 3919 MW]}}
  - {node: high, parent: root, probability: 10 %, demand: {power: [11169 MW, 9004 MW, 7086 MW]}}
sites: {s: {build: {a: a, b: b, c: c, d: d}}}
products: {power: {kind: electricity, site: s, demand: 0 MW, price: 114 USD/MWh}}
"""
