"""What cannot be imported as PyPSA has it is refused by name, with the number that is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.plan.pypsa.importer import import_pypsa

pypsa = pytest.importorskip("pypsa")
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def small() -> Any:
    n = pypsa.Network()
    n.set_snapshots(range(4))
    n.add("Bus", ["a", "b"])
    n.add("Load", "l", bus="a", p_set=np.array([1.0, 2.0, 3.0, 4.0]))
    n.add("Generator", "g", bus="a", p_nom_extendable=True, capital_cost=1.0)
    n.add("Link", "w", bus0="a", bus1="b", p_nom=1.0)
    n.add("Store", "t", bus="b", e_nom=1.0)
    n.add("StorageUnit", "u", bus="b", p_nom=1.0)
    return n


def _set(table: str, name: str, attribute: str, value: object) -> Callable[[Any], None]:
    def change(n: Any) -> None:
        getattr(n, table).loc[name, attribute] = value

    return change


def _nan(n: Any) -> None:
    n.loads_t.p_set.loc[2, "l"] = np.nan


def _all_nan(n: Any) -> None:
    n.loads_t.p_set["l"] = np.nan


def _weights(n: Any) -> None:
    n.snapshot_weightings.loc[1, "objective"] = 0.0


def _carrier_limit(n: Any) -> None:
    n.buses["nom_max_gas"] = 10.0


def _emissions(n: Any) -> None:
    n.add("GlobalConstraint", "co2", sense="<=", constant=1.0)


BAD: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "a missing number": (_nan, "loads.p_set", "`l` has nan instead of a number at snapshot 2"),
    "a series of missing numbers": (_all_nan, "loads.p_set", "at snapshot 0"),
    "least above most": (
        _set("generators", "g", "p_nom_min", np.inf),
        "generators.p_nom",
        "between inf and inf",
    ),
    "a least share above the most": (
        _set("generators", "g", "p_min_pu", 1.2),
        "generators.p_min_pu",
        "must give more than it may",
    ),
    "a size below nothing": (_set("links", "w", "p_nom", -1.0), "links.p_nom", "a size of -1"),
    "an endless size": (_set("stores", "t", "e_nom", np.inf), "stores.e_nom", "a size of inf"),
    "no efficiency": (
        _set("storage_units", "u", "efficiency_dispatch", 0.0),
        "storage_units.efficiency_dispatch",
        "`u` has 0",
    ),
    "a share below nothing": (
        _set("storage_units", "u", "p_max_pu", -0.5),
        "storage_units.p_max_pu",
        "`u` has -0.5",
    ),
    "a module that does not fit": (
        _set("generators", "g", ["p_nom_mod", "p_nom_min", "p_nom_max"], [4.0, 5.0, 7.0]),
        "generators.p_nom_mod",
        "no multiple of 4 between 5 and 7",
    ),
    "a delay": (_set("links", "w", "delay", 1), "links.delay", "cannot be imported"),
    "a snapshot without weight": (_weights, "snapshots.objective", "missing, 0 or negative"),
    "a carrier's limit at a bus": (_carrier_limit, "buses.nom_max_gas", "a limit of a carrier"),
    "a limit of emissions": (_emissions, "global_constraints", "1 components of this kind"),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_and_named(name: str, tmp_path: Path) -> None:
    change, key, words = BAD[name]
    n, path = small(), tmp_path / "network.nc"
    change(n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n.export_to_netcdf(str(path))
    with pytest.raises(InputError) as error:
        import_pypsa(path)
    told = {p.where.key: p.found for p in error.value.problems}
    assert words in told[key]


def test_the_same_network_unspoilt_is_read(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small().export_to_netcdf(str(tmp_path / "network.nc"))
    assert import_pypsa(tmp_path / "network.nc").problem.master.columns == ("generators g",)
