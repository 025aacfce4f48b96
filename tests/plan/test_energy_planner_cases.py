"""What an energy planner's first studies came to, and what each should have come to, by hand.

Each is a kind of fault of what stands between the study and the linear program: time, kept hours,
what may be thrown away, what a penalty is told as.
"""

from __future__ import annotations

from importlib.resources import files

import pytest
from tests.builders.studies import solve_text, solved_once

from headrace.core.errors import Infeasible
from headrace.plan.results.cash_flow import total
from headrace.plan.results.promise_check import refuse_broken_promises

HEAD = """\
study: case
money: {discount: DISCOUNT %/a real}
horizon: {start: 2027-01, stages: [STAGES], hours: HOURS, terminal_value: false}
"""
SOLD = "products: {p: {kind: electricity, site: s, demand: ASKED MW, price: PAID USD/MWh MORE}}\n"


def text(body: str, stages: str = "12 months", hours: str = "all", **more: object) -> str:
    """A study of one site `s` that sells `asked` MW at `paid` USD/MWh."""
    given = {"discount": 0, "asked": 50, "paid": 100, "more": ""} | more
    sold = SOLD.replace("ASKED", str(given["asked"])).replace("PAID", str(given["paid"]))
    head = HEAD.replace("DISCOUNT", str(given["discount"])).replace("STAGES", stages)
    return head.replace("HOURS", hours) + body + sold.replace(" MORE", str(given["more"]))


WEEKS = "{weeks: 2, extreme_days: 1}"
METER = (
    "sites: {s: {grid: {limit: 100 MW, stands: 100 MW, energy: 0 USD/MWh,"
    " demand: 10 USD/kW-month, billing: BILLED}}}\n"
)
DEAR_APRIL = (
    "sites: {s: {grid: {limit: 100 MW, stands: 100 MW, energy: 50 USD/MWh,"
    " times: [{energy: 2000 USD/MWh, begin: 16, end: 20, months: [4]}]}}}\n"
)
PAID = "sites: {s: {grid: {limit: 1000 MW, stands: 1000 MW, energy: -20 USD/MWh}}}\n"
LIFE = (
    "technologies: {plant: {capex: 1000 USD/kW, variable: 20 USD/MWh, life: 10 years}}\n"
    "sites: {s: {build: {plant: {use: plant}}}}\n"
)
BLOCK, PROMISE = "{blocks: [8760 h]}", ", availability: 100 %"


@pytest.mark.parametrize("billed", ["month", "year"])
@pytest.mark.parametrize("hours", [WEEKS, "all"])
def test_every_month_is_billed_whatever_is_kept(billed: str, hours: str) -> None:
    """50,000 kW x 10 USD x 12 months."""
    found = solved_once(text(METER.replace("BILLED", billed), hours=hours))
    assert total(found.lines, "peak") == pytest.approx(-6e6, rel=1e-4)


@pytest.mark.parametrize("hours", [WEEKS, "{weeks: 6, extreme_days: 3}", "all"])
def test_a_dear_month_is_paid_whatever_is_kept(hours: str) -> None:
    """8,760 h x 50 + 30 days x 4 h x 1,950 USD/MWh, each for 50 MW: 33.6 M USD; a week that a kept
    day is taken from counts as whole, which costs 0.2 % with three of them.
    """
    found = solved_once(text(DEAR_APRIL, hours=hours, paid=3000))
    assert total(found.lines, "variable") == pytest.approx(-33.6e6, rel=3e-3)


@pytest.mark.parametrize(
    "more",
    [
        "",
        "    build: {cell: {use: b, stands: 90 MW, at_most: 90 MW, stands_energy: 400 MWh,"
        " at_most_energy: 400 MWh}}\n",
    ],
)
def test_power_that_is_paid_for_is_taken_as_far_as_it_is_used(more: str) -> None:
    """50 MW x 8,760 h x (100 + 20) USD/MWh; a battery without losses changes nothing in a year of
    weeks, which end as they began.
    """
    body = "technologies: {b: {kind: battery, efficiency: 100 %}}\n" if more else ""
    grid = "    grid: {limit: 1000 MW, stands: 1000 MW, energy: -20 USD/MWh}\n"
    found = solved_once(text(f"{body}sites:\n  s:\n{grid}{more}", hours=WEEKS if more else "all"))
    assert found.plan.low == pytest.approx(50 * 8760 * 120, rel=1e-4)


def test_ten_years_of_life_are_bought_twice_in_twenty() -> None:
    """100 MW now and 100 MW in 2037, cut or not: 568.9 M USD."""
    whole = solved_once(text(LIFE, "240 months", BLOCK, discount=8, asked=100, more=PROMISE))
    cut = text(LIFE, "120 months, 120 months", BLOCK, discount=8, asked=100, more=PROMISE)
    assert whole.plan.low == pytest.approx(568.9e6, rel=1e-3)
    assert solved_once(cut).plan.low == pytest.approx(whole.plan.low, rel=1e-6)


