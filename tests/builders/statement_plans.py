"""A small plan with every kind of thing that statements post: halls, accelerators, a gas plant, a
rent, a grid right, two branches, a terminal value.
"""

from __future__ import annotations

from functools import cache

from headrace.core.plan_file import PlanFile
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.plan_record import SolvedStudy, plan_file
from headrace.plan.solve.solve import solve

LEDGERED = """\
study: ledgered
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-07, stages: [12 months, 24 months, 36 months],
    hours: {blocks: [6000 h, 2760 h]}}
beliefs:
  demand:
    about: demand
    before: 40 %/a
    reveal: 2
    cases:
      steady: {probability: 60 %, value: 10 %/a}
      surge: {probability: 40 %, value: 70 %/a}
    source: "assumption of a test"
sites:
  here:
    grid: {limit: 100 MW, stands: 5 MW, queue: 24 months, price: 250 USD/kW,
        energy: 60 USD/MWh, demand: 5 USD/kW-month}
    hall: {use: hall.ai, stands: 10 MW, at_most: 90 MW, lead: 12 months}
    build:
      engines: {use: t, at_most: 50 MW}
      bridge: {use: bridge.engine, at_most: 30 MW}
technologies: {t: {capex: 900 USD/kW, fuel: gas, heat_rate: 8 MMBtu/MWh, lead: 18 months,
    life: 20 years}}
fuels: {gas: {price: 4.5 USD/MMBtu, co2: 53.06 kg/MMBtu, source: "assumption of a test"}}
fleet: {may_buy: {b200: {use: b200, supply: 20000}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products: {chat: {kind: tokens, model: large, isl: 1200, osl: 300, promise: {ttft: 2 s,
    tpot: 50 ms}, demand: 200 Gtok/h, price: 2.2 USD/Mtok}}
"""


@cache
def stored(text: str = LEDGERED) -> PlanFile:
    """The plan file of a study, without the worth of its orders."""
    study = study_of(parse_text(text, "study.yaml"))
    expansion = expand(study)
    formulation = formulate(expansion)
    plan = solve(formulation.problem, SolverOptions(gap=1e-6, threads=1))
    solved = SolvedStudy(study, expansion, formulation, plan, (), 1.0, "certified plan", "")
    return plan_file(solved, "finished")
