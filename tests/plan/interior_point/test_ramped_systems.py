"""Any system with ramps: the interior point takes a column that two chains carry, up and down, and
equals HiGHS.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Pattern, Values


def ramped(seed):
    """A random problem, one of whose columns (in each template) moves by no more than a step from
    hour to hour.
    """
    problem, rng, known, blocks = random_problem(seed), np.random.default_rng(seed), {}, []
    for block in problem.nodes:
        if id(block.template) not in known:
            known[id(block.template)] = _with_ramp(
                block.template, int(rng.integers(0, len(block.template.columns)))
            )
        step = float(rng.uniform(0.1, 1.0))
        changes = {"cost": [0.0, 0.0], "upper": [step, step], "chain_now": [-1.0, -1.0, 1.0, -1.0]}
        changes |= {"chain_next": [1.0, -1.0], "chain_rhs": [0.0, 0.0]}
        values = {name: _more(getattr(block, name), scale) for name, scale in changes.items()}
        blocks.append(replace(block, template=known[id(block.template)], **values))
    return replace(problem, nodes=tuple(blocks))


def _with_ramp(template, moves):
    rise, chains = len(template.columns), len(template.chains)
    now = Pattern(np.array([0, 0, 1, 1]) + chains, np.array([moves, rise, moves, rise + 1]))
    return replace(
        template,
        columns=(*template.columns, "rise", "fall"),
        chains=(*template.chains, "rise", "fall"),
        levels=np.r_[template.levels, moves, moves],
        chain_now=_joined(template.chain_now, now),
        chain_next=_joined(
            template.chain_next, Pattern(np.array([0, 1]) + chains, np.array([moves, moves]))
        ),
    )


def _joined(a, b):
    return Pattern(np.r_[a.row, b.row], np.r_[a.column, b.column])


def _more(values, scale):
    return Values(
        np.r_[values.scale, scale], np.r_[values.profile, np.zeros(len(scale), dtype=np.int64)]
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_equal_to_highs_with_ramps(seed):
    problem = ramped(seed)
    best = evaluate(problem, highs.solve(problem)).value
    plan = solve(problem, SolverOptions(gap=1e-6))
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-6 * size
    assert plan.upper >= best - 1e-6 * size
    assert plan.upper - plan.lower <= 1e-4 * size
    point = evaluate(problem, plan)
    assert point.residuals.largest <= 1e-7
    assert point.value == pytest.approx(plan.upper, rel=1e-9, abs=1e-9)
