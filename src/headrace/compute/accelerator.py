"""Accelerators: what one costs, draws and can do at its best. Rows stand in
`catalogue/accelerators.yaml`.

Peaks are dense (no sparsity). Power is at the wall per accelerator with its share of the server
(host, fans, power supplies), before the hall's own losses (`facility`). Prices are installed, with
server and network share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, get_args

from headrace.core.catalogue import Figure, entries, entry
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study

Precision = Literal["bf16", "fp8", "fp4"]
_PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@dataclass(frozen=True)
class Accelerator:
    """One kind of accelerator; every figure with its own evidence.

    peak_*: dense peak [FLOP/s], None where the part has no such format. memory [GB], bandwidth
    [TB/s].
    link: scale-up bandwidth each way [GB/s]; domain: accelerators it joins; network: scale-out
        bandwidth each way [GB/s].
    power_busy, power_idle: at the wall [kW/accelerator]. price: installed [USD/accelerator]; rent
        [USD/accelerator-h]; fixed_cost [USD/accelerator-year]; lead [month]; life [year];
        available_from: first month of delivery, "YYYY-MM".
    resale_first, resale_yearly: share of the price a sale brings after one year, and what each
        further year keeps.
    failure_interval: mean time between interruptions of one accelerator in a training run [h].
    server, rack: accelerators of one, as they are bought. row: key of the catalogue's row that it
    is, or is like.
    """

    key: str
    title: str
    vendor: str
    available_from: str
    peak_bf16: Figure
    peak_fp8: Figure | None
    peak_fp4: Figure | None
    memory: Figure
    bandwidth: Figure
    link: Figure
    network: Figure
    domain: Figure
    power_busy: Figure
    power_idle: Figure
    price: Figure
    rent: Figure
    fixed_cost: Figure
    lead: Figure
    life: Figure
    resale_first: Figure
    resale_yearly: Figure
    failure_interval: Figure
    server: Figure
    rack: Figure
    row: str

    def peak(self, precision: Precision) -> float:
        """Dense peak in `precision` [FLOP/s].

        Raises InputError where the part has no such format.
        """
        found = self.peaks()[_PRECISIONS.index(precision)]
        if found is None:
            best = next(
                p for p, f in zip(reversed(_PRECISIONS), reversed(self.peaks())) if f is not None
            )
            raise InputError(
                InputFault(
                    Place(key=self.key),
                    f"{self.title} has no {precision} arithmetic",
                    fix=f"Use `{best}`.",
                )
            )
        return found.to("FLOP/s")

    def peaks(self) -> tuple[Figure | None, Figure | None, Figure | None]:
        """Peak figures in the order bf16, fp8, fp4."""
        return self.peak_bf16, self.peak_fp8, self.peak_fp4

    def resale(self, age_years: float) -> float:
        """Share of the installed price that a sale brings [1] at `age_years` [year] >= 0; 1 when
        new, 0 at the end of its life.
        """
        if age_years >= self.life.to("year"):
            return 0.0
        first, yearly = self.resale_first.value, self.resale_yearly.value
        return (
            float(first * yearly ** (age_years - 1)) if age_years >= 1 else float(first**age_years)
        )


@lru_cache(maxsize=64)
def accelerator(key: str) -> Accelerator:
    """The catalogue's accelerator `key` ("h100", "gb300").

    Raises InputError with the nearest known key.
    """
    row = entry("compute", "accelerators", key)
    names = (
        "peak_bf16",
        "memory",
        "bandwidth",
        "link",
        "network",
        "domain",
        "power_busy",
        "power_idle",
        "price",
        "rent",
        "fixed_cost",
    )
    more = ("lead", "life", "resale_first", "resale_yearly", "failure_interval", "server", "rack")
    return Accelerator(
        key=row.key,
        row=row.key,
        title=row.title,
        vendor=row.words["vendor"],
        available_from=row.words["available_from"],
        peak_fp8=row.figures.get("peak_fp8"),
        peak_fp4=row.figures.get("peak_fp4"),
        **{name: row.figure(name) for name in (*names, *more)},
    )


def part_of(study: Study, use: str) -> Accelerator:
    """The accelerator that a study calls `use`: its own, or the catalogue's. Raises InputError with
    the nearest known key, and for an own one whose figures the room would not take.
    """
    if use not in study.accelerators:
        return accelerator(use)
    written = study.accelerators[use]
    base = accelerator(written.like)
    date = f"{study.money.year}"
    own: dict[str, Any] = {}
    for name, value in written.model_dump(exclude_none=True).items():
        if name in _OWN_UNITS:
            unit = _OWN_UNITS[name]
            year = study.money.year if unit.startswith("USD") else 0
            own[name] = Figure(value, unit, written.source, date, "assumption", money_year=year)
    found = replace(
        base, key=use, title=written.title or use, vendor=written.vendor or base.vendor, **own
    )
    if written.available_from is not None:
        year, month = divmod(written.available_from, 12)
        found = replace(found, available_from=f"{year:04d}-{month + 1:02d}")
    if found.power_idle.to("kW/accelerator") > found.power_busy.to("kW/accelerator"):
        words = "an idle power above the busy one"
        raise InputError(InputFault(Place(key="power_idle"), words, "at most `power_busy`"))
    return found


_OWN_UNITS = {
    **{f"peak_{name}": "TFLOP/s" for name in _PRECISIONS},
    **{"memory": "GB", "bandwidth": "TB/s", "link": "GB/s", "network": "GB/s"},
    **{name: "accelerator" for name in ("domain", "server", "rack")},
    **{"power_busy": "kW/accelerator", "power_idle": "kW/accelerator"},
    **{"price": "USD/accelerator", "rent": "USD/accelerator-h"},
    **{"fixed_cost": "USD/accelerator-year", "lead": "month", "life": "year"},
}


def accelerators() -> tuple[Accelerator, ...]:
    """All of the catalogue, in its order."""
    return tuple(accelerator(key) for key in entries("compute", "accelerators"))
