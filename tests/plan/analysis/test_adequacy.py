"""Plan and Monte Carlo in turn: more capacity until the load is carried in the hours promised, or
an honest word on why not.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.studies import study

from headrace.core.errors import Infeasible
from headrace.core.plan_file import SiteAvailability
from headrace.core.study import Study
from headrace.plan.analysis.adequacy import AdequatePlan, plan_through_outages, with_required
from headrace.plan.lp.problem import Problem
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import node_outcome, ordered
from headrace.plan.results.order_value import ValuationOptions, value_orders
from headrace.plan.results.outage_check import availabilities, judged_sites
from headrace.plan.results.promise_check import breaks
from headrace.plan.solve.solve import CertifiedPlan, solve

ISLAND = """
study: island
money: {discount: 7 %/a real}
horizon: {start: 2030-01, stages: [12 months, 12 months], hours: {weeks: 1, extreme_days: 0}}
technologies:
  engine: {capex: 1000 USD/kW, variable: 30 USD/MWh, availability: 90 %, lead: LEAD months,
      units: {size: 10 MW, repair: 40 h}}
sites: {here: {build: {engines: {use: engine, at_most: MOST MW}}, reliability: PROMISED}}
products: {power: {kind: electricity, site: here, demand: 40 MW, price: 900 USD/MWh}}
"""


def island(promised: str, most: int = 200, lead: int = 0) -> Study:
    text = ISLAND.replace("PROMISED", promised).replace("MOST", str(most))
    return study(text.replace("LEAD", str(lead)))


def carried(given: Study) -> AdequatePlan:
    first = formulate(expand(given))
    return plan_through_outages(first, solve(first.problem), judged_sites(given), solve)


def judged(given: Study, formulation: Formulation, plan: CertifiedPlan) -> SiteAvailability:
    nodes = range(len(formulation.nodes))
    outcomes = [node_outcome(formulation, plan.solution, n) for n in nodes]
    return availabilities(given, formulation, outcomes, 1, "")[0]


def test_a_promise_of_hours_is_kept_by_more_than_the_mean_asks_for() -> None:
    """40 MW at 90 % are 44.4 MW in the mean, five units of 8.9 MW: the whole load needs all of
    them, 0.9^5 = 59 % of hours. 99 % of hours take more.
    """
    given = island("{hours: 99 %, samples: 60}")
    first = formulate(expand(given))
    alone = solve(first.problem)
    before = judged(given, first, alone)
    assert before.hours == pytest.approx(0.9**5, abs=0.02)
    assert not before.kept
    found = carried(given)
    after = judged(given, found.formulation, found.plan)
    assert after.kept
    assert found.rounds > 1
    assert found.ended == ""
    # 7 of 8.9 MW: five must run, 97 %; 8 of 8.9 MW: 99.5 %
    stands = node_outcome(found.formulation, found.plan.solution, 0).capacity
    assert 60 < sum(stands.values()) < 95
    assert found.plan.low < alone.low


def test_n_minus_one_is_one_unit_more() -> None:
    """Without one of six of 8.9 MW, 44.4 MW carry 40; without one of five, 35.6 MW do not."""
    given = island("{n_minus_one: true, samples: 10}")
    found = carried(given)
    after = judged(given, found.formulation, found.plan)
    assert after.kept
    assert after.hangs_on == ()
    assert found.rounds == 2
    stands = node_outcome(found.formulation, found.plan.solution, 0).capacity
    assert sum(stands.values()) == pytest.approx(6 / 5 * 40 / 0.9, rel=1e-4)


@pytest.mark.parametrize(
    ("most", "lead", "why"),
    [(46, 0, "no room"), (200, 12, "no room, or no time before it is due|ordered in time")],
)
def test_what_cannot_be_kept_is_told_and_the_plan_stays(most: int, lead: int, why: str) -> None:
    given = island("{hours: 99 %, samples: 20}", most, lead)
    found = carried(given)
    after = judged(given, found.formulation, found.plan)
    if lead == 0:
        assert found.rounds == 1
        assert why in found.ended
        assert not after.kept


def test_rounds_are_counted_and_end() -> None:
    found = carried(island("{hours: 99.9 %, samples: 20, rounds: 1}"))
    assert (found.rounds, found.ended) == (1, "the most that `rounds` allows")


def test_where_nothing_is_promised_nothing_is_solved_again() -> None:
    given = island("{samples: 10}")
    first = formulate(expand(given))
    plan = solve(first.problem)

    def never(_: Problem) -> CertifiedPlan:
        raise AssertionError

    found = plan_through_outages(first, plan, judged_sites(given), never)
    assert found.plan is plan


def test_a_lower_limit_holds_over_all_that_can_be_called() -> None:
    first = formulate(expand(island("{samples: 10}")))
    limited = with_required(first, {("here", 0): 150.0, ("here", 1): 160.0})
    plan = solve(limited.problem)
    assert len(limited.rows) == len(first.rows) + 2
    assert "outages of what gives" in limited.problem.master.rows[-1]
    for node, least in ((0, 150.0), (1, 160.0)):
        stands = node_outcome(limited, plan.solution, node).capacity
        assert sum(stands.values()) == pytest.approx(least, rel=1e-6)
    with pytest.raises(Infeasible):
        solve(with_required(first, {("here", 0): 250.0}).problem)


def test_what_arrives_within_a_year_is_not_asked_for_twice() -> None:
    """Engines of 9 months' lead stand in the last quarter of the first year: 70 MW asked for there
    are 70 MW, not the 280 whose mean over the year would be.
    """
    first = formulate(expand(island("{samples: 10}", lead=9)))
    plan = solve(with_required(first, {("here", 0): 70.0}).problem)
    assert float(np.sum(ordered(first, plan.solution))) == pytest.approx(70.0, rel=1e-4)


LATE = """
study: late
horizon: {start: 2027-01, stages: [18 months, 18 months], hours: {weeks: 1, extreme_days: 0}}
technologies:
  engine: {capex: 1000 USD/kW, variable: 30 USD/MWh, availability: 90 %, lead: 15 months,
      units: {size: 10 MW, repair: 40 h}}
sites: {here: {build: {engines: {use: engine, at_most: 200 MW}},
    reliability: {hours: 99 %, samples: 20}}}
products:
  power: {kind: electricity, site: here, demand: 40 MW, price: 900 USD/MWh, availability: 99 %,
      served_from: 2}
"""


def test_a_promise_is_kept_by_what_arrives_within_the_stage_before() -> None:
    """It was refused for want of room: in the quarter in which the engines have just come four
    times as many seemed to be needed.
    """
    given = study(LATE)
    found = carried(given)
    assert found.ended == ""
    assert judged(given, found.formulation, found.plan).hours >= 0.99


def test_an_order_that_the_hours_hang_on_has_no_worth_in_money() -> None:
    limited = with_required(formulate(expand(island("{samples: 10}"))), {("here", 0): 60.0})
    plan = solve(limited.problem)
    number = int(np.argmax(ordered(limited, plan.solution)))
    (value,) = value_orders(limited, plan, [number], ValuationOptions(gap=1e-5)).values
    assert value.other is None
    assert value.low == np.inf
    assert "without it a promise breaks" in breaks(limited, value)
