"""How units fail, and when they are in service: by hand, and with every key that says nothing
refused.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.studies import study

from headrace.core.components import UnitOutages
from headrace.core.errors import InputError
from headrace.energy.contracts import bridge_power
from headrace.energy.technology import technology
from headrace.energy.unit_outages import (
    REPAIR_OF_RENTED,
    of_own,
    of_rented,
    of_row,
    season,
    service_hours,
)
from headrace.plan.model.build_system import expand

TEXT = """
study: units
horizon: {start: 2030-01, stages: [12 months], hours: HOURS}
technologies:
  t: {capex: 1 USD/kW, availability: 90 %, units: {UNITS}}
  b: {kind: battery, capex: 1 USD/kW, energy_capex: 1 USD/kWh}
  w: {kind: ppa, variable: 30 USD/MWh}
sites: {here: {weather: "tmy3:723170", build: {x: {use: t BUILD}, y: {use: OTHER}} REST}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 50 USD/MWh}}
"""


def text(units: str = "size: 5 MW", build: str = "", **rest: str) -> str:
    found = TEXT.replace("UNITS", units).replace(" BUILD", build)
    found = found.replace("HOURS", rest.get("hours", "all")).replace(
        "OTHER", rest.get("other", "b")
    )
    return found.replace(" REST", rest.get("rest", ""))


def units_of_own(units: str) -> UnitOutages | None:
    return of_own(study(text(units)).technologies["t"])


def test_availability_is_what_neither_breaks_nor_is_in_service() -> None:
    """Four of 52.14 weeks in service leave 92.33 %; 90 % are there: 2.52 % of those broken."""
    found = units_of_own("size: 5 MW, planned: 4 weeks, repair: 30 h")
    assert found is not None
    assert found.planned == pytest.approx(4 * 168 / 8760)
    assert found.forced == pytest.approx(1 - 0.9 / (1 - 4 * 168 / 8760))
    assert season(found) == pytest.approx(0.9)
    assert found.repair == 30
    assert units_of_own("minimum_load: 10 %") is None


def test_a_row_and_a_rental_lose_what_they_say() -> None:
    row = technology("gas.engine")
    found = of_row(row)
    assert found is not None
    assert season(found) == pytest.approx(row.availability)
    assert found.size == pytest.approx(18.8)
    assert of_row(technology("solar.single_axis")) is None
    rented = bridge_power("bridge.engine")
    assert of_rented(rented).repair == REPAIR_OF_RENTED
    assert season(of_rented(rented)) == pytest.approx(rented.availability.value)


def test_service_in_its_months_costs_as_much_of_the_year() -> None:
    """Two weeks in the 720 h of June: 46.7 % of them."""
    out = UnitOutages(10, 0.05, 50, 2 * 168 / 8760, (6,))
    share = np.asarray(season(out))
    assert service_hours(out).sum() == 720
    assert share.min() == pytest.approx(0.95 * (1 - 336 / 720))
    assert share.max() == pytest.approx(0.95)
    assert share.mean() == pytest.approx(0.95 * (1 - 336 / 8760))


def test_a_site_says_when_and_how_long_and_of_which_size() -> None:
    more = ", unit: 7 MW, planned_outage: {length: 3 weeks}"
    system = expand(study(text("size: 5 MW, planned: 1 week", more))).system
    one = next(c for c in system.converters if c.outages is not None)
    assert one.outages is not None
    assert one.outages.size == 7
    # what breaks outside service stays as it was
    forced = 1 - 0.9 / (1 - 168 / 8760)
    assert one.outages.forced == pytest.approx(forced)
    assert one.availability == pytest.approx((1 - forced) * (1 - 3 * 168 / 8760))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"units": "size: 5 MW, planned: 8 weeks"}, "8 weeks of service leave"),
        ({"units": "planned: 1 week"}, "`planned` of a unit that has no size"),
        ({"units": "repair: 10 h"}, "`repair` of a unit that has no size"),
        ({"build": ", planned_outage: {length: 5 weeks, months: [6]}"}, "at most the 4.29 weeks"),
        ({"build": ", planned_outage: {months: [13]}"}, "less than or equal to 12"),
        ({"other": "b, planned_outage: {length: 1 week}"}, "has no units that are in service"),
        ({"other": "w, planned_outage: {length: 1 week}"}, "has no planned_outage"),
        ({"other": "solar.single_axis, planned_outage: {length: 1 week}"}, "no units that are in"),
        (
            {"hours": "{blocks: [8760 h]}", "build": ", planned_outage: {months: [6]}"},
            "load blocks have no months",
        ),
        (
            {"hours": "{blocks: [8760 h]}", "rest": ", reliability: {hours: 99 %}"},
            "load blocks have no hours in which a unit could fail",
        ),
        ({"rest": ", reliability: {hours: 100 %}"}, "less than 1"),
    ],
)
def test_what_says_nothing_or_cannot_be_is_refused(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        expand(study(text(**wrong)))
