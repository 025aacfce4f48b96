"""The operation of a node costs in PyPSA what it costs here: an oracle that shares no line with our
formulation.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole, ProductId, StoreId
from headrace.core.study_reader import parse_text, study_of
from headrace.plan import interior_point
from headrace.plan.lp import highs
from headrace.plan.lp.fix_orders import alone
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.pypsa.exporter import lost_revenue, operating_cost, to_pypsa, write_netcdf
from headrace.plan.solve.solve import nothing, solve

pypsa = pytest.importorskip("pypsa")

STUDY = """
study: exported
money: {discount: 6 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {weeks: 1, extreme_days: 1}}
fuels: {gas: {price: 4 USD/MMBtu, co2: 53.06 kg/MMBtu}}
carbon: 30 USD/t
sites:
  greensboro:
    weather: tmy3:723170
    grid:
      {limit: 12 MW, stands: 8 MW, energy: 40 USD/MWh, loss: 2 %, demand: 10 USD/kW-month,
       billing: month, times: [{energy: 200 USD/MWh, begin: 16, end: 21}]}
    hall: {stands: 20 MW, at_most: 60 MW, use: hall.ai}
    build:
      pv: {use: solar.single_axis, stands: 30 MW}
      battery: {use: battery.lfp, stands: 20 MW, stands_energy: 80 MWh}
      engines: {use: gas.engine, stands: 3 MW}
fleet: {may_buy: {b200: {use: b200, supply: 10000, stands: {greensboro: 6000}}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3}, video: {shape: wan-14b-720p, precision: bf16}}
products:
  chat: {model: large, demand: 30 Gtok/h, price: 1 USD/Mtok, shape: chat, availability: 60 %}
  agents: {model: large, demand: 10 Gtok/h, price: 0.8 USD/Mtok, shape: office, deadline: 4 h}
  clips:
    {kind: video, model: video, demand: 3000 video-second/h, price: 0.3 USD/video-second,
     deadline: day}
  town: {kind: electricity, site: greensboro, demand: 5 MW, price: 70 USD/MWh}
"""


def formulated(text: str) -> Formulation:
    e = expand(study_of(parse_text(text)))
    return formulate(e)


def optimised(network: object) -> float:
    logging.getLogger("linopy").setLevel(logging.ERROR)
    logging.getLogger("pypsa").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyPSA's own
        status = network.optimize(  # type: ignore[attr-defined]
            solver_name="highs",
            solver_options={"output_flag": False, "threads": 1},
            multi_investment_periods=network.has_investment_periods,  # type: ignore[attr-defined]
            include_objective_constant=False,
        )
    assert tuple(status) == ("ok", "optimal")
    return float(network.objective)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def exported() -> tuple[Formulation, object]:
    found = formulated(STUDY)
    plan = solve(found.problem)
    return found, highs.solve_fixed(found.problem, plan.solution.master)


def test_the_same_operation_costs_the_same(
    exported: tuple[Formulation, object], tmp_path: Path
) -> None:
    """Two segments, a grid with a loss, a tariff and monthly peaks, a worn battery, accelerators
    with idle power, work that waits four hours and a day, a promise; read back from netCDF before
    it is solved.
    """
    formulation, solution = exported
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = pypsa.Network(str(write_netcdf(formulation, solution, tmp_path / "node.nc")))
    ours = operating_cost(formulation, solution)  # type: ignore[arg-type]
    theirs = optimised(network) - lost_revenue(formulation)
    assert ours == pytest.approx(theirs, rel=1e-6)
    assert ours < 0
    assert (
        network.stores_t.e[str(StoreId(AssetId("greensboro", AssetRole.BUILD, "battery")))].max()
        > 1
    )
    assert network.generators_t.p[GRID].max() > 1


def test_a_dearer_grid_shows(exported: tuple[Formulation, object]) -> None:
    """The test can fail: the network of one world is not worth what the other is."""
    formulation, solution = exported
    network = to_pypsa(formulation, solution)  # type: ignore[arg-type]
    network.generators_t.marginal_cost[GRID] += 20
    ours = operating_cost(formulation, solution)  # type: ignore[arg-type]
    assert abs(optimised(network) - lost_revenue(formulation) - ours) > 1e-4 * abs(ours)


def test_what_cannot_be_exported_is_refused(exported: tuple[Formulation, object]) -> None:
    formulation, solution = exported
    with pytest.raises(InputError, match="node 3"):
        to_pypsa(formulation, solution, 3)  # type: ignore[arg-type]
    yearly = formulated(STUDY.replace("deadline: day", "deadline: year"))
    with pytest.raises(InputError, match="may wait for a year"):
        to_pypsa(yearly, solve(yearly.problem).solution)


GRID = str(ConverterId(ConverterRole.PLANT, AssetId("greensboro", AssetRole.GRID)))


def work(site: str) -> ConverterId:
    """The converter that makes the product at a site."""
    accelerators = AssetId(site, AssetRole.ACCELERATOR, "b200")
    return ConverterId(ConverterRole.WORK, accelerators, ProductId("chat"))


MIAMI = """  miami:
    weather: tm2:12839
    grid: {limit: 15 MW, stands: 10 MW, energy: 55 USD/MWh}
    hall: {stands: 15 MW, at_most: 40 MW, use: hall.ai}
    build:
      pv: {use: solar.single_axis, stands: 20 MW}
      battery: {use: battery.lfp, stands: 5 MW, stands_energy: 30 MWh}
