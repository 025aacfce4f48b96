"""Studies of every hour of several years: prices of the planner's own that fall below zero, export,
monthly demand charges, lead times of 0 to 60 months and lives of 3 to 30 years in mixed stages.

`python -m tests.oracle.full_years FIRST LAST` prints one line for each seed.
"""

from __future__ import annotations

import sys
import time
from random import Random
from typing import Any

from tests.oracle.compare import rebuild, text_of
from tests.oracle.own_tables import folder_of

from headrace.core.errors import HeadraceError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import solve

Written = dict[str, Any]
STAGES = (
    *([6, 6], [3, 9], [2, 4, 6], [6, 12], [3, 3, 6], [9, 9], [1, 5, 6], [4, 8], [6, 18], [2, 62]),
)
LEADS = (0, 1, 3, 6, 8, 12, 15, 18, 24, 30, 36, 48, 60)
TOLERANCE = 1e-4
"""Of the value, or of a hundredth of what is sold where that is more [1]."""


def study(seed: int) -> Written:
    """The study of a seed, as the mapping that a YAML file would hold."""
    random = Random(f"full years {seed}")
    stages, table = STAGES[seed % len(STAGES)], random.randint(0, 30)
    months = sum(stages)

    def number(low: float, high: float, unit: str) -> str:
        return f"{random.uniform(low, high):.4g} {unit}"

    def lead() -> str:
        # in the long ones a plant comes late, and all come before the end
        return f"{random.choice([one for one in LEADS if one < months])} months"

    def life() -> str:
        return f"{random.choice([3, 4, 5, 7, 10, 15, 20, 30])} years"

    technologies: Written = {
        "engine": {
            "capex": number(100, 900, "USD/kW"),
            "variable": number(10, 45, "USD/MWh"),
            "fixed": number(2, 30, "USD/kW-year"),
            "lead": "60 months" if months > 60 else lead(),
            "life": life(),
            "availability": random.choice(["100 %", "92 %"]),
        },
        "farm": {"capex": number(200, 1200, "USD/kW"), "lead": lead(), "life": life()},
    }
    build: Written = {
        "engines": {"use": "engine", "at_most": "25 MW"},
        "panels": {"use": "farm", "at_most": "40 MW", "profile": f"table{table}.csv#share"},
    }
    if seed % 3 == 0:
        technologies["cell"] = {
            "kind": "battery",
            "capex": number(20, 100, "USD/kW"),
            "energy_capex": number(40, 160, "USD/kWh"),
            "efficiency": "85 %",
            "lead": lead(),
            "life": life(),
        }
        build["cells"] = {"use": "cell", "at_most": "10 MW", "at_most_energy": "40 MWh"}
    if seed % 2:
        build["engines"] |= {"stands": "4 MW", "stands_for": f"{random.choice([9, 20, 34])} months"}
    grid: Written = {
        "limit": "20 MW",
        "stands": f"{random.choice([3, 6])} MW",
        "queue": lead(),
        "price": number(50, 400, "USD/kW"),
        "energy": f"table{table}.csv#swing",
        "demand": number(2, 12, "USD/kW-month"),
        "billing": "month",
        "loss": random.choice(["0 %", "3 %"]),
        "export": {"price": random.choice([f"table{table}.csv#sale", number(5, 40, "USD/MWh")])},
    }
    if random.random() < 0.5:
        grid["export"]["limit"] = "8 MW"
    year = random.randint(2026, 2031)
    return {
        "study": f"years{seed}",
        "money": {"discount": f"{random.choice([0, 4, 8])} %/a real"},
        "horizon": {
            "start": f"{year}-{random.randint(1, 12):02d}",
            "stages": [f"{one} months" for one in stages],
            "terminal_value": random.random() < 0.7,
            "hours": "all",
        },
        "technologies": technologies,
        "sites": {"s": {"build": build, "grid": grid}},
        "products": {
            "power": {
                "kind": "electricity",
                "site": "s",
                "demand": f"table{table}.csv#load",
                "price": number(60, 150, "USD/MWh"),
            }
        },
    }


def difference(written: Written) -> tuple[float, float, float]:
    """Value of the rebuild and of the library's plan [USD], and their difference [1]."""
    found = rebuild(written)
    assert found is not None
    text = text_of(written)
    formulation = formulate(expand(study_of(parse_text(text)), folder_of(text)))
    planned = solve(formulation.problem, SolverOptions(gap=2e-5))
    size = max(abs(found.objective), 1e3)
    return found.objective, planned.low, abs(planned.low - found.objective) / size


def _main(first: int, last: int) -> None:
    for seed in range(first, last):
        begun = time.perf_counter()
        try:
            rebuilt, planned, apart = difference(study(seed))
        except HeadraceError as error:
            print(f"{seed:>4} {time.perf_counter() - begun:6.1f} s NO PLAN: {error}", flush=True)
            continue
        took = time.perf_counter() - begun
        verdict = "agrees" if apart <= TOLERANCE else "DISAGREES"
        print(f"{seed:>4} {took:6.1f} s {rebuilt:16.2f} {planned:16.2f} {apart:9.2e} {verdict}",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
