"""Small plants whose best plan is arithmetic; the sum stands in each docstring."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headrace.verification.plan_stochastic import CAPACITY_TREE

Text = str

HEAD = """
study: micro
money: {discount: 0 %/a real}
"""
OPEN = HEAD.replace("{", "{{").replace("}", "}}")
"""The same head for texts that are formatted."""


def test_one_hour_plant(solved: Callable) -> None:
    """10 MW asked for 1,000 h of the year at 60 USD/MWh; a plant costs 20 USD/kW and 15 USD/MWh.

    A MW earns 1,000 h x (60 - 15) = 45,000 USD and costs 20,000: build 10 MW, NPV 10 x 25,000 =
    250,000 USD.
    """
    found = solved(
        HEAD
        + """
horizon: {start: 2027-01, stages: [12 months], terminal_value: false,
    hours: {blocks: [1000 h, 7760 h]}}
technologies: {plant: {capex: 20 USD/kW, variable: 15 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
tree: [{node: n000, demand: {power: [10 MW, 0 MW]}}]
"""
    )
    assert found.quantity("n000", "here", "plant") == pytest.approx(10)
    assert found.npv == pytest.approx(250_000)
    assert found.plan.low == pytest.approx(250_000)
    assert found.plan.high == pytest.approx(250_000, rel=1e-6)


def test_a_plant_that_never_pays_is_not_built(solved: Callable) -> None:
    """As above with 50 USD/kW: a MW earns 45,000 and costs 50,000. Nothing is built, NPV 0."""
    found = solved(
        HEAD
        + """
horizon: {start: 2027-01, stages: [12 months], terminal_value: false,
    hours: {blocks: [1000 h, 7760 h]}}
technologies: {plant: {capex: 50 USD/kW, variable: 15 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
tree: [{node: n000, demand: {power: [10 MW, 0 MW]}}]
"""
    )
    assert found.npv == pytest.approx(0, abs=1e-6)


LEAD = (
    OPEN
    + """
horizon: {{start: 2027-01, stages: [6 months, 6 months], terminal_value: false}}
technologies: {{plant: {{capex: 1 USD/kW, lead: {lead} months}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}}}
"""
)


@pytest.mark.parametrize(
    ("lead", "served"), [(0, 8760), (3, 8760 - 2172), (6, 8760 - 4344), (9, 8760 - 6552)]
)
def test_lead_time_is_physical(solved: Callable, lead: int, served: int) -> None:
    """A plant ordered now works only after its lead time, to the hour.

    January to June has 4,344 h, July to December 4,416. 3 of 6 months of the first half are 4,344 /
    2 = 2,172 h; 9 months are 4,344 + 4,416 x 3 / 6 = 6,552 h; a month is 730 h scaled to the node's
    span, so the ninth month ends at 4,344 + 2,208 = 6,552.
    """
    found = solved(LEAD.format(lead=lead))
    assert found.total("revenue") == pytest.approx(served * 10 * 10)


def test_an_order_placed_too_late_changes_nothing(solved: Callable) -> None:
    """With 12 months of lead in a 12-month horizon nothing arrives in time, so nothing can be
    ordered at all.
    """
    found = solved(LEAD.format(lead=12))
    assert len(found.formulation.orders) == 0
    assert found.npv == 0


def test_lifetime_and_vintage(solved: Callable) -> None:
    """Three years of one node each; a plant lives one year, so serving all three takes three
    vintages.

    Each vintage costs 10 MW x 1,000 USD = 10,000 and earns 8,760 h x 10 MW x 1 USD = 87,600. NPV 3
    x 77,600.
    """
    found = solved(
        HEAD
        + """
horizon: {start: 2027-01, stages: [12 months, 12 months, 12 months], terminal_value: false,
    hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 1 USD/kW, life: 1 year}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
"""
    )
    assert [found.quantity(n, "here", "plant") for n in ("n000", "n001", "n002")] == pytest.approx(
        [10, 10, 10]
    )
    assert found.npv == pytest.approx(3 * 77_600)


def test_terminal_value_is_the_unexpired_annuity(solved: Callable) -> None:
    """A plant of 10 years bought for a horizon of 4 at 0 %: six tenths of its price are left.

    10 MW x 1,000 USD = 10,000 paid, 6,000 left at the end; revenue 4 x 87,600.
    """
    found = solved(
        HEAD
        + """
horizon: {start: 2027-01, stages: [48 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 1 USD/kW, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
"""
    )
    assert found.total("payments") == pytest.approx(-10_000)
    assert found.total("terminal") == pytest.approx(6_000)
    assert found.npv == pytest.approx(4 * 87_600 - 4_000)


def test_terminal_value_at_a_real_rate(solved: Callable) -> None:
    """At 10 % the annuity of 10 years has paid off 1 - a(6)/a(10) after 4, a(n) = (1 - 1.1^-n) / ln
    1.1.

    Left: a(6)/a(10) = 4.3553 / 6.1446 = 0.70880 of the price, worth 0.70880 / 1.1^4 = 0.48412
        today.
    """
    found = solved("""
study: micro
money: {discount: 10 %/a real}
horizon: {start: 2027-01, stages: [48 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 1 USD/kW, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
""")
    assert found.total("terminal") == pytest.approx(10_000 * 0.48412, rel=1e-4)


def test_battery_arbitrage(solved: Callable) -> None:
    """A grid of 10 MW at 10 USD/MWh serves a load that wants 20 MW from 12 to 24 h and nothing
    before, at 100 USD/MWh.

    The load's shape is office-like only in blocks of the day, so the check is on the laws: with a
    battery of round trip 81 % (90 % each way) each MWh delivered took 1/0.81 MWh bought, and no
    more is delivered than was stored.
    """
    found = solved(
        HEAD
        + """
horizon: {start: 2027-01, stages: [1 months], terminal_value: false}
technologies: {battery: {kind: battery, capex: 1 USD/kW, energy_capex: 1 USD/kWh, efficiency: 81 %}}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: 10 USD/MWh}
    build: {battery: battery}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh, shape: office}}
"""
    )
    (outcome,) = found.outcomes
    charged, discharged = outcome.charge[0].sum(), outcome.discharge[0].sum()
    assert discharged > 100
    assert discharged == pytest.approx(0.81 * charged, rel=1e-6)


def test_deferrable_demand_waits_for_the_sunny_block(solved: Callable) -> None:
    """Work that may wait a day costs the same as work that may not, or less: more freedom never
    costs more.
    """
    text = (
        OPEN
        + """
horizon: {{start: 2027-01, stages: [1 months], terminal_value: false}}
technologies: {{plant: {{capex: 1 USD/kW, variable: 5 USD/MWh}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 20 USD/MWh,
    shape: chat, deadline: {deadline}}}}}
"""
    )
    values = [solved(text.format(deadline=d)).npv for d in ("now", "4 h", "day", "year")]
    assert values == sorted(values)
    assert values[-1] > values[0] * 1.0001


def test_deferrable_demand_by_the_day_needs_the_mean_not_the_peak(solved: Callable) -> None:
    """With a day's deadline the plant can be as small as the busiest day's mean; with none it must
    be the peak.
    """
    text = (
        OPEN
        + """
horizon: {{start: 2027-01, stages: [1 months], terminal_value: false}}
technologies: {{plant: {{capex: 1 USD/kW}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 1000 USD/MWh,
    shape: chat, deadline: {deadline}}}}}
"""
    )
    now, day = solved(text.format(deadline="now")), solved(text.format(deadline="day"))
    asked = now.outcomes[0].activity[1]
    assert now.quantity("n000", "here", "plant") == pytest.approx(asked.max())
    assert day.quantity("n000", "here", "plant") == pytest.approx(
        asked.reshape(-1, 24).mean(axis=1).max()
    )


def test_yearly_quota(solved: Callable) -> None:
    """A yearly quota of 100 MW-years' hundredth, 1 MW on average, is done in the cheapest hours and
    no further.

    8,760 MWh asked by the year; a plant of 10 MW stands and costs nothing: revenue is exactly 8,760
    x 7 USD.
    """
    found = solved(
        HEAD
        + """
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [760 h,
    8000 h]}}
technologies: {plant: {}}
sites: {here: {build: {plant: {use: plant, at_most: 10 MW, stands: 10 MW}}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 7 USD/MWh, deadline: year}}
"""
    )
    assert found.total("revenue") == pytest.approx(8760 * 7)


def test_demand_charge_by_the_month(solved: Callable) -> None:
    """Two months, 10 MW in each hour; the grid charges 3 USD per kW and month on each month's peak.

    Energy is free and sells for 100 USD/MWh, so all is served; the charge is 2 x 10,000 kW x 3 =
    60,000 USD.
    """
    text = (
        OPEN
        + """
horizon: {{start: 2027-01, stages: [2 months], terminal_value: false}}
sites: {{here: {{grid: {{limit: 20 MW, stands: 20 MW, energy: 0 USD/MWh, demand: 3 USD/kW-month,
    billing: {billing}}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
"""
    )
    for billing in ("month", "year"):
        assert solved(text.format(billing=billing)).total("peak") == pytest.approx(-60_000)


def test_capacity_tree_with_lead_time_of_sddp_jl(solved: Callable) -> None:
    """Problem 5.2 with two stages of SDDP.jl's documentation: capacity ordered now serves an
    uncertain load next year.

    Published optimal cost 340,315.52 (docs/src/examples/StructDualDynProg.jl_prob5.2_2stages.jl).
    The layers of its load-duration curve are here three blocks of 1,500, 5,500 and 1,760 h; fuel is
    divided by 8,760 h. Load that is not served costs more than any plant, so the cost is the price
    of all load minus our net present value.
    """
    found = solved(CAPACITY_TREE)
    load = 0.9 * (10315 * 1500 + 7329 * 5500 + 3919 * 1760) + 0.1 * (
        11169 * 1500 + 9004 * 5500 + 7086 * 1760
    )
    assert 114 * load - found.npv == pytest.approx(340_315.5217, abs=1e-3)


@pytest.mark.parametrize(
    ("omega", "built", "objective"), [(0.0, 10, 25_000), (0.05, 10, 13_750), (0.2, 0, 0)]
)
def test_the_worst_branch_has_a_weight(
    solved: Callable, omega: float, built: float, objective: float
) -> None:
    """A plant of 20 USD/kW, ordered now, works for 1,000 h in the second year: at 45 USD/MWh on one
    branch, for nobody on the other.

    A MW costs 20,000 USD; it earns 45,000 on the branch with demand and nothing on the other, 50 %
    each. The mean is 22,500 - 20,000 = 2,500, the worst branch -20,000, which is CVaR 0.5. Weighed
    with omega, a MW is worth (1 - omega) x 2,500 - omega x 20,000: at omega 0 2,500, at 0.05 1,375,
    at 1/9 nothing, at 0.2 less than nothing.
    """
    found = solved(
        HEAD
        + f"""
goal: {{risk: {{alpha: 0.5, omega: {omega}}}}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], terminal_value: false,
    hours: {{blocks: [1000 h, 7760 h]}}}}
technologies: {{plant: {{capex: 20 USD/kW, variable: 15 USD/MWh, lead: 12 months}}}}
tree:
  - {{node: now, demand: {{power: [0 MW, 0 MW]}}}}
  - {{node: asked, parent: now, probability: 50 %, demand: {{power: [10 MW, 0 MW]}}}}
  - {{node: forgotten, parent: now, probability: 50 %, demand: {{power: [0 MW, 0 MW]}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}}}
"""
    )
    assert found.quantity("now", "here", "plant") == pytest.approx(built, abs=1e-6)
    assert found.plan.low == pytest.approx(objective, abs=1e-3)
    assert found.plan.high == pytest.approx(objective, abs=1e-3)
    assert found.npv == pytest.approx(2_500 * built, abs=1e-3)
