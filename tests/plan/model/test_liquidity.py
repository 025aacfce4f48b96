"""Liquidity by hand: a plant that money stops, a line that pays for a part of it, and what a dollar
is worth.
"""

import dataclasses

import numpy as np
import pytest

from headrace.core.errors import Infeasible, InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp.measured_windows import measured, relieved, settled, use
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.model.liquidity import MISSING, closings, line_cost, open_at, span
from headrace.plan.results.dispatch import cash_columns, ordered
from headrace.plan.results.liquidity import liquidity, missing, refuse_missing_cash
from headrace.plan.solve import solve as solving

STUDY = """
study: cash
money: {{discount: 5 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], hours: {{blocks: [8760 h]}}}}
technologies: {{plant: {{capex: 900 USD/kW, life: 10 years}}}}
sites: {{here: {{build: {{plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
limits: {{cash: {cash}}}
"""


def solved(cash: str, method: str = "highs"):
    f = formulate(expand(study_of(parse_text(STUDY.format(cash=cash)))))
    plan = solving.solve(f.problem, SolverOptions(gap=1e-6).but(method=method))
    return f, plan


@pytest.mark.parametrize("method", ["highs", "interior"])
def test_money_on_the_first_day_limits_the_plant(method: str) -> None:
    """10 MW would be worth 9 MUSD. With 5 MUSD 5/9 of it is ordered now; a year later it has earned
    5/9 x 8.76 MUSD, which pays for the rest."""
    f, plan = solved("{opening: 5 MUSD}", method)
    amounts = ordered(f, plan.solution)
    assert amounts[0] == pytest.approx(50 / 9, rel=1e-4)
    assert amounts[1] == pytest.approx(40 / 9, rel=1e-4)
    found = liquidity(f, plan.solution)
    assert found is not None
    assert found.peak_funding_usd == pytest.approx(5e6, rel=1e-4)
    ends = [year.cash_usd for year in found.years]
    assert ends[0] == pytest.approx(5 / 9 * 8.76e6, rel=1e-4)
    assert ends[1] == pytest.approx(5 / 9 * 8.76e6 - 4e6 + 8.76e6, rel=1e-4)
    assert [year.until for year in found.years] == ["2028-01", "2029-01"]


def test_a_dollar_is_worth_what_one_more_at_the_start_brings() -> None:
    """The price of cash is the slope of the plan's value in `opening`, both ways."""
    f, plan = solved("{opening: 5 MUSD}")
    more, less = (solved(f"{{opening: {x} MUSD}}")[1].low for x in (5.01, 4.99))
    found = liquidity(f, plan.solution)
    assert found is not None
    assert found.worth == pytest.approx((more - plan.low) / 1e4, rel=1e-4)
    assert found.worth == pytest.approx((plan.low - less) / 1e4, rel=1e-4)
    assert found.years[0].price == pytest.approx(found.worth, rel=1e-6)


def test_money_that_is_there_is_worth_nothing() -> None:
    f, plan = solved("{opening: 50 MUSD}")
    found = liquidity(f, plan.solution)
    assert found is not None
    assert found.worth == 0.0
    assert found.peak_funding_usd == pytest.approx(9e6)
    free = expand(
        study_of(parse_text(STUDY.split("limits:")[0].replace("{{", "{").replace("}}", "}")))
    )
    assert plan.low == pytest.approx(solving.solve(formulate(free).problem).low, rel=1e-9)


def test_a_line_costs_what_it_asks_beyond_the_discount() -> None:
    """4 MUSD are drawn for a year at 9 %, 4 % beyond the discount of 5 %: the goal pays 4 % of it,
    flowing, and cash 0.36 MUSD."""
    f, plan = solved("{opening: 5 MUSD, lines: {bank: {limit: 20 MUSD, cost: 9 %/a real}}}")
    whole, found = solved("{opening: 50 MUSD}")[1], liquidity(f, plan.solution)
    flowing = (1 - 1 / 1.05) / np.log(1.05)
    assert found is not None
    (line,) = found.lines
    assert line.peak_usd == pytest.approx(4e6, rel=1e-6)
    assert line.cost_usd == pytest.approx(0.04 * 4e6 * flowing, rel=1e-6)
    assert plan.low == pytest.approx(whole.low - line.cost_usd, rel=1e-9)
    assert found.years[0].cash_usd == pytest.approx(8.76e6 - 0.36e6, rel=1e-6)


def test_equity_stays_in() -> None:
    """What owners paid in the first year still stands in the second, though nobody needs it."""
    f, plan = solved(
        "{opening: 5 MUSD, lines: {own: {kind: equity, limit: 9 MUSD, cost: 9 %/a real}}}"
    )
    found = liquidity(f, plan.solution)
    assert found is not None
    assert [year.drawn[0].usd for year in found.years] == pytest.approx([4e6, 4e6], rel=1e-6)


@pytest.mark.parametrize(
    ("line", "open_years"),
    [("", [True, True]), ("since: 2028-01", [False, True]), ("until: 2028-01", [True, False])],
)
def test_lines_are_open_for_whole_years(line: str, open_years: list[bool]) -> None:
    text = f"{{opening: 1 MUSD, lines: {{bank: {{limit: 1 MUSD, cost: 9 %/a real, {line}}}}}}}"
    study = study_of(parse_text(STUDY.format(cash=text)))
    e = expand(study)
    bank = study.limits.cash.lines["bank"]
    assert [open_at(bank, node, e.start) for node in e.nodes] == open_years
    cost = line_cost(bank, e.nodes[0], e.discounting)
    assert cost == pytest.approx(0.04 * (1 - 1 / 1.05) / np.log(1.05))


