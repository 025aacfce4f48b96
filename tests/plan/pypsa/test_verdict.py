"""A network is worth here what it is worth in PyPSA, or one line says why not."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.builders.pypsa_networks import pypsa_optimum, random_network

from headrace.plan.pypsa.verdict import ImportVerdict, settle

pypsa = pytest.importorskip("pypsa")
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def written(n: Any, folder: Path) -> Path:
    path = folder / "network.nc"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n.export_to_netcdf(str(path))
    return path


def one_bus(hours: int = 6) -> Any:
    n = pypsa.Network()
    n.set_snapshots(range(hours))
    n.add("Bus", "b")
    return n


def agree(found: ImportVerdict, best: float | None) -> bool:
    if best is None:
        return not found.exact
    slack = 1e-6 * max(1.0, abs(best))
    return found.exact and found.low - slack <= best <= found.high + slack


@pytest.mark.parametrize("seed", range(4))
def test_a_random_network_is_exact_or_has_no_plan(seed: int, tmp_path: Path) -> None:
    n = random_network(seed)
    found = settle(written(n, tmp_path))
    assert agree(found, pypsa_optimum(n)), found.words


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 60))
def test_many_random_networks_are_exact_or_have_no_plan(seed: int, tmp_path: Path) -> None:
    n = random_network(seed)
    found = settle(written(n, tmp_path))
    assert agree(found, pypsa_optimum(n)), found.words


def test_a_generator_that_is_paid_gives_what_the_load_takes(tmp_path: Path) -> None:
    """50 MW for 72 h at -10: -36,000; throwing 50 away would have made it -72,000."""
    n = one_bus(72)
    n.add("Load", "l", bus="b", p_set=50.0)
    n.add("Generator", "w", bus="b", p_nom=100, marginal_cost=-10.0)
    n.add("Generator", "g", bus="b", p_nom=100, marginal_cost=40.0)
    found = settle(written(n, tmp_path))
    assert found.exact
    assert (found.low, found.high) == pytest.approx((-36_000.0, -36_000.0))


def test_a_load_that_feeds_must_go_somewhere(tmp_path: Path) -> None:
    """30 MW too much for 72 h, 3 a MWh to be rid of them: 6,480."""
    n = one_bus(72)
    n.add("Load", ["l", "n"], bus="b", p_set=[50.0, -80.0])
    n.add("Generator", "g", bus="b", p_nom=100, marginal_cost=40.0)
    sink = {"p_min_pu": -1.0, "p_max_pu": 0.0, "marginal_cost": -3.0}
    n.add("Generator", "sink", bus="b", p_nom=100, **sink)
    found = settle(written(n, tmp_path))
    assert found.exact
    assert found.high == pytest.approx(6_480.0)


def test_what_must_run_and_has_no_taker_is_told(tmp_path: Path) -> None:
    """80 MW must run, 50 are taken: PyPSA finds no plan."""
    n = one_bus()
    n.add("Load", "l", bus="b", p_set=50.0)
    n.add("Generator", "g", bus="b", p_nom=100, p_min_pu=0.8, marginal_cost=40.0)
    found = settle(written(n, tmp_path))
    assert not found.exact
    assert found.wasted == pytest.approx(6 * 30.0)
    assert "thrown away 180 MWh" in found.words
    assert "PyPSA has no plan for it" in found.words


def test_a_size_is_never_held_back_in_silence(tmp_path: Path) -> None:
    """A tank of 20,000 MWh for 1 MW of load: more than a hundred peaks, and found."""
    n = one_bus(400)
    shines = np.where(np.arange(400) < 200, 1.0, 0.0)
    n.add("Load", "l", bus="b", p_set=1.0)
    sun = {"p_nom_extendable": True, "capital_cost": 10.0, "p_max_pu": shines}
    n.add("Generator", "sun", bus="b", **sun)
    n.snapshot_weightings["stores"] = 100.0
    n.add("Store", "tank", bus="b", e_nom_extendable=True, e_cyclic=True, capital_cost=1.0)
    found = settle(written(n, tmp_path))
    assert found.exact
    assert found.sizes["stores tank"] == pytest.approx(20_000.0, rel=1e-4)
    assert agree(found, pypsa_optimum(n))


def test_costs_that_fall_without_end_are_told(tmp_path: Path) -> None:
    n = one_bus()
    n.add("Load", "l", bus="b", p_set=50.0)
    n.add("Generator", "g", bus="b", p_nom=100, marginal_cost=40.0)
    n.add("Generator", "gift", bus="b", p_nom_extendable=True, capital_cost=-1.0)
    found = settle(written(n, tmp_path))
    assert found.at_limit == ("generators gift",)
    assert "costs fall without end there" in found.words
