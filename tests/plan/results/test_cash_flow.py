"""Every dollar of the objective on one line, and the lines add up to it."""

from __future__ import annotations

import pytest
from tests.builders.studies import (
    BELIEFS,
    CAMPUS,
    PLANT,
    STORED,
    UNITS,
    WRITTEN_TREE,
    Solved,
    on_a_circle,
    solve_system,
    solved_once,
)

from headrace.core.ids import AssetId, ConverterId, ProductId
from headrace.plan.results import cash_flow
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.solve.solve import nothing


def by_kind(found: Solved) -> dict[str, float]:
    return {line.kind: found.total(line.kind) for line in found.lines}


def test_the_plant_by_hand() -> None:
    """8 MW x 8,760 h: x 50 USD in, x 20 USD out; 800,000 USD paid."""
    assert by_kind(solved_once(PLANT)) == {
        "payments": pytest.approx(-800_000.0),
        "variable": pytest.approx(-1_401_600.0),
        "revenue": pytest.approx(3_504_000.0),
    }


def test_a_committed_plant_by_hand() -> None:
    """6 MW of output and 8 MW on line: fuel 6 x 18 + 8 x 2 = 124 USD/h, other cost 6 x 20 USD/h."""
    found = by_kind(solved_once(UNITS))
    assert found["fuel"] == pytest.approx(-124 * 8760, rel=1e-6)
    assert found["variable"] == pytest.approx(-120 * 8760, rel=1e-6)
    assert found["payments"] == pytest.approx(-8000.0)


@pytest.mark.parametrize("text", [PLANT, BELIEFS, WRITTEN_TREE, UNITS, CAMPUS])
def test_the_lines_add_up_to_the_objective(text: str) -> None:
    found = solved_once(text)
    assert found.total() == pytest.approx(found.npv, rel=1e-9)


def test_they_add_up_where_hours_follow_each_other() -> None:
    found = solve_system(on_a_circle(STORED, (2.0, 14.0, 8.0)))
    assert found.total() == pytest.approx(found.npv, rel=1e-9)


def test_a_line_says_what_it_is_about() -> None:
    little = CAMPUS.replace("{use: t, at_most: 50 MW}", "{use: t, at_most: 5 MW}")
    about = {line.kind: type(line.about) for line in solved_once(little).lines}
    assert about["revenue"] is ProductId
    assert about["payments"] is about["fixed"] is about["terminal"] is AssetId
    assert about["variable"] is about["peak"] is ConverterId


def test_a_plan_that_does_nothing_moves_no_money() -> None:
    found = solved_once(PLANT).formulation
    solution = nothing(found.problem)
    assert cash_flow.objective(found, solution) == pytest.approx(0.0)
    assert sum(abs(line.usd) for line in cash_flow.operating_lines(found, solution, 0)) == 0


def test_sums_of_kinds() -> None:
    one = ProductId("power")
    lines = [CashLine(0, "revenue", one, 5.0), CashLine(1, "short", one, -2.0)]
    assert cash_flow.total(lines) == 3.0
    assert cash_flow.total(lines, "revenue") == 5.0
    assert cash_flow.total(lines, "fuel") == 0.0
    assert cash_flow.total([]) == 0.0
