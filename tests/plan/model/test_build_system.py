"""A study becomes nouns on a tree: what is there, what holds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, STORED, UNITS, WRITTEN_TREE, study

from headrace.core.errors import InputError
from headrace.core.ids import AssetKind, AssetRole, ConverterRole, ProductId
from headrace.energy.technology import price_factor
from headrace.plan.model.build_system import (
    expand,
    slices_of_nodes,
)
from headrace.plan.model.formulate import formulate
from headrace.plan.model.node_parameters import capex_factors
from headrace.plan.model.week_features import week_features

POWER = ProductId("power")


def test_a_plant_and_its_sale() -> None:
    found = expand(study(PLANT))
    (plant,) = found.system.assets
    assert (plant.id.site, plant.id.key, plant.kind) == ("here", "plant", AssetKind.SUPPLY)
    assert (plant.price, plant.at_most, plant.life_months) == (100_000.0, 8.0, 120.0)
    roles = [c.id.role for c in found.system.converters]
    assert roles == [ConverterRole.PLANT, ConverterRole.DELIVERY]
    assert found.risk is None
    assert found.spend is None
    assert (found.discounting.rate, found.discounting.end, found.discounting.terminal) == (
        0.0,
        12.0,
        False,
    )


def test_a_campus_has_every_noun() -> None:
    found = expand(study(CAMPUS)).system
    assert [a.id.role for a in found.assets] == [
        AssetRole.BUILD,
        AssetRole.GRID,
        AssetRole.HALL,
        AssetRole.ACCELERATOR,
    ]
    roles = {c.id.role for c in found.converters}
    assert roles == set(ConverterRole) - {ConverterRole.DELIVERY, ConverterRole.EXPORT}
    assert [limit.name for limit in found.limits] == ["hall of here"]
    assert len(found.peaks) == 1


def test_a_reserve_is_kept_at_the_bus_of_the_site() -> None:
    found = expand(study(UNITS)).system
    assert [str(reserve.bus) for reserve in found.spinning] == ["electricity at here"]
    assert found.converters[0].unit_size == 2.0
    assert found.converters[0].commitment is not None


def test_a_battery_is_two_assets_and_a_store() -> None:
    found = expand(study(STORED)).system
    assert [a.unit for a in found.assets] == ["MW", "MW", "MWh"]
    assert found.stores[0].efficiency_in == pytest.approx(0.9)


def test_fuel_carries_its_carbon() -> None:
    """1 USD + 20 USD/t x 50 kg = 2 USD/MMBtu."""
    found = expand(study(UNITS))
    assert found.parameters[0].fuel["gas"] == pytest.approx(2.0)


def test_what_holds_at_a_node_is_what_is_believed_there() -> None:
    found = expand(study(BELIEFS))
    deciding = [w for w, node in zip(found.parameters, found.nodes) if node.decides]
    assert [w.fuel["gas"] for w in deciding] == [4.5, 4.5, 4.5, 3.0, 9.0, 3.0, 9.0]
    assert found.parameters[1].level[POWER] == pytest.approx(1.4 * 1.1**0.5)


def test_demand_grows_from_year_to_year_of_a_stage() -> None:
    """Two years of the last stage, each at the level of its own middle: 10 % more in the second."""
    found = expand(study(BELIEFS))
    first, second = found.parameters[3].level[POWER], found.parameters[4].level[POWER]
    assert (found.nodes[3].decides, found.nodes[4].decides) == (True, False)
    assert second / first == pytest.approx(1.1)


def test_a_tree_may_be_written_by_hand() -> None:
    written = expand(study(WRITTEN_TREE))
    assert written.parameters[1].blocks[POWER].tolist() == [20.0]
    assert POWER not in written.parameters[2].blocks


def test_a_price_changes_year_by_year() -> None:
    """10 % a year down, in the middle of the first year 0.9^0.5."""
    text = PLANT.replace("price: 50 USD/MWh", "price: 50 USD/MWh, price_change: -10 %/a")
    of = study(text)
    found = expand(of)
    assert found.parameters[0].price[POWER] == pytest.approx(0.9**0.5)


def believed(about: str) -> str:
    cases = (
        "{low: {probability: 50 %, value: 50 USD/kW}, high: {probability: 50 %, value: 150 USD/kW}}"
    )
    belief = (
        f'beliefs: {{b: {{about: "{about}", before: 100 USD/kW, reveal: 2, cases: {cases}}}}}\n'
    )
    return PLANT.replace("[12 months]", "[12 months, 12 months]") + belief


def test_a_belief_about_a_price_is_a_factor_on_the_study_s_own() -> None:
    """50 and 150 USD/kW where the study writes 100."""
    of = study(believed("capex:t"))
    nodes = expand(of).nodes
    assert [capex_factors(of, n)["t"] for n in nodes] == pytest.approx([1.0, 0.5, 1.5])


def test_what_is_rented_has_no_price_to_believe_in() -> None:
    text = believed("capex:bridge.engine").replace("use: t,", "use: bridge.engine,")
    of = study(text)
    with pytest.raises(InputError, match="rented and has no capex"):
        expand(of)


def test_a_price_is_that_of_the_year_of_its_order() -> None:
    """Ordered in month 54, 114 and 174 of a stage of twenty years from 2027-03, 6 months on the
    way: 2031, 2036 and 2041, though the nodes that they lie in begin five years before. Nobody
    takes orders of this reactor in 2027.
    """
    text = PLANT.replace("[12 months]", "[240 months]").replace("2027-01", "2027-03")
    text = text.replace("use: t,", "use: nuclear.smr, lead: 6 months,")
    text = text.replace("{here: {", "{here: {weather: tmy3:723170, ")
    of = study(text)
    found = formulate(expand(of))
    factors = {order.date: order.factor for order in found.orders}
    years = {54: 2031, 114: 2036, 174: 2041}
    expected = {month: price_factor("nuclear.smr", y, None, 2026) for month, y in years.items()}
    assert factors == pytest.approx(expected)
    starts = {order.date: found.nodes[order.node].start for order in found.orders}
    assert starts == {54.0: 0.0, 114.0: 60.0, 174.0: 120.0}


def test_nodes_of_one_season_and_length_share_their_hours() -> None:
    found = expand(study(BELIEFS))
    assert len({id(c) for c in found.time_slices}) == 1
    half = expand(study(BELIEFS.replace("[12 months", "[6 months")))
    assert len({id(c) for c in half.time_slices}) == 2


def test_every_hour_may_be_asked_for() -> None:
    of = study(PLANT.replace("{blocks: [6000 h, 2760 h]}", "{weeks: 2}"))
    found = expand(of)
    assert len(found.time_slices[0].hour) < 8760
    whole = slices_of_nodes(of, found.nodes, found.system, (), every_hour=True)
    assert [len(c.hour) for c in whole] == [8760]


def test_what_makes_a_week_typical() -> None:
    """Without sun and halls: load over its mean, and residual load is load."""
    found = week_features(expand(study(PLANT)).system)
    assert found.shape == (5, 8760)
    assert found[1].mean() == pytest.approx(1.0)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[2], np.ones(8760))
    assert not found[3:].any()


def test_every_missing_row_of_the_fleet_is_told_at_once_with_its_key() -> None:
    text = CAMPUS.replace("{b200: {use: b200, supply: 60000}}", "{x: {use: nope}, y: {use: never}}")
    with pytest.raises(InputError) as caught:
        expand(study(text))
    assert [p.where.path for p in caught.value.problems] == [
        ("fleet", "may_buy", "x"),
        ("fleet", "may_buy", "y"),
    ]


def test_a_promise_that_no_accelerator_keeps_is_refused_with_one_that_is_kept() -> None:
    with pytest.raises(InputError, match="times too slow"):
        expand(study(CAMPUS.replace("tpot: 50 ms", "tpot: 0.01 ms")))


@pytest.mark.parametrize("name", ["hall", "grid", "b200", "electricity", "a.b", "x, energy"])
def test_what_a_plant_is_called_changes_nothing(name: str) -> None:
    plain, renamed = expand(study(PLANT)), expand(study(PLANT.replace("{plant:", f'{{"{name}":')))
    assert renamed.system.assets[0].price == plain.system.assets[0].price
    assert renamed.system.assets[0].kind is plain.system.assets[0].kind
    assert len(renamed.system.converters) == len(plain.system.converters)


OWN_PRICE = """study: learning
money: {discount: 0 %/a real}
horizon: {start: 2035-01, stages: [240 months], hours: {weeks: 1}, terminal_value: false}
sites:
  s: {weather: "tmy3:723170", build: {
    pv: {use: solar.single_axis, capex: 1000 USD/kW, life: 20 years, at_most: 10 MW},
    market: {use: solar.single_axis, at_most: 10 MW}}}
