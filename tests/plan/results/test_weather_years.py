"""Several years of weather under one decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import study
from tests.builders.what_ifs import WEEK

from headrace.core.errors import InputError
from headrace.plan.lp.highs import solve as by_highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.residuals import evaluate
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.model.named_files import named_files
from headrace.plan.results.weather_years import by_weather, words
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.solve.solve import solve

TWO = ("tmy3:723170", "tm2:12839")
HEAD, REST = WEEK.split("beliefs:")[0], WEEK.split("fuels:")[1]
SHORT = (
    (HEAD + "fuels:" + REST)
    .replace("stages: [12 months, 12 months, 24 months]", "stages: [12 months]")
    .replace("weeks: 1, extreme_days: 1", "weeks: 1")
)


def several(text, years, weights=()):
    shares = f", weights: [{', '.join(weights)}]" if weights else ""
    names = ", ".join(f'"{one}"' for one in years)
    return text.replace("weather: tmy3:723170", f"weather: {{years: [{names}]{shares}}}")


@pytest.fixture(scope="module")
def planned():
    found = formulate(expand(study(several(SHORT, TWO))))
    return found, solve(found.problem)


def test_a_year_twice_is_the_year_once():
    """Two equal halves of one year: the same optimum, twice the hours."""
    one, twice = (
        formulate(expand(study(text))) for text in (SHORT, several(SHORT, (TWO[0], TWO[0])))
    )
    assert len(twice.nodes) == 2 * len(one.nodes)
    assert len(twice.orders) == len(one.orders)
    ours, theirs = solve(twice.problem), solve(one.problem)
    assert ours.low <= theirs.high * (1 + 1e-9)
    assert theirs.low <= ours.high * (1 + 1e-9)


def test_no_one_decision_beats_a_decision_for_each_year(planned):
    """What is built for both years earns at most the mean of what each alone could."""
    found, both = planned
    alone = [
        solve(formulate(expand(study(SHORT.replace("tmy3:723170", year)))).problem) for year in TWO
    ]
    assert both.low <= np.mean([one.high for one in alone]) * (1 + 1e-9)
    assert both.low >= 0.5 * min(one.low for one in alone)
    assert sum(node_weight(n, found.discounting) for n in found.nodes) == pytest.approx(
        2 * sum(node_weight(n, found.discounting) for n in found.nodes if n.weather == 0)
    )


def test_it_is_the_program_that_highs_solves(planned):
    found, both = planned
    problem = found.problem
    best = evaluate(problem, by_highs(replace(problem, risk=None))).value
    assert -both.high / 1e3 <= best + 1e-6 * abs(best)
    assert best <= -both.low / 1e3 + 1e-6 * abs(best)


@pytest.mark.slow
def test_both_solvers_agree_on_300_random_mixtures_of_years():
    """Weights, load and the price of the grid drawn; HiGHS on the whole program, the interior point
    with its own bounds.
    """
    rng = np.random.default_rng(40)
    for _ in range(300):
        share = round(float(rng.uniform(0.05, 0.95)), 3)
        text = several(SHORT, TWO, (f"{share}", f"{round(1 - share, 3)}"))
        text = text.replace("demand: 120 MW", f"demand: {rng.uniform(60, 200):.1f} MW")
        text = text.replace("energy: 66 USD/MWh", f"energy: {rng.uniform(40, 90):.1f} USD/MWh")
        problem = formulate(expand(study(text))).problem
        exact = solve(problem, SolverOptions(method="highs"))
        found = solve(problem, SolverOptions(method="interior", gap=1e-4))
        assert found.low <= exact.high * (1 + 1e-9)
        assert exact.low <= found.high * (1 + 1e-9)
        assert found.high - found.low <= 1.01e-4 * abs(found.low)


def test_every_year_is_told_and_one_binds(planned):
    found, both = planned
    years = by_weather(found, both.solution)
    assert [one.share for one in years] == [0.5, 0.5]
    assert sum(one.rent for one in years) == pytest.approx(1.0)
    assert all(0 <= one.unserved < 1 for one in years)
    most = max(years, key=lambda one: one.weighs)
    assert words(years, TWO)[0].endswith(f"{TWO[most.number]} binds")
    assert words((), ()) == []


def test_a_weight_of_all_leaves_the_other_year_without_a_say():
    whole = several(SHORT, TWO, ("100 %", "0 %"))
    ours, theirs = (solve(formulate(expand(study(t))).problem) for t in (whole, SHORT))
    assert ours.low <= theirs.high * (1 + 1e-9)
    assert theirs.low <= ours.high * (1 + 1e-9)


def test_every_year_is_a_file_that_the_study_names():
    assert set(TWO) <= set(named_files(study(several(SHORT, TWO)), None))


@pytest.mark.parametrize(
    ("weights", "said"),
    [(("50 %",), "1 weights"), (("50 %", "40 %"), "add up to 0.9")],
)
def test_weights_that_do_not_fit_are_refused(weights, said):
    with pytest.raises(InputError, match=said):
        study(several(SHORT, TWO, weights))


def test_years_of_two_sites_are_the_same():
    text = several(SHORT, TWO)
    more = '\n  elsewhere: {weather: {years: ["tmy3:723170", "tm2:12839", "tm2:12839"]}}'
    with pytest.raises(InputError, match="the same years at every site"):
        study(text.replace("\nsites:", f"\nsites:{more}"))