@pytest.mark.parametrize(("lead", "stages"), [(60, "240 months"), (15, "12 months, 48 months")])
def test_what_comes_late_keeps_no_promise_before(lead: int, stages: str) -> None:
    late = LIFE.replace("life: 10 years", f"lead: {lead} months, life: 40 years")
    found = solved_once(text(late, stages, BLOCK, asked=100, more=PROMISE))
    with pytest.raises(Infeasible, match="promises to serve 100"):
        refuse_broken_promises(found.formulation, found.plan.solution)


def test_no_store_gives_in_january_what_june_makes() -> None:
    """A plant that comes after 2,172 h of a half year of 4,344: 10 MW x 80 USD/MWh x 2,172 h less
    10,000 USD.
    """
    body = (
        "technologies:\n"
        "  plant: {capex: 1 USD/kW, variable: 20 USD/MWh, lead: 3 months}\n"
        "  store: {kind: battery, capex: 1 USD/kW, energy_capex: 0.01 USD/kWh}\n"
        "sites: {s: {build: {plant: {use: plant, at_most: 100 MW},"
        " store: {use: store, at_most: 100 MW, at_most_energy: 200000 MWh}}}}\n"
    )
    found = solved_once(text(body, "6 months", asked=10))
    assert found.plan.low == pytest.approx(10 * 80 * 2172 - 10_000, rel=1e-4)


WEEKDAYS = (
    "sites: {s: {grid: {limit: 300 MW, stands: 300 MW, energy: 0 USD/MWh,"
    " times: [{energy: 100 USD/MWh, begin: 0, end: 24, WHICH}]}}}\n"
)


def test_an_office_and_its_tariff_share_one_week() -> None:
    """100 MW in the mean, 100 USD/MWh on weekdays: 68.49 M USD of the 87.6 that every day would
    cost; an office at rest on tariff Tuesdays paid 60.31.
    """
    shape = ", shape: office"
    paid = [
        -total(solved_once(text(body, asked=100, paid=300, more=shape)).lines, "variable")
        for body in (WEEKDAYS.replace("WHICH", "weekdays: true"), WEEKDAYS.replace(", WHICH", ""))
    ]
    assert paid == pytest.approx([68.49e6, 87.6e6], rel=2e-4)


SUNNY = (
    "sites: {s: {weather: 'tmy3:723170', build: {pv: {use: solar.single_axis,"
    " capex: 1000 USD/kW, lead: 0 months, at_most: 10 MW LEARNS}}}}\n"
)


@pytest.mark.parametrize(("learns", "share"), [("", 1.0), (", learns: true", 0.612)])
def test_a_price_that_is_written_is_paid_unless_it_is_asked_to_learn(
    learns: str, share: float
) -> None:
    """10 MW at 1,000 USD/kW, ordered in 2035: 10.0 M USD; the catalogue's curve is at 61.2 %."""
    body = SUNNY.replace(" LEARNS", learns)
    late = text(body, "240 months", "{weeks: 1}").replace("2027-01", "2035-01")
    found = solved_once(late)
    assert total(found.lines, "payments") == pytest.approx(-10e6 * share, rel=2e-3)


def test_whole_units_of_ones_own_have_ones_own_size() -> None:
    """`whole` takes the size of `units`: 95 MW at 97 % are carried by 10 units of 10 MW."""
    body = (
        "technologies: {cell: {capex: 1000 USD/kW, variable: 20 USD/MWh, availability: 97 %,"
        " units: {size: 10 MW}}}\n"
        "sites: {s: {build: {fc: {use: cell, at_most: 150 MW, whole: true}}}}\n"
    )
    found = solved_once(text(body, "240 months", BLOCK, asked=95, more=PROMISE))
    assert found.quantity("n000", "s", "fc") == pytest.approx(100)


RACE = ("240 months", "60 months, 60 months, 60 months, 60 months", "120 months, 120 months")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reactor_race", "offgrid_solar"])
def test_a_bundled_study_is_worth_the_same_however_its_last_stage_is_cut(name: str) -> None:
    """Reactors of 96 months, combined cycles of 60, cells that live 15 years in a stage of 20."""
    whole = (files("headrace") / "examples" / name / "study.yaml").read_text(encoding="utf-8")
    few = whole.replace("  hours: all", "  hours: {weeks: 1, extreme_days: 1}")
    assert few.count("240 months") == 1
    worth = [solve_text(few.replace("240 months", cut)).plan.low for cut in RACE]
    assert worth == pytest.approx([worth[0]] * 3, rel=5e-3)
