"""Slots and rents: what an option is worth is algebra on a small tree; a rent is kept on or let go
branch by branch.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow
from tests.builders.nouns import parameters
from tests.builders.studies import solve_text

from headrace.core.components import Asset, Payment, Reservation, System
from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetKind, AssetRole
from headrace.core.study_reader import parse_text, study_of
from headrace.plan import interior_point
from headrace.plan.lp import highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.residuals import evaluate
from headrace.plan.model.build_system import expand
from headrace.plan.model.investment import possible
from headrace.plan.model.reservations import precedence_rows
from headrace.plan.results.order_value import ValuationOptions, value_orders
from headrace.plan.scenario.discounting import Discounting
from headrace.plan.scenario.tree import ScenarioNode

SLOT = """
study: slot
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months, 12 months], terminal_value: false,
    hours: {{blocks: [8760 h]}}}}
technologies: {{plant: {{capex: {price} USD/kW, variable: 15 USD/kW-year, lead: 24 months}}}}
sites:
  here:
    build: {{plant: {{use: plant, reserve: {{deposit: {deposit} USD/kW, window: {window} months,
        saves: 12 months, back: {back} %}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/kW-year}}}}
tree:
  - {{node: now, demand: {{power: [0 MW]}}}}
  - {{node: boom, parent: now, probability: {chance} %, demand: {{power: [0 MW]}}}}
  - {{node: bust, parent: now, probability: {other} %, demand: {{power: [0 MW]}}}}
  - {{node: boom later, parent: boom}}
  - {{node: bust later, parent: bust, demand: {{power: [0 MW]}}}}
"""


def slot(
    price: int = 30, deposit: int = 5, window: int = 12, back: int = 40, chance: int = 50
) -> str:
    return SLOT.format(
        price=price, deposit=deposit, window=window, back=back, chance=chance, other=100 - chance
    )


def test_a_slot_is_worth_its_algebra() -> None:
    """Demand of the third year is known after the first; the plant takes two years, from a slot
    one.

    A kW-year earns 60 - 15 = 45 USD in the boom. Ordered now it costs 30 and earns 0.5 x 45
    = 22.5: nobody does. Reserved, it costs 5 now; 25 more in the boom, where it earns 45; and 40 %
    of 5 = 2 come back in the bust: -5 + 0.5 x (45 - 25) + 0.5 x 2 = 6 USD/kW, for 10 MW 60,000 USD;
    without the slot 0.
    """
    found = solve_text(slot())
    assert found.npv == pytest.approx(60_000)
    assert found.quantity("now", "here", "plant") == pytest.approx(0, abs=1e-9)
    assert found.quantity("now", "here", "plant", "slot") == pytest.approx(10)
    assert found.quantity("boom", "here", "plant", "from_slot") == pytest.approx(10)
    assert found.quantity("bust", "here", "plant", "from_slot") == pytest.approx(0, abs=1e-9)
    assert found.quantity("bust", "here", "plant", "slot_given_up") == pytest.approx(10)
    number = next(
        i
        for i, o in enumerate(found.formulation.orders)
        if found.formulation.system.assets[o.asset].id.role is AssetRole.SLOT
    )
    worth = value_orders(found.formulation, found.plan, [number], ValuationOptions(1e-6)).values[0]
    assert worth.low == pytest.approx(60_000)
    assert worth.high == pytest.approx(60_000)


terms = st.fixed_dictionaries(
    {
        "price": st.integers(10, 60),
        "deposit": st.integers(1, 10),
        "back": st.integers(0, 100),
        "chance": st.integers(5, 95),
    }
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(terms)
def test_the_algebra_of_a_slot_holds_everywhere(n: dict[str, int]) -> None:
    """The best of nothing, ordering now, and reserving: -d + p max(45 - (c - d), b) + (1 - p) b,
    per kW.
    """
    p, back = n["chance"] / 100, n["deposit"] * n["back"] / 100
    now = p * 45 - n["price"]
    reserved = -n["deposit"] + p * max(45 - (n["price"] - n["deposit"]), back) + (1 - p) * back
    assert solve_text(slot(**n)).npv == pytest.approx(max(0.0, now, reserved) * 10_000, abs=1e-4)


def test_a_slot_lapses() -> None:
    """With a window of 11 months it is gone before the second year begins: nothing is reserved,
    nothing is built.
    """
    found = solve_text(slot(window=11))
    assert found.npv == pytest.approx(0, abs=1e-6)
    assert not [
        o
        for o in found.formulation.orders
        if found.formulation.system.assets[o.asset].id.role is AssetRole.FROM_SLOT
    ]


def test_a_slot_does_not_make_more_room(solved: Callable) -> None:
    """`at_most` holds for a plant and for what comes from its slot together: 4 of 10 MW, so 24,000
    USD.
    """
    found = solved(slot().replace("use: plant, ", "use: plant, at_most: 4 MW, "))
    assert found.npv == pytest.approx(24_000)
    assert found.quantity("boom", "here", "plant", "from_slot") == pytest.approx(4)


def path(starts: list[float]) -> tuple[ScenarioNode, ...]:
    ends = [*starts[1:], starts[-1] + 12.0]
    return tuple(
        ScenarioNode(f"n{i}", i - 1, i + 1, 1.0, a, b - a, "", {}, {}, {}, {})
        for i, (a, b) in enumerate(zip(starts, ends))
    )


def asset(role: AssetRole) -> Asset:
    one = AssetId("here", role, "plant")
    return Asset(one, AssetKind.SLOT, role, "MW", (Payment(0.0, 1.0),), 0.0, 0.0, 0.0)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(1, 20), st.data())
def test_the_rows_hold_exactly_where_every_use_finds_a_slot(
    steps: list[int], window: int, data: st.DataObject
) -> None:
    """Against a flow from slots to the uses that they can serve: later, and within the window."""
    starts = [float(t) for t in accumulate([0, *steps])]
    nodes = path(starts)
    slot, use = asset(AssetRole.SLOT), asset(AssetRole.FROM_SLOT)
    held = Reservation(slot.id, (use.id,), window)
    system = System((slot, use), (), (), (), reservations=(held,))
    discounting = Discounting(0.0, starts[-1] + 12.0, terminal=False)
    orders = possible(system, nodes, [parameters() for _ in nodes], discounting)
    amount = np.array(
        data.draw(st.lists(st.integers(0, 4), min_size=len(orders), max_size=len(orders))),
        dtype=float,
    )
    rows = precedence_rows(system, nodes, orders)
    kept = all(
        sum(v * amount[c] for c, v in zip(row.columns, row.values)) <= row.rhs for row in rows
    )
    slots = [(i, nodes[o.node].start) for i, o in enumerate(orders) if o.asset == 0]
    uses = [(i, nodes[o.node].start) for i, o in enumerate(orders) if o.asset == 1]
    size = len(orders) + 2
    flow = np.zeros((size, size), dtype=np.int32)
    for i, t in slots:
        flow[-2, i] = amount[i]
        for j, later in uses:
            flow[i, j] = 99 if t < later <= t + window else 0
    for j, _ in uses:
        flow[j, -1] = amount[j]
    served = maximum_flow(csr_array(flow), size - 2, size - 1).flow_value
    assert kept == (served == sum(amount[j] for j, _ in uses))


RENT = """
study: bridge
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], terminal_value: false,
    hours: {{blocks: [8760 h]}}}}