products: {p: {kind: electricity, site: s, demand: 100 MW, price: 100 USD/MWh}}
"""
BELIEVED = """beliefs: {pv: {about: "capex:solar.single_axis", before: 900 USD/kW,
  reveal: 2, cases: {
  one: {probability: 1, value: 900 USD/kW}}}}
"""


def prices(text: str) -> dict[str, float]:
    """What is paid for an order at the root [USD/MW], by key under `build`."""
    found = formulate(expand(study(text)))
    assets = found.system.assets
    return {assets[o.asset].id.key: o.price for o in found.orders if o.node == 0}


def test_a_price_that_a_study_writes_is_the_price_that_is_paid() -> None:
    """1,000 USD/kW, ordered in 2035, are 1,000,000 USD/MW: the curve of the catalogue, which then
    stands at some 61 % of its price of today, is not asked. Beside it the catalogue's own price
    falls.
    """
    paid = prices(OWN_PRICE)
    assert paid["pv"] == pytest.approx(1e6)
    today = prices(OWN_PRICE.replace("2035-01", "2025-01"))
    assert today["pv"] == pytest.approx(1e6)
    assert paid["market"] < 0.8 * today["market"]


def test_an_own_price_learns_where_it_is_asked_to() -> None:
    """It keeps its ratio to the catalogue's price along the curve."""
    paid = prices(OWN_PRICE.replace("capex: 1000 USD/kW", "capex: 1000 USD/kW, learns: true"))
    today = prices(OWN_PRICE.replace("2035-01", "2025-01"))
    assert paid["pv"] / 1e6 == pytest.approx(paid["market"] / today["market"])


