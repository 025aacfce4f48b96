"""A small plan solved, its statements drawn up, and slipped: what the checker finds."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from headrace.core.json_records import encode
from headrace.core.plan_file import PlanFile
from headrace.core.study_reader import parse_text, study_of
from headrace.finance.statements import PlanStatements, statements_of
from headrace.finance.statements.statements import added_up
from headrace.finance.statements.terms import terms_of
from headrace.finance.statements.to_json import as_json, branch_json
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.plan_record import SolvedStudy, plan_file
from headrace.plan.solve.solve import solve
from headrace.verification.money.mutations import SLIPS, one_event, one_posting, slipped
from headrace.verification.money.statement_checker import faults

STUDY = """\
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
    source: "assumption of a check"
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
fuels: {gas: {price: 4.5 USD/MMBtu, co2: 53.06 kg/MMBtu, source: "assumption of a check"}}
fleet: {may_buy: {b200: {use: b200, supply: 20000}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products: {chat: {kind: tokens, model: large, isl: 1200, osl: 300, promise: {ttft: 2 s,
    tpot: 50 ms}, demand: 200 Gtok/h, price: 2.2 USD/Mtok}}
"""
"""A grid right, a hall, accelerators, a gas plant, a rent; two branches; a terminal value."""

Data = dict[str, Any]


@cache
def small_plan(text: str = STUDY) -> PlanFile:
    """The plan file of a study, without the worth of its orders."""
    study = study_of(parse_text(text, "study.yaml"))
    expansion = expand(study)
    formulation = formulate(expansion)
    plan = solve(formulation.problem, SolverOptions(gap=1e-6, threads=1))
    solved = SolvedStudy(study, expansion, formulation, plan, (), 1.0, "certified plan", "")
    return plan_file(solved, "finished")


@cache
def drawn_up() -> tuple[PlanStatements, Data, Data]:
    """Statements of the small plan; they and the plan file as plain data."""
    found = statements_of(small_plan(), terms_of())
    plain = json.loads(json.dumps(as_json(found, ledgers=True)))
    return found, plain, json.loads(json.dumps(encode(small_plan())))


def told() -> list[str]:
    """What the checker says of the statements as they are."""
    _, plain, plan = drawn_up()
    return [words for one in plain["branches"] for words in faults(one, plain["terms"], plan)]


def found_slips(what: Literal["one", "event"], count: int = 100) -> int:
    """How many of `count` seeded slips the checker finds."""
    found, plain, plan = drawn_up()
    pick, seen = one_posting if what == "one" else one_event, 0
    for seed in range(count):
        branch = found.branches[seed % len(found.branches)]
        slip, places = SLIPS[seed // 2 % len(SLIPS)], pick(branch.postings, seed)
        lines = slipped(branch.postings, places, slip, branch.facts.years)
        wrong = replace(branch, postings=lines, statement=added_up(lines, branch.facts.years))
        seen += bool(faults(branch_json(wrong, ledgers=True), plain["terms"], plan))
    return seen


def cash_distance() -> float:
    """Largest distance of the yearly cash that statements start from to the optimiser's cash, by
    node and kind, relative [1]; and of all of it to the objective.
    """
    plan, worst = small_plan(), 0.0
    for node in plan.tree:
        for kind in {line.kind for line in node.cash}:
            held = sum(line.usd for line in node.cash if line.kind == kind)
            years = sum(line.discounted or 0.0 for line in node.years if line.kind == kind)
            worst = max(worst, abs(years - held) / max(abs(held), 1.0))
    whole = sum(line.discounted or 0.0 for node in plan.tree for line in node.years)
    return max(worst, abs(whole / (plan.objective_usd or 1.0) - 1))
