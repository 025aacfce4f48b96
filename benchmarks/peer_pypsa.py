"""The one-node benchmark study as a PyPSA network solved by HiGHS HiPO, building included. Prints
one JSON line.

Components: generators, links (charge, discharge, accelerators), stores (battery, the day's batch
    queue), as a PyPSA user would write them. The value is comparable after the constant of the
    served batch demand and the sunk cost of what stands are taken out.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import time
import warnings

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
import study_hd as hd  # noqa: E402

OPTIONS = {
    "solver": "hipo",
    "run_crossover": "off",
    "hipo_system": "augmented",
    "threads": 1,
    "output_flag": False,
}


def network(hours: int = 8760):  # type: ignore[no-untyped-def]
    """The network of one year."""
    import pandas as pd
    import pypsa

    tree, year = hd.tree([]), hd.year(hours)
    load, cost = year.pue * hd.IT, hd.ANNUITY
    net = pypsa.Network()
    net.set_snapshots(pd.date_range("2023-01-01", periods=hours, freq="h"))
    net.snapshot_weightings.loc[:, :] = 1.0
    net.snapshot_weightings["objective"] = 8760 / hours
    for bus in ("el", "cmp", "bat", "batch"):
        net.add("Bus", bus)
    co2 = 60.0
    fuel = {
        "ccgt": (4.0 * 6.5 + 3.5 + co2 * 0.35) / 1e3,
        "recip": (4.0 * 8.4 + 6 + co2 * 0.46) / 1e3,
    }
    plants = (
        ("solar", 0, 0.0, year.solar, 0.0, np.inf),
        ("ccgt", 3, fuel["ccgt"], 0.93, 0.0, 60.0),
        ("recip", 4, fuel["recip"], 0.95, 120.0, 150.0),
        ("smr", 5, 9e-3, 0.92, 0.0, np.inf),
        ("grid", 6, year.price / 1e3, 1.0, 80.0, 120.0),
    )
    for name, k, price, available, least, most in plants:
        net.add(
            "Generator",
            name,
            bus="el",
            p_nom_extendable=True,
            p_nom_min=least,
            p_nom_max=most,
            capital_cost=cost[k],
            marginal_cost=price,
            p_max_pu=available,
        )
    half = {"p_nom_extendable": True, "efficiency": hd.ETA, "marginal_cost": 1e-4}
    net.add("Link", "charge", bus0="el", bus1="bat", capital_cost=cost[1] / 2, **half)
    net.add("Link", "discharge", bus0="bat", bus1="el", capital_cost=cost[1] / 2 * hd.ETA, **half)
    net.add(
        "Store", "battery", bus="bat", e_nom_extendable=True, capital_cost=cost[2], e_cyclic=True
    )
    net.add(
        "Link",
        "gpu",
        bus0="el",
        bus1="cmp",
        p_nom_extendable=True,
        efficiency=1 / load,
        p_max_pu=0.97 * load / load.max(),
        capital_cost=(cost[8] + cost[7] * hd.IT) / load.max(),
    )
    net.add(
        "Generator",
        "interactive",
        bus="cmp",
        sign=-1,
        p_nom=120.0,
        p_max_pu=year.demand,
        marginal_cost=-4.6,
    )
    net.add(
        "Generator",
        "training",
        bus="cmp",
        sign=-1,
        p_nom=1e4,
        e_sum_max=36.0 * hours,
        marginal_cost=-3.0,
    )
    net.add("Link", "to batch", bus0="cmp", bus1="batch", p_nom=1e4)
    end = (np.arange(hours) % 24 == 23).astype(float)
    net.add("Store", "queue", bus="batch", e_nom=1e5, e_max_pu=1 - end, e_initial=0)
    net.add("Load", "batch", bus="batch", p_set=end * 45.0 * 24)
    net.add("Generator", "shed", bus="batch", p_nom=1e6, marginal_cost=2.6)
    del tree
    return net


def main() -> int:
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    import pypsa  # noqa: F401

    cpu, wall = time.process_time(), time.perf_counter()
    net = network()
    model = net.optimize.create_model()
    power = model["Link-p_nom"]
    model.add_constraints(
        power.loc["charge"] - power.loc["discharge"] * hd.ETA == 0, name="one battery power"
    )
    model.solve("highs", io_api="direct", **OPTIONS)
    spent, passed = time.process_time() - cpu, time.perf_counter() - wall
    served = -2.6 * 45.0 * 24 * 365
    # PyPSA charges what already stands
    sunk = hd.ANNUITY[4] * 120.0 + hd.ANNUITY[6] * 80.0 + hd.ANNUITY[7] * 200.0
    value = (float(model.objective.value) + served - sunk) * float(hd.tree([]).discount[0])
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    print(json.dumps({"cpu_s": spent, "wall_s": passed, "peak_gb": rss, "value": value}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
