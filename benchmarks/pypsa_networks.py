"""Ten PyPSA networks from the two examples of PyPSA that the importer reads whole: model-energy and
stochastic-network (CC BY 4.0, github.com/PyPSA/PyPSA, examples/networks; the other three have lines
and transformers, which it refuses by name). The variants leave a technology out or change a series.

`python benchmarks/pypsa_networks.py FOLDER_OF_EXAMPLES TARGET`   then HEADRACE_PYPSA=TARGET
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pypsa

Change = Callable[[pypsa.Network], object]


def _without(kind: str, name: str) -> Change:
    return lambda n: n.remove(kind, name)


def _scaled(table: str, attribute: str, name: str, factor: float) -> Change:
    def change(n: pypsa.Network) -> None:
        series = getattr(n, f"{table}_t")[attribute]
        mine = [c for c in series.columns if name in str(c)]
        series[mine] = series[mine] * factor

    return change


def _flat(n: pypsa.Network) -> None:
    n.loads_t.p_set[:] = n.loads_t.p_set.mean()


def _dearer(table: str, name: str, factor: float) -> Change:
    def change(n: pypsa.Network) -> None:
        static = getattr(n, table)
        mine = [i for i in static.index if name in str(i)]
        static.loc[mine, "capital_cost"] *= factor

    return change


CHANGES: dict[str, tuple[str, Change]] = {
    "model-energy": ("model-energy", lambda n: None),
    "flat-load": ("model-energy", _flat),
    "calm-year": ("model-energy", _scaled("generators", "p_max_pu", "wind", 0.7)),
    "no-sun": ("model-energy", _without("Generator", "solar")),
    "no-battery": ("model-energy", _without("StorageUnit", "battery storage")),
    "dear-hydrogen": ("model-energy", _dearer("stores", "hydrogen", 5.0)),
    "stochastic-network": ("stochastic-network", lambda n: None),
    "dull-years": ("stochastic-network", _scaled("generators", "p_max_pu", "solar", 0.6)),
    "dear-wind": ("stochastic-network", _dearer("generators", "wind", 1.5)),
    "dear-gas-plants": ("stochastic-network", _dearer("generators", "gas", 2.0)),
}


def main(source: Path, target: Path) -> None:
    logging.disable(logging.WARNING)
    target.mkdir(parents=True, exist_ok=True)
    for name, (base, change) in CHANGES.items():
        network = pypsa.Network(next(source.rglob(f"{base}.nc")))  # each in a folder of its own
        change(network)
        network.export_to_netcdf(target / f"{name}.nc")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
