"""What of a PyPSA network cannot be imported, by name and all at once: what has no counterpart
here, and numbers that are missing or contradict each other.

An attribute is read, or it must say nothing. Nothing is passed over that would change what PyPSA
finds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.errors import InputFault as Fault
from headrace.core.errors import Place
from headrace.plan.pypsa.netcdf import ComponentTable, Network
from headrace.plan.pypsa.scenario import SIZED

_NAN = float("nan")
REFUSED: dict[str, dict[str, float]] = {
    "generators": {
        "p_set": _NAN,
        "e_sum_min": -np.inf,
        "e_sum_max": np.inf,
        "committable": 0.0,
        "maintainable": 0.0,
    },
    "links": {"p_set": _NAN, "committable": 0.0, "maintainable": 0.0},
    "stores": {"p_set": _NAN, "e_set": _NAN, "e_min_pu": 0.0, "marginal_cost_storage": 0.0},
    "storage_units": {
        "p_set": _NAN,
        "p_dispatch_set": _NAN,
        "p_store_set": _NAN,
        "state_of_charge_set": _NAN,
        "marginal_cost_storage": 0.0,
    },
    "loads": {},
}
"""Attributes that have no counterpart here, with the value at which they say nothing (nan: any that
is written does).
"""

REFUSED_EVERYWHERE = {
    "p_nom_set": _NAN,
    "e_nom_set": _NAN,
    "overnight_cost": _NAN,
    "fom_cost": 0.0,
    "marginal_cost_quadratic": 0.0,
    "ramp_limit_up": _NAN,
    "ramp_limit_down": _NAN,
}

NUMBERS: dict[str, tuple[str, ...]] = {
    "generators": ("sign", "marginal_cost", "p_min_pu", "p_max_pu"),
    "links": ("marginal_cost", "p_min_pu", "p_max_pu"),
    "stores": ("sign", "marginal_cost", "e_max_pu", "e_initial", "standing_loss"),
    "storage_units": (
        "sign",
        "marginal_cost",
        "spill_cost",
        "p_min_pu",
        "p_max_pu",
        "max_hours",
        "efficiency_store",
        "efficiency_dispatch",
        "standing_loss",
        "inflow",
        "state_of_charge_initial",
    ),
    "loads": ("sign", "p_set"),
}
"""What is read of every component, beside its size: each a number in every snapshot."""

SHARES = {"generators": ("p_min_pu", "p_max_pu"), "links": ("p_min_pu", "p_max_pu")}
"""The least and the most of a flow: which must not cross."""

NOT_BELOW: dict[str, dict[str, float]] = {
    "stores": {"e_max_pu": 0.0, "e_initial": 0.0},
    "storage_units": {"p_max_pu": 0.0, "max_hours": 0.0, "state_of_charge_initial": 0.0},
}
"""What must not be less than this: below it nothing can be operated."""

KNOWN = {
    *SIZED,
    "loads",
    "buses",
    "carriers",
    "sub_networks",
    "shapes",
    "line_types",
    "transformer_types",
}


def missing_counterparts(network: Network, file: str) -> list[Fault]:
    """Everything in a network that cannot be imported as PyPSA has it."""
    faults = [
        Fault(
            Place(file=file, key=kind),
            f"{len(table.names)} components of this kind cannot be imported",
            ", ".join(sorted(SIZED)),
        )
        for kind, table in network.tables.items()
        if kind not in KNOWN and table.names
    ]
    faults += [
        Fault(Place(file=file, key=key), "this cannot be imported", "numbers and series only")
        for key in network.unread
    ]
    faults += _limits_of_carriers(network.table("buses"), file)
    for kind in (*SIZED, "loads"):
        table = network.table(kind)
        faults += _refused(table, file)
        faults += _lost(network, table, file)
        faults += _numbers(network, table, file)
        if kind in SIZED:
            faults += _sizes(table, file)
    for name in ("objective", "stores"):
        weights = getattr(network, name)
        if not (np.isfinite(weights).all() and (weights > 0).all()):
            place = Place(file=file, key=f"snapshots.{name}")
            faults.append(Fault(place, "a weighting is missing, 0 or negative", "more than 0"))
    if abs(float(network.odds.sum()) - 1.0) > 1e-9:
        faults.append(
            Fault(
                Place(file=file, key="scenario_weight"),
                f"the weights add up to {network.odds.sum():g}",
                "1",
            )
        )
    return faults


def _limits_of_carriers(buses: ComponentTable, file: str) -> Iterator[Fault]:
    """Limits on what carriers have at a bus, which PyPSA reads from columns of the buses."""
    for attribute, written in buses.static.items():
        limits = attribute.startswith(("nom_min_", "nom_max_"))
        if limits and np.isfinite(np.asarray(written, dtype=np.float64)).any():
            place = Place(file=file, key=f"buses.{attribute}")
            yield Fault(place, "a limit of a carrier at a bus cannot be imported", "none")


def _lost(network: Network, table: ComponentTable, file: str) -> Iterator[Fault]:
    """Components at a bus that the network does not have."""
    known = {*network.table("buses").names, ""}
    for attribute in (a for a in table.static if a.rstrip("0123456789") == "bus"):
        for bus in sorted({str(word) for word in table.static[attribute].ravel()} - known):
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                f"there is no bus `{bus}`",
                "one of the network's buses",
            )


def _refused(table: ComponentTable, file: str) -> Iterator[Fault]:
    """Attributes that say something and have no counterpart, and sizes that differ by scenario."""
    neutral = {**REFUSED[table.kind], **REFUSED_EVERYWHERE}
    delays = {a: 0.0 for a in table.static if a.rstrip("0123456789") == "delay"}
    for attribute, nothing in {**neutral, **delays}.items():
        written = [
            table.static.get(attribute, np.zeros(0)),
            *table.series.get(attribute, {}).values(),
        ]
        numbers = np.concatenate(
            [np.asarray(values, dtype=np.float64).ravel() for values in written]
        )
        if (~np.isnan(numbers) & (numbers != nothing)).any() and len(numbers):
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                "this attribute cannot be imported",
                f"{nothing:g} everywhere",
            )
    size = SIZED.get(table.kind, "")
    chosen = (f"{size}_extendable", size, f"{size}_min", f"{size}_max", f"{size}_mod")
    for attribute in (*chosen, "capital_cost", "active"):
        values = table.static.get(attribute)
        if values is not None and size and (values != values[:1]).any():
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                "this differs between scenarios",
                "one value: sizes are chosen before",
            )


def _numbers(network: Network, table: ComponentTable, file: str) -> Iterator[Fault]:
    """Numbers that are read and are not there, the first snapshot of each; shares that cross."""
    for scenario in range(len(network.scenarios)):
        for i, name in enumerate(table.names):
            if not table.number("active", scenario, i):
                continue
            for attribute in (*NUMBERS[table.kind], *_efficiencies(table, scenario, i)):
                values = np.asarray(table.hourly(attribute, scenario, i), dtype=np.float64)
                bad = np.flatnonzero(~np.isfinite(values))
                least = NOT_BELOW.get(table.kind, {}).get(attribute, -np.inf)
                place = Place(file=file, key=f"{table.kind}.{attribute}")
                if len(bad):
                    when = _when(network, int(bad[0]), values)
                    found = f"`{name}` has {values.flat[bad[0]]} instead of a number{when}"
                    yield Fault(place, found, "a number in every snapshot")
                elif values.min() < least:
                    yield Fault(place, f"`{name}` has {values.min():g}", f"{least:g} or more")
                elif attribute.startswith("efficiency_d") and values.min() <= 0:
                    yield Fault(place, f"`{name}` has {values.min():g}", "more than 0")
            if table.kind in SHARES:
                yield from _crossing(network, table, (scenario, i), file)


def _efficiencies(table: ComponentTable, scenario: int, link: int) -> list[str]:
    """Efficiencies of a link's ports that lead somewhere."""
    ports = [a.removeprefix("bus") for a in table.static if a.startswith("bus") and a != "bus0"]
    return [
        "efficiency" + ("" if port == "1" else port)
        for port in ports
        if port.isdigit() and table.word(f"bus{port}", scenario, link)
    ]


