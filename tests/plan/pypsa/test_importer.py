"""Networks written by PyPSA are worth here what they are worth there."""

from __future__ import annotations

import builtins
import logging
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.plan import interior_point
from headrace.plan.lp import highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import RiskMeasure
from headrace.plan.lp.scaling import MONEY
from headrace.plan.pypsa.importer import Imported, import_pypsa
from headrace.plan.solve.cvar import solve_risk
from headrace.verification.registry import Skip, data_file

pypsa = pytest.importorskip("pypsa")
# PyPSA's own, on strings of pandas 3
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")
HOURS = 48


def network() -> object:
    """Two days, two buses: every feature that the importer knows, and loads that no single source
    can serve.
    """
    rng = np.random.default_rng(7)
    n = pypsa.Network()
    n.set_snapshots(range(HOURS))
    n.snapshot_weightings.loc[:, "objective"] = 2.0
    n.snapshot_weightings.loc[:, "stores"] = np.where(np.arange(HOURS) < 24, 1.0, 2.0)
    n.add("Bus", ["a", "b", "fuel"])
    day = np.maximum(0.0, np.sin((np.arange(HOURS) % 24 - 6) / 12 * np.pi))
    n.add(
        "Generator",
        "sun",
        bus="a",
        p_nom_extendable=True,
        capital_cost=60.0,
        p_max_pu=day,
        p_nom_max=300.0,
    )
    n.add(
        "Generator",
        "plant",
        bus="b",
        p_nom=45.0,
        p_min_pu=0.3,
        marginal_cost=rng.uniform(20, 60, HOURS),
    )
    n.add(
        "Generator",
        "peaker",
        bus="b",
        p_nom_extendable=True,
        p_nom_min=5.0,
        capital_cost=90.0,
        marginal_cost=150.0,
    )
    n.add("Generator", "well", bus="fuel", p_nom=500.0, marginal_cost=12.0)
    n.add(
        "Link",
        "line",
        bus0="a",
        bus1="b",
        p_nom=25.0,
        p_min_pu=-1.0,
        marginal_cost=0.5,
        efficiency=0.97,
    )
    n.add(
        "Link",
        "turbine",
        bus0="fuel",
        bus1="a",
        bus2="b",
        efficiency=0.4,
        efficiency2=0.1,
        p_nom_extendable=True,
        capital_cost=35.0,
        marginal_cost=3.0,
    )
    n.add("Store", "tank", bus="fuel", e_nom=80.0, e_initial=50.0, standing_loss=0.001)
    n.add(
        "Store",
        "cell",
        bus="a",
        e_nom_extendable=True,
        capital_cost=8.0,
        e_cyclic=True,
        standing_loss=0.01,
    )
    n.add(
        "StorageUnit",
        "lake",
        bus="b",
        p_nom=15.0,
        max_hours=4.0,
        inflow=rng.uniform(0, 4, HOURS),
        efficiency_dispatch=0.9,
        efficiency_store=0.8,
        state_of_charge_initial=20.0,
        marginal_cost=1.0,
    )
    n.add(
        "StorageUnit",
        "battery",
        bus="a",
        p_nom_extendable=True,
        capital_cost=30.0,
        max_hours=3.0,
        efficiency_store=0.95,
        efficiency_dispatch=0.95,
        cyclic_state_of_charge=True,
    )
    n.add("Load", "town", bus="a", p_set=rng.uniform(20, 45, HOURS))
    n.add("Load", "works", bus="b", p_set=rng.uniform(5, 80, HOURS))
    return n


