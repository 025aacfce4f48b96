"""Small studies with their best plan, ready for the questions about it; for tests."""

from __future__ import annotations

from headrace.core.plan_file import PlanFile
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.deep.context import AnalysisContext
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results import plan_record
from headrace.plan.results.order_value import ValuationOptions, root_orders, value_orders
from headrace.plan.results.plan_record import SolvedStudy
from headrace.plan.solve.solve import solve

PLANT = """
study: micro
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], terminal_value: false{hours}}}
technologies: {{plant: {{capex: 20 USD/kW, variable: 15 USD/MWh, lead: {lead} months}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}}}
"""
"""One plant that sells 10 MW for a year."""

STEP = (
    PLANT.format(hours=", hours: {blocks: [100 h, 900 h]}", lead=0)
    + "\ntree: [{node: now, demand: {power: [10 MW, 5 MW]}}]\n"
)
"""10 MW in 100 hours, 5 MW in 900 more."""

TREE = """
study: bet
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
goal: {risk: {alpha: 0.7}}
technologies:
  wide: {capex: 300 USD/kW, variable: 10 USD/MWh, lead: 6 months, life: 10 years}
sites:
  here:
    grid: {limit: 4 MW, stands: 1 MW, queue: 1 month, price: 100 USD/kW, energy: 60 USD/MWh}
    build: {wide: {use: wide, at_most: 8 MW}}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {low: {probability: 40 %, value: -50 %/a}, high: {probability: 60 %, value: 80 %/a}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""
"""Demand falls or grows in the second year; a plant and a grid right may serve it."""

CAMPUS = """
study: campus
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [6000 h, 2760 h]}}
sites:
  here:
    weather: tmy3:723170
    grid: {limit: 100 MW, stands: 30 MW, queue: 24 months, price: 250 USD/kW, energy: 60 USD/MWh}
    hall: {use: hall.ai, stands: 20 MW, at_most: 60 MW, lead: 12 months}
    build: {engines: {use: gas.engine, at_most: 10 MW, lead: 12 months}}
fleet: {may_buy: {b200: {use: b200, supply: 60000}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products:
  chat:
    {kind: tokens, model: large, isl: 1200, osl: 300, promise: {ttft: 2 s, tpot: 50 ms},
     demand: 60 Gtok/h, price: 2.2 USD/Mtok}
"""
"""A site with a hall and accelerators, which sells tokens."""


def analysed(text: str) -> AnalysisContext:
    """The study of a text with its best plan, and what each order of the root is worth."""
    study = study_of(parse_text(text))
    e = expand(study)
    found = formulate(e)
    plan = solve(found.problem)
    valued = value_orders(found, plan, root_orders(found, plan), ValuationOptions(gap=1e-6))
    return AnalysisContext(study, e, found, valued.plan, plan, valued.values)


def plan_file(g: AnalysisContext) -> PlanFile:
    """What the plan file says of it before any deep question."""
    solved = SolvedStudy(
        g.study, g.expansion, g.formulation, g.plan, g.values, 1.0, "certified plan", "all"
    )
    return plan_record.plan_file(solved, "finished")