def _crossing(
    network: Network, table: ComponentTable, at: tuple[int, int], file: str
) -> Iterator[Fault]:
    low, high = (
        np.asarray(table.hourly(attribute, *at), dtype=np.float64)
        for attribute in SHARES[table.kind]
    )
    crossed = np.flatnonzero(low > high + 1e-12)
    if len(crossed):
        when = _when(network, int(crossed[0]), low - high)
        found = f"`{table.names[at[1]]}` must give more than it may{when}"
        yield Fault(Place(file=file, key=f"{table.kind}.p_min_pu"), found, "at most `p_max_pu`")


def _when(network: Network, snapshot: int, values: np.ndarray) -> str:
    if values.ndim == 0:
        return ""
    named = network.snapshots[snapshot] if network.snapshots else str(snapshot)
    return f" at snapshot {named}"


def _sizes(table: ComponentTable, file: str) -> Iterator[Fault]:
    """Sizes that are missing, negative or endless, and least ones above the largest."""
    size = SIZED[table.kind]
    for i, name in enumerate(table.names):
        if not table.number("active", 0, i):
            continue
        place = Place(file=file, key=f"{table.kind}.{size}")
        if not table.number(f"{size}_extendable", 0, i):
            fixed = table.number(size, 0, i)
            if not 0 <= fixed < np.inf:
                yield Fault(place, f"`{name}` has a size of {fixed:g}", "a number, 0 or more")
            continue
        least, most = (table.number(f"{size}_{end}", 0, i) for end in ("min", "max"))
        if not 0 <= least < np.inf or np.isnan(most):
            found = f"`{name}` may be between {least:g} and {most:g}"
            yield Fault(place, found, f"`{size}_min` of 0 or more, and a `{size}_max`")
        elif least > most:
            found = f"`{name}` has {size}_min {least:g} above {size}_max {most:g}"
            yield Fault(place, found, f"`{size}_min` of at most `{size}_max`")
        module = table.number(f"{size}_mod", 0, i)
        if module > 0 and module * np.ceil(least / module - 1e-9) > most:
            found = f"`{name}` has no multiple of {module:g} between {least:g} and {most:g}"
            yield Fault(
                Place(file=file, key=f"{table.kind}.{size}_mod"), found, "a module that fits"
            )
        if not np.isfinite(table.number("capital_cost", 0, i)):
            found = f"`{name}` has no capital cost"
            yield Fault(Place(file=file, key=f"{table.kind}.capital_cost"), found, "a number")