def test_a_believed_price_goes_before_an_own_one() -> None:
    """A site's own price keeps its ratio to what is believed."""
    text = OWN_PRICE.replace("[240 months]", "[120 months, 120 months]")
    paid, usual = prices(text + BELIEVED), prices(text.replace("2035-01", "2025-01"))
    assert paid["market"] == pytest.approx(0.9e6)
    assert paid["pv"] == pytest.approx(1e6 * 0.9e6 / usual["market"], rel=1e-3)


def test_whole_units_of_an_own_technology_have_the_size_it_says() -> None:
    text = PLANT.replace("life: 10 years", "life: 10 years, units: {size: 4 MW}")
    (plant,) = expand(study(text.replace("use: t,", "use: t, whole: true,"))).system.assets
    assert plant.unit_size == 4.0


def test_nobody_wants_any_in_kept_weeks() -> None:
    """Which weeks are kept is then for the sun alone to say, without a warning."""
    found = expand(study(OWN_PRICE.replace("demand: 100 MW", "demand: 0 MW")))
    assert np.isfinite(week_features(found.system)).all()


def test_a_hall_that_is_not_in_the_catalogue_is_told_at_its_key() -> None:
    with pytest.raises(InputError) as told:
        expand(study(CAMPUS.replace("hall.ai", "hall.al")))
    assert any(p.where.path[-1:] == ("hall",) for p in told.value.problems)
