"""PyPSA's netCDF files as plain tables, without PyPSA: static numbers, series and words of each
kind of component.

A table `generators` is the dimension `generators_i` and variables `generators_p_nom` (and so on),
by scenario where the network has scenarios; a series is `generators_t_p_max_pu` over snapshots for
the components that it names. What a file does not write has PyPSA's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import regular

DEFAULTS: Mapping[str, float] = {
    "p_max_pu": 1.0,
    "e_max_pu": 1.0,
    "p_nom_max": np.inf,
    "e_nom_max": np.inf,
    "efficiency": 1.0,
    "efficiency_store": 1.0,
    "efficiency_dispatch": 1.0,
    "max_hours": 1.0,
    "sign": 1.0,
    "active": 1.0,
}
"""Defaults that are not zero, as of PyPSA 1.4; those that differ by component stand in DIFFERENT.
"""

DIFFERENT: Mapping[tuple[str, str], float] = {
    ("storage_units", "p_min_pu"): -1.0,
    ("loads", "sign"): -1.0,
}


@dataclass(frozen=True)
class ComponentTable:
    """Components of one kind. static: arrays of shape (scenario, component); series: the numbers of
    the components that have one, each of shape (scenario, snapshot).
    """

    kind: str
    names: tuple[str, ...]
    static: Mapping[str, Any]
    series: Mapping[str, Mapping[str, Floats]]

    def default(self, attribute: str) -> float:
        """What holds where nothing is written [unit of the attribute]; efficiencies of further
        ports are 1 like the first.
        """
        plain = attribute.rstrip("0123456789")
        return DIFFERENT.get((self.kind, attribute), DEFAULTS.get(plain, 0.0))

    def number(self, attribute: str, scenario: int, component: int) -> float:
        """A static number [unit of the attribute]."""
        if attribute not in self.static:
            return self.default(attribute)
        return float(self.static[attribute][scenario, component])

    def hourly(self, attribute: str, scenario: int, component: int) -> Hourly:
        """A number that may have a series, shape (snapshot,) then [unit of the attribute]."""
        series = self.series.get(attribute, {}).get(self.names[component])
        several = series is not None and len(series) > 1
        # a series of other scenarios only
        if series is None or (several and np.isnan(series[scenario]).all()):
            return self.number(attribute, scenario, component)
        found: Floats = series[scenario]
        return found

    def word(self, attribute: str, scenario: int, component: int) -> str:
        """A static text, empty where none is written."""
        return str(self.static[attribute][scenario, component]) if attribute in self.static else ""


@dataclass(frozen=True)
class Network:
    """What a file holds. objective, stores: hours that each snapshot counts in the cost, and that
    pass in a store. snapshots: what each is called; unread: variables of components that are
    neither numbers of theirs nor series.
    """

    objective: Floats
    stores: Floats
    scenarios: tuple[str, ...]
    odds: Floats
    tables: Mapping[str, ComponentTable]
    snapshots: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def table(self, kind: str) -> ComponentTable:
        """A table, without components where the file has none."""
        return self.tables.get(kind, ComponentTable(kind, (), {}, {}))


def read(path: Path) -> Network:
    """The tables of a netCDF file that PyPSA wrote. Raises InputError where it cannot be read."""
    where = Place(file=path.name)
    regular(path, expected="a network written by PyPSA's export_to_netcdf")
    try:
        import netCDF4
    except ImportError:
        found = "a netCDF file is read with the package netCDF4, which is not installed"
        raise InputError(InputFault(where, found, fix="Install it: pip install netCDF4")) from None
    try:
        with netCDF4.Dataset(str(path)) as file:
            file.set_auto_mask(False)
            return _network(file, where)
    except OSError as error:
        raise InputError(
            InputFault(
                where, f"this is no netCDF file ({error.strerror or error})", "a .nc file of PyPSA"
            )
        ) from None


def _network(file: Any, where: Place) -> Network:
    if "snapshots" not in file.dimensions:
        raise InputError(
            InputFault(
                where, "the file has no snapshots", "a network written by PyPSA's export_to_netcdf"
            )
        )
    if any(name.startswith("investment_periods") for name in [*file.dimensions, *file.variables]):
        raise InputError(
            InputFault(where, "the network has investment periods", "sizes that are chosen once")
        )
    count = len(file.dimensions["snapshots"])
    ones = np.ones(count)
    weights = {
        name: np.asarray(file[f"snapshots_{name}"][:], dtype=np.float64)
        if f"snapshots_{name}" in file.variables
        else ones
        for name in ("objective", "stores")
    }
    scenarios = _words(file, "scenario") if "scenario" in file.dimensions else ("",)
    odds = (
        np.asarray(file["scenario_weight"][:], dtype=np.float64)
        if "scenario_weight" in file.variables
        else np.ones(1)
    )
    kinds = [name[:-2] for name in file.dimensions if name.endswith("_i") and "_t_" not in name]
    tables = {kind: _table(file, kind, len(scenarios)) for kind in kinds}
    unread = tuple(
        key
        for kind in kinds
        for key, variable in file.variables.items()
        if key.startswith(f"{kind}_")
        and not key.startswith(f"{kind}_t_")
        and f"{kind}_i" not in variable.dimensions
    )
    named = _snapshots(file, count)
    return Network(weights["objective"], weights["stores"], scenarios, odds, tables, named, unread)


def _snapshots(file: Any, count: int) -> tuple[str, ...]:
    """What the snapshots are called: their time where they have one, else their number."""
    import netCDF4

    if "snapshots_snapshot" not in file.variables:
        return tuple(map(str, range(count)))
    written = file["snapshots_snapshot"]
    if "units" in written.ncattrs():
        times = np.ravel(np.asarray(netCDF4.num2date(written[:], written.units)))
        return tuple(f"{time:%Y-%m-%d %H:%M}" for time in times)
    return tuple(map(str, written[:]))


def _words(file: Any, name: str) -> tuple[str, ...]:
    return tuple(str(word) for word in file[name][:])


def _table(file: Any, kind: str, scenarios: int) -> ComponentTable:
    names = _words(file, f"{kind}_i")
    static: dict[str, Any] = {}
    series: dict[str, dict[str, Floats]] = {}
    for key, variable in file.variables.items():
        if not key.startswith(f"{kind}_") or key.endswith("_i"):
            continue
        if key.startswith(f"{kind}_t_"):
            values = np.asarray(variable[:], dtype=np.float64)
            if "scenario" not in variable.dimensions:
                shape = (values.shape[0], scenarios, values.shape[1])
                values = np.broadcast_to(values[:, None, :], shape)
            of = {name: values[:, :, i].T for i, name in enumerate(_words(file, f"{key}_i"))}
            series[key.removeprefix(f"{kind}_t_")] = of
        elif f"{kind}_i" in variable.dimensions:
            values = np.asarray(variable[:])
            static[key.removeprefix(f"{kind}_")] = np.broadcast_to(values, (scenarios, len(names)))
    return ComponentTable(kind, names, static, series)
