"""Rows that need a plan: their ids, and the small arithmetic around them. Solving is tested in the
plan's own room.
"""

from __future__ import annotations

import pytest
from tests.builders.checks import ids_of

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.constraints.context import MONEY
from headrace.verification import plan, plan_breakeven, plan_energy, plan_stochastic
from headrace.verification.plan_stochastic import CAPACITY_TREE, farmer


def test_the_registry_holds_the_rows_of_its_files():
    assert ids_of("plan_stochastic") == {
        "plan.farmer",
        "plan.pypsa_stochastic",
        "plan.capacity_tree",
    }
    assert ids_of("plan_energy") == {
        *(f"energy.plan.{name}" for name in ("solar_share", "first_panel", "availability")),
        "energy.pypsa.operation",
    }
    assert ids_of("plan_breakeven") == {
        f"energy.breakeven.{name}" for name in ("algebra", "hourly", "falls")
    }
    files = {plan.plan_energy, plan.plan_breakeven, plan.plan_stochastic}
    assert files == {plan_energy, plan_breakeven, plan_stochastic}


def test_the_farmer_plants_500_acres_at_the_books_prices():
    """Planting wheat, maize and beets costs 150, 230 and 260 USD an acre (Birge and Louveaux)."""
    problem = farmer()
    assert problem.master.cost * MONEY == pytest.approx([150.0, 230.0, 260.0])
    assert problem.master.upper == pytest.approx([500.0] * 3)
    assert farmer((0.5, 1.5)).probability == pytest.approx([1.0, 0.5, 0.5])


def test_the_capacity_problem_is_a_study():
    study = study_of(parse_text(CAPACITY_TREE))
    assert len(study.horizon.stages) == 2
    assert not study.horizon.terminal_value
    assert sum(study.horizon.hours.blocks) == pytest.approx(8760.0)