fleet: {may_buy: {b200: {use: b200, supply: 10000, stands: {greensboro: 4000, miami: 3000}}}}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("use: gas.engine,", "use: gas.engine, commitment: relaxed,"),
        ("use: gas.engine,", "use: nuclear.smr, ramps: true,"),
        (
            "use: gas.engine, stands: 3 MW}",
            "use: gas.engine, stands: 3 MW, at_most: 3 MW}\n    spinning_reserve: largest unit",
        ),
    ],
)
def test_rules_that_the_export_would_not_keep_are_refused(old: str, new: str) -> None:
    found = formulated(STUDY.replace(old, new))
    with pytest.raises(InputError, match="the export"):
        to_pypsa(found, nothing(found.problem))


def test_two_sites_that_share_their_customers() -> None:
    """Every hour's work goes to either site: PyPSA, HiGHS on our blocks and the interior point,
    within the gap it certifies.
    """
    text = "".join(
        MIAMI if line.startswith("fleet:") else line for line in STUDY.splitlines(keepends=True)
    )
    found = formulated(text)
    held = highs.solve_fixed(found.problem, solve(found.problem).solution.master)
    network = to_pypsa(found, held)
    theirs = optimised(network) - lost_revenue(found)
    for site in ("greensboro", "miami"):
        assert network.links_t.p0[str(work(site))].max() > 1
    assert operating_cost(found, held) == pytest.approx(theirs, rel=1e-9)
    block = found.problem.nodes[0]
    plan = interior_point.solve(
        alone(block, block.start + block.map @ held.master), SolverOptions(gap=1e-5)
    )
    assert plan.solver == "interior"
    low, high = plan.lower * MONEY / block.weight, plan.upper * MONEY / block.weight
    assert low <= theirs + 1e-7 * abs(theirs)
    assert high == pytest.approx(theirs, rel=1e-5)


MONTH = """
study: month
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [1 month], terminal_value: false}
technologies: {cell: {kind: battery, efficiency: 81 %}}
sites:
  here:
    grid: {limit: 9 MW, stands: 9 MW, energy: 20 USD/MWh,
      times: [{energy: 300 USD/MWh, begin: 0, end: 2}]}
    build: {cell: {use: cell, at_most: 4 MW, stands: 4 MW, at_most_energy: 8 MWh,
      stands_energy: 8 MWh, HELD}}
products: {power: {kind: electricity, site: here, demand: 8 MW, price: 200 USD/MWh}}
"""


@pytest.mark.filterwarnings("ignore")  # PyPSA's own, said once a process
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_store_begins_as_the_plan_lets_it(share: float) -> None:
    """In the dear hours of the first day it gives what it may begin with, and gives it back."""
    found = formulated(MONTH.replace("HELD", f"stored_at_start: {share}"))
    solution = highs.solve(found.problem)
    network = to_pypsa(found, solution)
    theirs = optimised(network) - lost_revenue(found)
    assert operating_cost(found, solution) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_what_a_store_must_end_with_is_refused() -> None:
    found = formulated(MONTH.replace("HELD", "stored_at_end: 50 %"))
    with pytest.raises(InputError, match="holds at the end is left out"):
        to_pypsa(found, highs.solve(found.problem))