def optimum(n: object) -> float:
    for name in ("linopy", "pypsa"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyPSA's own
        status = n.optimize(  # type: ignore[attr-defined]
            solver_name="highs",
            solver_options={"output_flag": False, "threads": 1},
            include_objective_constant=False,
        )
    assert tuple(status) == ("ok", "optimal")
    return float(n.objective)  # type: ignore[attr-defined]


def imported(n: object, folder: Path) -> Imported:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n.export_to_netcdf(str(folder / "network.nc"))  # type: ignore[attr-defined]
    return import_pypsa(folder / "network.nc")


def ours(found: Imported) -> float:
    """Our optimum by HiGHS, with nothing unserved, wasted or held back by a limit that PyPSA does
    not know.
    """
    solution = highs.solve(found.problem)
    assert found.unserved(solution) == pytest.approx(0.0, abs=1e-6)
    assert found.wasted(solution) == pytest.approx(0.0, abs=1e-6)
    assert found.at_limit(solution) == ()
    return evaluate(found.problem, solution).value * MONEY


def test_every_feature_costs_what_it_costs_in_pypsa(tmp_path: Path) -> None:
    n = network()
    found = imported(n, tmp_path)
    assert ours(found) == pytest.approx(optimum(n), rel=1e-8)
    assert n.links_t.p0["line"].min() < -0.1
    assert n.links_t.p0["line"].max() > 1
    assert n.stores_t.e["tank"].min() < 40
    assert n.storage_units.p_nom_opt["battery"] > 1


def test_the_interior_point_agrees_within_its_gap(tmp_path: Path) -> None:
    found = imported(network(), tmp_path)
    plan = interior_point.solve(found.problem, SolverOptions(gap=1e-4))
    best = evaluate(found.problem, highs.solve(found.problem)).value
    assert plan.solver == "interior"
    assert plan.lower <= best * (1 + 1e-9)
    assert plan.upper >= best * (1 - 1e-9)
    assert plan.upper - plan.lower <= 1.001e-4 * abs(plan.upper)


def test_scenarios_are_worlds_with_weights(tmp_path: Path) -> None:
    n = network()
    n.set_scenarios({"wet": 0.25, "dear": 0.75})  # type: ignore[attr-defined]
    n.generators.loc[("dear", "well"), "marginal_cost"] = 40.0  # type: ignore[attr-defined]
    n.loads_t.p_set[("dear", "town")] *= 1.2  # type: ignore[attr-defined]
    n.storage_units_t.inflow[("wet", "lake")] *= 2.0  # type: ignore[attr-defined]
    found = imported(n, tmp_path)
    assert dict(zip(found.network.scenarios, found.network.odds)) == {"wet": 0.25, "dear": 0.75}
    assert ours(found) == pytest.approx(optimum(n), rel=1e-8)


def test_whole_modules(tmp_path: Path) -> None:
    n = pypsa.Network()
    n.set_snapshots(range(3))
    n.add("Bus", "a")
    n.add(
        "Generator",
        "unit",
        bus="a",
        p_nom_extendable=True,
        p_nom_mod=4.0,
        capital_cost=10.0,
        marginal_cost=1.0,
    )
    n.add("Load", "town", bus="a", p_set=[3.0, 9.0, 5.0])
    assert ours(imported(n, tmp_path)) == pytest.approx(optimum(n), rel=1e-9)


def test_a_load_that_cannot_be_served_is_told(tmp_path: Path) -> None:
    n = pypsa.Network()
    n.set_snapshots(range(2))
    n.add("Bus", "a")
    n.add("Generator", "unit", bus="a", p_nom=4.0, marginal_cost=1.0)
    n.add("Load", "town", bus="a", p_set=[3.0, 9.0])
    found = imported(n, tmp_path)
    assert found.unserved(highs.solve(found.problem)) == pytest.approx(5.0)


def test_what_has_no_counterpart_is_refused_all_at_once(tmp_path: Path) -> None:
    n = network()
    n.add("Line", "wire", bus0="a", bus1="b", x=0.1, s_nom=10.0)  # type: ignore[attr-defined]
    n.generators.loc["plant", "committable"] = True  # type: ignore[attr-defined]
    n.stores.loc["cell", "e_min_pu"] = 0.2  # type: ignore[attr-defined]
    n.loads.loc["town", "bus"] = "nowhere"  # type: ignore[attr-defined]
    with pytest.raises(InputError) as error:
        imported(n, tmp_path)
    assert {p.where.key for p in error.value.problems} == {
        "lines",
        "generators.committable",
        "stores.e_min_pu",
        "loads.bus",
    }


def test_investment_periods_are_refused(tmp_path: Path) -> None:
    n = network()
    n.set_investment_periods([2030, 2040])  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="investment periods"):
        imported(n, tmp_path)


def test_sizes_that_differ_between_scenarios_are_refused(tmp_path: Path) -> None:
    n = network()
    n.set_scenarios({"calm": 0.5, "dear": 0.5})  # type: ignore[attr-defined]
    n.generators.loc[("dear", "sun"), "capital_cost"] = 100.0  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"generators\.capital_cost.*differs between scenarios"):
        imported(n, tmp_path)


def test_files_that_are_no_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no such file"):
        import_pypsa(tmp_path / "absent.nc")
    os.mkfifo(tmp_path / "pipe.nc")
    with pytest.raises(InputError, match="is a pipe, not a regular file"):
        import_pypsa(tmp_path / "pipe.nc")
    (tmp_path / "text.nc").write_text("not netCDF")
    with pytest.raises(InputError, match="no netCDF file"):
        import_pypsa(tmp_path / "text.nc")
    real = builtins.__import__

    def without(name: str, *more: object, **named: object) -> object:
        if name == "netCDF4":
            raise ImportError(name)
        return real(name, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="pip install netCDF4"):
        import_pypsa(tmp_path / "text.nc")


def test_the_cautious_plan_of_pypsa(tmp_path: Path) -> None:
    """PyPSA's (1 - omega) E + omega CVaR_alpha on the same scenarios, by cuts and levels within the
    gap they certify.
    """
    n = network()
    n.set_scenarios({"calm": 0.25, "dear": 0.5, "dark": 0.25})  # type: ignore[attr-defined]
    n.generators.loc[("dear", "well"), "marginal_cost"] = 40.0  # type: ignore[attr-defined]
    n.generators_t.p_max_pu[("dark", "sun")] *= 0.3  # type: ignore[attr-defined]
    found = imported(n, tmp_path)
    n.set_risk_preference(alpha=0.6, omega=0.7)  # type: ignore[attr-defined]
    best = optimum(n)
    plan = solve_risk(found.problem, RiskMeasure(0.6, 0.7), SolverOptions(gap=1e-4))
    assert best > ours(found) * 1.001
    assert plan.lower * MONEY <= best * (1 + 1e-7)
    assert plan.upper * MONEY >= best * (1 - 1e-7)
    assert plan.upper - plan.lower <= 1.01e-4 * abs(plan.upper)


@pytest.mark.slow
def test_pypsa_solves_its_own_example_to_what_we_do() -> None:
    """The file that `plan.pypsa_stochastic` compares with published figures, solved by PyPSA here
    and now.
    """
    try:
        path = data_file("pypsa/stochastic-network.nc")
    except Skip as skip:
        pytest.skip(str(skip))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n = pypsa.Network(str(path))
    best = optimum(n)
    found = import_pypsa(path)
    plan = interior_point.solve(found.problem, SolverOptions(gap=1e-7))
    assert best == pytest.approx(968_918.158, abs=0.01)
    assert plan.lower * MONEY <= best + 1e-3
    assert plan.upper * MONEY >= best - 1e-3
    assert plan.upper - plan.lower <= 1e-7 * plan.upper
    for name, size in zip(found.problem.master.columns, plan.master):
        assert size == pytest.approx(
            n.generators.p_nom_opt.xs(name.split()[1], level="name").iloc[0], rel=1e-3, abs=1e-5
        )
