"""Outside results on weather, outages and backup power, beside ours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.verification.registry import CheckOutcome, check

_REOPT = "NREL REopt.jl, test/runtests.jl, Backup Generator Reliability, enumerated by hand there"
_RTS = (
    "IEEE RTS-79 with hourly load, 9.394 h and 1,176 MWh a year: Billinton and Allan, Reliability "
    "Evaluation of Power Systems"
)


@check(
    "energy.backup.survival",
    what="Two gensets and a battery, outage of three hours",
    unit="1",
    tolerance=1e-9,
    source=_REOPT,
)
def backup_survival() -> Iterator[CheckOutcome]:
    """Load 1, 2, 2 kW; two 1 kW gensets failing every 5 h; 1 kW battery, 2 kWh usable, half full at
    the start.
    """
    from headrace.energy.backup import Battery, Generators, sampled_survival, survival

    load, gensets, battery = (
        np.array([1.0, 2.0, 2.0]),
        (Generators(2, 1.0, 5.0),),
        Battery(1.0, 2.0, 1.0),
    )
    exact = survival(load, gensets, battery)
    for hour, published in enumerate((1.0, 0.8704, 0.557056)):
        yield CheckOutcome(float(exact[hour]), published, id_suffix=f".hour{hour + 1}")
    drawn = sampled_survival(load, gensets, battery, samples=200_000, seed=7)[:, 2]
    spread = float(drawn.std(ddof=1) / np.sqrt(len(drawn)))
    off = abs(float(drawn.mean()) - 0.557056) / spread
    yield CheckOutcome(
        float(drawn.mean()),
        0.557056,
        deviation=off,
        tolerance=3.0,
        id_suffix=".montecarlo",
        reason="deviation in standard errors",
    )


@check(
    "energy.reliability.rts79",
    what="Loss of load of a standard test system",
    unit="h/year",
    tolerance=1e-4,
    source=_RTS,
)
def rts79_loss() -> Iterator[CheckOutcome]:
    """32 units by exact convolution; and by the compiled Monte Carlo against that, in standard
    errors.
    """
    from headrace.energy.outages import expected_loss
    from headrace.energy.reliability import PlantFleet, simulate, standard_error
    from headrace.verification import rts79

    load = rts79.load()
    hours, energy = expected_loss(load, rts79.UNITS)
    yield CheckOutcome(hours, 9.394, id_suffix=".hours", reason="hours lost a year")
    yield CheckOutcome(
        energy, 1176.0, tolerance=1e-3, id_suffix=".energy", reason="unserved energy [MWh/year]"
    )
    drawn = simulate(PlantFleet(load, np.zeros((1, len(load))), rts79.UNITS), samples=4000, seed=11)
    off = abs(float(drawn.hours_lost.mean()) - 9.394) / standard_error(drawn.hours_lost)
    yield CheckOutcome(
        float(drawn.hours_lost.mean()),
        9.394,
        deviation=off,
        tolerance=3.0,
        id_suffix=".montecarlo",
        reason="deviation in standard errors",
    )


@check(
    "energy.solar.atb_class",
    what="Yearly capacity factor of trackers, station against ATB's class of the same sun",
    unit="1",
    tolerance=0.05,
    source=(
        "NREL ATB 2024, Utility PV, Moderate, 2022, net capacity factor of the class by global "
        "horizontal sun"
    ),
)
def solar_class() -> Iterator[CheckOutcome]:
    """Greensboro has 4.29 kWh/m2 a day (class 7: 4.25 to 4.50), Miami 4.91 (class 5: 4.75 to 5)."""
    from headrace.energy.capacity_factor import hourly_share
    from headrace.energy.technology import technology
    from headrace.energy.weather.series import station

    row = technology("solar.single_axis")
    for key, name, published in (
        ("tmy3:723170", "greensboro", 0.236186657),
        ("tm2:12839", "miami", 0.2625896364),
    ):
        weather = station(key)
        reason = f"{weather.label}; {weather.ghi.mean() * 0.024:.2f} kWh/m2 a day"
        yield CheckOutcome(
            float(hourly_share(row, weather).mean()), published, id_suffix=f".{name}", reason=reason
        )