def test_cash_that_cannot_suffice_is_refused_with_what_would() -> None:
    f, plan = solved(
        "{opening: 1 MUSD, least: 3 MUSD, lines: {bank: {limit: 1 MUSD, cost: 9 %/a real}}}"
    )
    short = missing(f, plan.solution)
    assert short is not None
    assert 1e6 <= short.usd < 1.1e6  # a little plant now leaves less missing later
    with pytest.raises(Infeasible, match=r"`opening: 2\.09247 MUSD` instead of 1"):
        refuse_missing_cash(f, plan.solution)
    enough = solved(
        "{opening: 2.09247 MUSD, least: 3 MUSD, lines: {bank: {limit: 1 MUSD, cost: 9 %/a real}}}"
    )
    assert missing(*[enough[0], enough[1].solution]) is None


def test_hours_are_measured_and_what_is_missing_is_filled() -> None:
    """The measuring column is what the hours pay: 10 MW x 8,760 h x 100 USD below their most."""
    f, plan = solved("{opening: 20 MUSD}")
    block, problem = f.problem.nodes[0], f.problem
    operated = [node.columns for node in plan.solution.nodes]
    assert use(block, operated[0]) == pytest.approx(-8760.0)
    m = measured(problem, plan.solution.master, operated)
    first = len(m) - len(f.cash.columns)
    assert m[first] == pytest.approx(f.cash.earnings[0] / 1e3 - 8760.0, abs=1e-6)
    poor = dataclasses.replace(
        problem, master=dataclasses.replace(problem.master, rhs=problem.master.rhs - 30_000.0)
    )
    filled = relieved(poor, m)
    kinds = [column.kind for column in f.cash.columns]
    gone = [filled[first + i] for i, kind in enumerate(kinds) if kind == "missing"]
    assert gone[0] == pytest.approx(30_000.0 - (20_000.0 - 9_000.0), rel=1e-6)
    assert np.all(poor.master.matrix @ filled <= poor.master.rhs + 1e-6)
    assert np.allclose(settled(problem, m, operated), m, atol=1e-6)


def test_the_most_that_hours_earn_is_all_that_is_asked() -> None:
    f, _ = solved("{opening: 20 MUSD}")
    assert f.cash.earnings == pytest.approx([8.76e6, 8.76e6])
    assert [span(node) for node in f.nodes] == [1.0, 1.0]
    assert closings(f.nodes) == [(0, (0,)), (1, (1,))]


def test_missing_money_is_a_cost_and_told_as_no_plan() -> None:
    f, plan = solved(
        "{opening: 0 MUSD, least: 2 MUSD, lines: {b: {limit: 1 MUSD, cost: 9 %/a real}}}"
    )
    values = cash_columns(f, plan.solution)
    dear = [c.usd for c in f.cash.columns if c.kind == "missing"]
    assert dear == pytest.approx([MISSING, MISSING / 1.05])
    assert plan.low < -MISSING * 0.99e6
    assert values.min() >= 0


LINE = "{opening: 1 MUSD, lines: {b: {limit: 1 MUSD, cost: 9 %/a real"


@pytest.mark.parametrize(
    ("cash", "said"),
    [
        ("{opening: -1 MUSD}", "limits.cash.opening"),
        ("{opening: 1 MUSD, least: 2 MUSD}", "at least `least`, or a line"),
        ("{opening: 1 MUSD, lines: {b: {limit: 1 MUSD}}}", "limits.cash.lines.b.cost"),
        (LINE.replace("limit: 1", "limit: 0") + "}}}", "limits.cash.lines.b.limit"),
        (LINE + ", since: 2031-01}}}", "after the horizon"),
        (LINE + ", since: 2028-01, until: 2027-06}}}", "is over in 2027-06"),
        (LINE.replace("9 %/a real", "9 %") + "}}}", "real"),
        ("{opening: 1 MUSD, line: {}}", "Did you mean `lines`?"),
    ],
)
def test_cash_that_cannot_be_meant_is_refused(cash: str, said: str) -> None:
    with pytest.raises(InputError, match=r"cash|real") as found:
        study_of(parse_text(STUDY.format(cash=cash)))
    assert said in str(found.value)


def test_cash_is_told_as_it_is_where_it_does_not_bind() -> None:
    """A solver may leave more room for what hours pay than they take; cash is what they take."""
    f, plan = solved("{opening: 20 MUSD}")
    slack = plan.solution.master.copy()
    first = len(slack) - len(f.cash.columns)
    slack[first : first + 2] += 1000.0
    loose = dataclasses.replace(plan.solution, master=slack)
    found, told = liquidity(f, plan.solution), liquidity(f, loose)
    assert found is not None
    assert told is not None
    assert [y.cash_usd for y in told.years] == pytest.approx([y.cash_usd for y in found.years])
    assert found.years[1].cash_usd == pytest.approx(20e6 - 9e6 + 2 * 8.76e6)
