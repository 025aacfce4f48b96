"""The plan without the year of weather that binds."""

from __future__ import annotations

from tests.builders.analysed import TREE, analysed

from headrace.plan.analysis.deep.questions import DeepState, questions
from headrace.plan.analysis.deep.without_year import without_year
from headrace.plan.results.weather_years import binding, by_weather

SUNNY = """\
study: sunny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-06, stages: [1 month], terminal_value: false, hours: {weeks: 1}}
technologies: {plant: {capex: 20 USD/kW, variable: 60 USD/MWh}}
sites:
  here:
    weather: {years: ["tmy3:723170", "tmy3:703165"]}
    build:
      pv: {use: solar.single_axis, capex: 4 USD/kW, lead: 0 months, at_most: 90 MW}
      plant: {use: plant, at_most: 90 MW}
products: {power: {kind: electricity, site: here, demand: 30 MW, price: 90 USD/MWh}}
"""
"""June in North Carolina and in the Aleutians, each half of the time, and panels nearly free."""


def test_the_plan_without_the_binding_year_is_the_plan_for_the_other() -> None:
    g = analysed(SUNNY)
    found = without_year(g)
    assert found is not None
    year = binding(by_weather(g.formulation, g.plan.solution))
    names = ("tmy3:723170", "tmy3:703165")
    assert found.year == names[year.number]
    two = '{years: ["tmy3:723170", "tmy3:703165"]}'
    other = SUNNY.replace(two, names[1 - year.number])
    alone = analysed(other).plan
    assert found.worth.low_usd <= alone.high + 1e-6 * abs(alone.high)
    assert alone.low <= found.worth.high_usd + 1e-6 * abs(alone.high)
    for one in found.orders:
        assert abs(one.planned - one.without) > 0.01 * max(one.planned, one.without)


def test_it_is_asked_only_where_there_are_several_years() -> None:
    words = "the plan without the year of weather that binds"
    assert words not in [q.words for q in questions(analysed(TREE))]
    g = analysed(SUNNY)
    (asked,) = [q for q in questions(g) if q.words == words]
    assert asked.answer(g, DeepState(0.9)).without_year == without_year(g)
    assert without_year(analysed(TREE)) is None
