"""A series drawn in two lines of text."""

from __future__ import annotations

from headrace.energy.own_series.summary import SeriesSummary
from headrace.show.format.series_picture import bars, pictured


def _summary(**changes: object) -> SeriesSummary:
    whole = dict(
        key="sites.here.grid.energy", name="a.csv#price", unit="USD/MWh", resolution="hour",
        mean=30.0, least=-5.0, most=65.0, by_month=(0.0,) * 11 + (7.0,), by_hour=(3.5,) * 24,
        steps=(), begins="", notes=("29 February is left out",),
    )  # fmt: skip
    return SeriesSummary(**(whole | changes))  # type: ignore[arg-type]


def test_bars_run_from_the_least_to_the_most() -> None:
    assert bars((0, 1, 2, 3, 4, 5, 6, 7), 0, 7) == "▁▂▃▄▅▆▇█"
    assert bars((4.0, 4.0), 4.0, 4.0) == "▁▁"


def test_the_year_and_the_day_share_a_scale() -> None:
    first, second, third = pictured(_summary()).splitlines()
    assert first.startswith(
        "sites.here.grid.energy: a.csv#price, by hour, mean 30 USD/MWh, from −5"
    )
    assert "▁▁▁▁▁▁▁▁▁▁▁█   0 to 24 h ▅▅▅" in second
    assert third.strip() == "29 February is left out"


def test_steps_by_year() -> None:
    none = dict(by_month=(), by_hour=(), notes=())
    told = pictured(_summary(resolution="year", steps=(1.0, 2.0), begins="2027-01", **none))
    assert told.splitlines()[1] == "  from 2027-01 ▁█"