technologies:
  sets: {{rent: 1 USD/kW-month, least: {least} months, capex: 2 USD/kW, variable: 20 USD/kW-year}}
  plant: {{capex: 40 USD/kW, variable: 5 USD/kW-year, life: 1 year}}
sites: {{here: {{build: {{sets: sets, plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/kW-year}}}}
beliefs:
  plant_cost:
    about: "capex:plant"
    before: 60 USD/kW
    reveal: 2
    cases:
      cheap: {{probability: 50 %, value: {cheap} USD/kW}}
      dear: {{probability: 50 %, value: 60 USD/kW}}
"""


def test_a_bridge_is_let_go_where_something_better_came_and_kept_on_elsewhere() -> None:
    """Rented, a kW earns 60 - 20 = 40 USD a year for 12 of rent, and 2 for bringing it
    once.

    A plant of one year earns 55: at 20 USD/kW 35 are left, more than the 28 of keeping the rent; at
    60 nothing. First year 40 - 12 - 2 = 26; then 35 or 28: 26 + 0.5 x 35 + 0.5 x 28 = 57.5 USD/kW
    for 10 MW.
    """
    found = solve_text(RENT.format(least=3, cheap=20))
    assert found.npv == pytest.approx(575_000)
    assert found.quantity("n000", "here", "sets") == pytest.approx(10)
    assert found.quantity("n001", "here", "sets") == pytest.approx(0, abs=1e-9)
    assert found.quantity("n002", "here", "sets") == pytest.approx(10)
    assert found.total("payments") == pytest.approx(-10_000 * (2 + 0.5 * 20))
    assert found.total("fixed") == pytest.approx(-10_000 * (12 + 0.5 * 12))


def test_a_rent_runs_on_for_its_shortest_term() -> None:
    """18 months at least: half of the second year is paid, 6 months of it, whatever comes; the
    other half can be kept on.

    Nothing better comes (the plant costs 60): 26 + 28 USD/kW as before. A plant at 45 would leave
    10 for a whole year, less than the rent's 40 - 12: the rent goes on. At 20 the plant serves all
    year, 35, and the 6 months of rent are lost on that branch, 35 - 6 = 29, against 28 for keeping
    it: 26 + 0.5 x 29 + 0.5 x 28 = 54.5.
    """
    assert solve_text(RENT.format(least=18, cheap=60)).npv == pytest.approx(540_000)
    found = solve_text(RENT.format(least=18, cheap=45))
    assert found.npv == pytest.approx(540_000)
    kept = [o for o in found.formulation.orders if o.renews >= 0]
    assert {(o.begin, o.finish) for o in kept} == {(18.0, 24.0)}
    assert solve_text(RENT.format(least=18, cheap=20)).npv == pytest.approx(545_000)


@pytest.mark.slow
def test_the_interior_point_keeps_the_rows_of_slots_and_rents() -> None:
    """gas_first rents and may reserve: HiGHS's plan lies between the interior point's bounds, which
    are 1e-4 apart.
    """
    text = (files("headrace") / "examples" / "gas_first" / "study.yaml").read_text(encoding="utf-8")
    problem = solve_text(text).formulation.problem
    exact = evaluate(problem, highs.solve(problem)).value
    found = interior_point.solve(problem, SolverOptions(gap=1e-4))
    slack = 1e-9 * abs(exact)
    assert found.gap <= 1e-4
    assert found.lower - slack <= exact <= found.upper + slack
    assert (problem.master.matrix @ found.master <= problem.master.rhs + 1e-6).all()


def catalogued(build: str) -> str:
    return f"""
study: catalogue
money: {{discount: 8 %/a real, year: 2026}}
horizon: {{start: 2027-01, stages: [24 months, 120 months], hours: {{weeks: 1, extreme_days: 1}}}}
sites: {{greensboro: {{weather: "tmy3:723170", build: {build}}}}}
products: {{power: {{kind: electricity, site: greensboro, demand: 10 MW, price: 300 USD/MWh}}}}
"""


def test_slots_and_bridges_of_the_catalogue() -> None:
    """A turbine's slot saves 24 of 60 months, of which building takes 36; the deposit of 30 USD/kW
    is taken off.

    The bridge's rent of 26,000 USD/MW-month is 312,000 a year in money of 2025.
    """
    system = expand(
        study_of(
            parse_text(
                catalogued(
                    "{ccgt: {use: gas.ccgt, reserve: reserve.turbine}, bridge: bridge.engine}"
                )
            )
        )
    ).system
    plant, slot_, made, given, bridge = system.assets
    assert (plant.lead_months, made.lead_months) == (60, 36)
    assert made.into == plant.id
    assert made.price == pytest.approx(plant.price)
    assert made.credit == pytest.approx(slot_.price)
    assert slot_.price == pytest.approx(30_000, rel=0.1)
    assert given.price == pytest.approx(-0.8 * slot_.price)
    assert [p.month for p in made.payments] == pytest.approx([0, 6, 18, 30])
    assert bridge.rented
    assert bridge.fixed_cost == pytest.approx(312_000, rel=0.1)
    assert len([c for c in system.converters if c.asset == plant.id]) == 1


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ("{pv: {use: solar.fixed, reserve: reserve.turbine}}", "is for gas.ccgt"),
        ("{ccgt: {use: gas.ccgt, reserve: {deposit: 10 USD/kW}}}", "says nothing of window, saves"),
        (
            "{ccgt: {use: gas.ccgt, reserve:"
            " {deposit: 9000 USD/kW, window: 12 months, saves: 1 months}}}",
            "less than the price",
        ),
        (
            "{cells: {use: battery.lfp, reserve:"
            " {deposit: 1 USD/kW, window: 12 months, saves: 1 months}}}",
            "without a queue",
        ),
        ("{bridge: {use: bridge.engine, capex: 100 USD/kW}}", "is rented and has no capex"),
        ("{slot: reserve.turbine}", "reserve.turbine"),
    ],
)
def test_what_cannot_be_signed_says_why(build: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        expand(study_of(parse_text(catalogued(build))))
