"""A changed study planned anew: within the gap, inside the what-if, and faster from a plan like
it.
"""

from __future__ import annotations

import pytest
from tests.builders.studies import CAMPUS, study
from tests.builders.what_ifs import WEEK

from headrace.core.errors import Infeasible
from headrace.core.run_folder import open_run
from headrace.core.study_changes import changed_study
from headrace.plan import run
from headrace.plan.analysis.replan import replan
from headrace.plan.analysis.what_if import what_if
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import solve
from headrace.plan.solve.stored_solution import stored_plan


def planned(text, folder):
    (folder / "study.yaml").write_text(text)
    run.plan(folder / "study.yaml", folder / "run", lambda _: None, lambda: False, worth=0.0)
    return stored_plan(open_run(folder / "run"))


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    return planned(CAMPUS, tmp_path_factory.mktemp("campus"))


def test_a_replan_is_the_best_plan_inside_the_what_if(campus):
    """Half the price of what is sold: other orders are best, and what they are is told."""
    changed = changed_study(CAMPUS, {"products.chat.price": "1.2 USD/Mtok"})
    told, again = what_if(campus, changed), replan(campus, changed)
    assert told.width > 1e-3
    assert again.gap <= 1e-3
    assert told.low <= again.found.low <= again.found.high <= told.high
    best = solve(formulate(expand(changed)).problem)
    assert again.found.low <= best.high + 1e-6 * abs(best.high)
    assert best.low <= again.found.high + 1e-6 * abs(best.high)
    assert again.plan is not None
    assert sum(again.orders().values()) > 0


def test_nothing_is_solved_where_the_stored_orders_are_good_enough(campus):
    again = replan(campus, study(CAMPUS), gap=1e-3)
    assert again.plan is None
    assert again.orders() == {}
    assert again.gap <= 1e-3


def test_a_second_replan_starts_from_the_first(tmp_path):
    """Both by the interior point: from an iterate of the first the second takes fewer
    iterations than from none.
    """
    text = WEEK.replace("study: middling", "study: middling\nsolver: {method: interior}")
    stored = planned(text, tmp_path)
    first = replan(stored, changed_study(text, {"products.campus.price": "150 USD/MWh"}))
    assert first.plan is not None
    near = changed_study(text, {"products.campus.price": "148 USD/MWh"})
    cold, warm = replan(stored, near), replan(stored, near, near=first)
    assert warm.found.low <= cold.found.high
    assert cold.found.low <= warm.found.high
    assert warm.start is first.start
    steps = [one.plan.solution.iterations for one in (cold, warm)]
    assert steps[1] < steps[0]


def test_a_study_without_a_plan_is_refused_in_words(campus):
    changes = {"products.chat.availability": "99 %", "products.chat.demand": "900000 Gtok/h"}
    with pytest.raises(Infeasible):
        replan(campus, changed_study(CAMPUS, changes))
