"""Small random networks of PyPSA: everything that the importer reads, in the mixtures that make an
inequality and an equation two things.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np

SNAPSHOTS = 12


def random_network(seed: int) -> Any:
    """A network of one to three buses; about one in four has no plan in PyPSA either."""
    import pypsa

    rng = np.random.default_rng(seed)
    n = pypsa.Network()
    n.set_snapshots(range(SNAPSHOTS))
    if rng.random() < 0.5:
        n.snapshot_weightings["objective"] = rng.choice([1.0, 2.0, 3.0], SNAPSHOTS)
        n.snapshot_weightings["stores"] = rng.choice([1.0, 2.0], SNAPSHOTS)
    buses = [f"bus {i}" for i in range(rng.integers(1, 4))]
    n.add("Bus", buses)
    for i in range(rng.integers(1, 5)):
        _generator(n, rng, f"g{i}", str(rng.choice(buses)))
    for i in range(rng.integers(0, 4) if len(buses) > 1 else 0):
        _link(n, rng, f"l{i}", buses)
    for i in range(rng.integers(0, 3)):
        _store(n, rng, f"s{i}", str(rng.choice(buses)))
    for i in range(rng.integers(0, 3)):
        _storage_unit(n, rng, f"u{i}", str(rng.choice(buses)))
    for i in range(rng.integers(1, 4)):
        low = -20.0 if rng.random() < 0.2 else 0.0
        drawn = rng.uniform(low, 40.0, SNAPSHOTS)
        n.add("Load", f"d{i}", bus=str(rng.choice(buses)), p_set=drawn)
    return n


def _size(rng: np.random.Generator, size: str, scale: float) -> dict[str, Any]:
    """A size that is chosen, or one that is there."""
    if rng.random() < 0.5:
        return {size: float(rng.uniform(0.5, 3.0) * scale)}
    found: dict[str, Any] = {f"{size}_extendable": True, "capital_cost": rng.uniform(1, 80)}
    if rng.random() < 0.3:
        found[f"{size}_min"] = float(rng.uniform(0, scale))
    if rng.random() < 0.3:
        found[f"{size}_max"] = float(rng.uniform(scale, 3 * scale))
    if rng.random() < 0.15:
        found[f"{size}_mod"] = float(rng.uniform(1.0, 9.0))
    return found


def _cost(rng: np.random.Generator) -> Any:
    low = -30.0 if rng.random() < 0.3 else 0.0
    return rng.uniform(low, 90, SNAPSHOTS) if rng.random() < 0.4 else float(rng.uniform(low, 90))


def _generator(n: Any, rng: np.random.Generator, name: str, bus: str) -> None:
    more = _size(rng, "p_nom", 40.0)
    if rng.random() < 0.4:
        more["p_max_pu"] = rng.uniform(0.2, 1.0, SNAPSHOTS)
    if rng.random() < 0.25:
        more["p_min_pu"] = float(rng.uniform(0.0, 0.2))
    elif rng.random() < 0.1:
        more |= {"p_min_pu": -1.0, "p_max_pu": 0.0}
    n.add("Generator", name, bus=bus, marginal_cost=_cost(rng), **more)


def _link(n: Any, rng: np.random.Generator, name: str, buses: list[str]) -> None:
    ends = rng.permutation(buses)
    more = _size(rng, "p_nom", 30.0) | {"efficiency": float(rng.uniform(0.3, 1.0))}
    if rng.random() < 0.3:
        more["p_min_pu"] = -1.0
    if len(ends) > 2 and rng.random() < 0.5:
        more |= {"bus2": str(ends[2]), "efficiency2": float(rng.uniform(-0.5, 0.6))}
    cost = float(rng.uniform(0, 5)) if rng.random() < 0.5 else 0.0
    n.add("Link", name, bus0=str(ends[0]), bus1=str(ends[1]), marginal_cost=cost, **more)


def _store(n: Any, rng: np.random.Generator, name: str, bus: str) -> None:
    more = _size(rng, "e_nom", 60.0)
    circle = bool(rng.random() < 0.5)
    more |= {"e_cyclic": circle} if circle else {"e_initial": float(rng.uniform(0, 25))}
    if rng.random() < 0.4:
        more["standing_loss"] = float(rng.uniform(0, 0.1))
    if rng.random() < 0.3:
        more["marginal_cost"] = float(rng.uniform(0, 3))
    n.add("Store", name, bus=bus, **more)


def _storage_unit(n: Any, rng: np.random.Generator, name: str, bus: str) -> None:
    more = _size(rng, "p_nom", 15.0) | {"max_hours": float(rng.integers(1, 6))}
    circle = bool(rng.random() < 0.5)
    more |= (
        {"cyclic_state_of_charge": True}
        if circle
        else {"state_of_charge_initial": float(rng.uniform(0, 10))}
    )
    if rng.random() < 0.5:
        more |= {"efficiency_store": 0.9, "efficiency_dispatch": float(rng.uniform(0.7, 1.0))}
    if rng.random() < 0.4:
        more["inflow"] = rng.uniform(0, 6, SNAPSHOTS)
        more["spill_cost"] = float(rng.choice([0.0, 2.0]))
    if rng.random() < 0.3:
        more["marginal_cost"] = float(rng.uniform(0, 3))
    n.add("StorageUnit", name, bus=bus, **more)


def pypsa_optimum(n: Any) -> float | None:
    """The least total cost by PyPSA itself, all capital cost counted; None where it has no plan."""
    for name in ("linopy", "pypsa"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyPSA's own
        try:
            status = n.optimize(
                solver_name="highs",
                solver_options={"output_flag": False, "threads": 1, "mip_rel_gap": 1e-9},
                include_objective_constant=False,
            )
        except ValueError:  # a bus with a load and nothing else
            return None
    return float(n.objective) if status[1] == "optimal" else None
