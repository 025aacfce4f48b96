"""A plan on unseen paths: money by hand, promises, foresight, the same answer from any workers."""

from __future__ import annotations

import json

import numpy as np
import pytest

import headrace as hr
from headrace.core.errors import InputError
from headrace.core.run_folder import open_run
from headrace.plan.model.drawn_nodes import DrawnStudy
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.stored_solution import stored_plan
from headrace.science.replay.operate import by_rule
from headrace.science.replay.paths import drawn_path
from headrace.science.replay.policies import mean_value_policy, plans_own
from headrace.science.replay.replay import UnseenOptions, replayed
from headrace.show.cli import main
from headrace.show.reports import unseen

STUDY = """\
study: news
money: {year: 2026, discount: 0 %/a real}
horizon:
  {start: 2027-01, stages: [12 months, 12 months], terminal_value: false,
   hours: {blocks: [8760 h]}}
beliefs:
  demand:
    {about: demand, before: 0 %/a, reveal: 2,
     cases: {low: {probability: 40 %, value: -80 %/a}, high: {probability: 60 %, value: 200 %/a}}}
technologies: {t: {capex: 200 USD/kW, lead: 12 months, life: 1 years}}
sites: {here: {build: {plant: {use: t, at_most: 900 MW}}}}
products:
  power: {kind: electricity, site: here, demand: 100 MW, price: 100 USD/MWh}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("news") / "run"
    hr.read(STUDY).solve(out=out, progress=False)
    return out


@pytest.fixture(scope="module")
def stored(run):
    return stored_plan(open_run(run))


@pytest.fixture(scope="module")
def found(stored, run):
    return replayed(stored, run, UnseenOptions(60, foresight=20, workers=0))


def served(path):
    """Power asked for in the second year [MW]: it has grown since the middle of the first."""
    return 100.0 * path.nodes[1].grown("power")


def test_a_policy_earns_what_the_sum_says(stored):
    """What was ordered costs 200 USD/kW; 100 USD for each MWh of the smaller of it and demand."""
    tree = stored.formulation
    drawn = DrawnStudy.of(stored.study, None, ())
    world = DrawnStudy.of(stored.study, None, [_plain()])
    policy = plans_own(tree, stored.solution)
    size = sum(policy.master[: len(tree.orders)] * tree.order_scales)
    assert len(drawn.years) == 0
    for number in range(6):
        path = drawn_path(tree.nodes, 1, 3, number)
        written = formulate(world.chain(path.nodes, path.like, path.years))
        earned = by_rule(policy, tree, written, path.like, {}, (1, number))
        wanted = -200e3 * size + 100 * 8760 * min(size, served(path))
        assert earned.worth.low == pytest.approx(wanted, rel=1e-6, abs=10.0)
        assert earned.broken == ()


def _plain():
    from headrace.plan.model.drawn_nodes import DrawnYear

    return DrawnYear(None, {})


def test_the_mean_plan_orders_for_the_mean(stored):
    """Demand grows by half a year's rate: the mean of the two cases is what it orders for."""
    tree = stored.formulation
    mean = mean_value_policy(tree, 1)
    leaves = [node for node in tree.nodes if node.stage == 2]
    wanted = sum(node.probability * node.grown("power") for node in leaves) * 100
    assert mean.master[: len(tree.orders)] @ tree.order_scales == pytest.approx(wanted, rel=1e-3)


def test_the_better_plan_is_shown_to_be_better(found):
    """The newsvendor orders for the fractile 1 - 200 / 876 = 0.77: the high case, and the mean
    less. Both meet the same paths.
    """
    assert found.whole
    assert found.policies == ("plan", "mean_value")
    assert found.comparison.standing == "better"
    assert found.comparison.gain.low > 0
    assert found.comparison.broken == (0, 0)
    assert not found.promised


def test_foresight_never_loses(found):
    asked = [path for path in found.paths if path.foresight is not None]
    assert len(asked) == 20
    for path in asked:
        best = path.foresight.best.worth
        for name, own in path.outcomes.items():
            assert own.worth.low <= best.high + 1e-3 * abs(best.high)
            later = path.foresight.later[name].worth
            assert own.worth.low <= later.high + 1e-3 * abs(later.high) + 1.0
    assert found.regret("plan").mean >= 0
    assert found.regret("plan").count == 20


def test_the_mean_over_paths_is_near_the_mean_over_the_tree(found):
    """Draws keep the mean of every case; what is earned is no straight line, so near is enough."""
    planned = 0.5 * sum(found.planned)
    earned = found.earned("plan")
    assert earned.low - 0.2 * planned < planned < earned.high + 0.2 * planned


@pytest.mark.slow
def test_processes_change_nothing(stored, run, found):
    beside = replayed(stored, run, UnseenOptions(8, foresight=0, workers=2))
    for one, other in zip(beside.paths, found.paths):
        assert one.outcomes == other.outcomes


def test_a_stop_keeps_what_was_reached(stored, run):
    asked = iter(range(1000))
    part = replayed(
        stored, run, UnseenOptions(50, foresight=0, workers=0), stop=lambda: next(asked) > 12
    )
    assert 2 <= len(part.paths) < 50
    assert not part.whole
    assert "not reached" in " ".join(unseen.sentences(part))
    assert json.dumps(unseen.as_json(part), allow_nan=False)


def test_options_are_refused_together(stored, run):
    with pytest.raises(InputError) as refused:
        replayed(stored, run, UnseenOptions(paths=1, foresight=-1, years=0, weeks=99, workers=99))
    assert len(refused.value.problems) == 5


def test_the_page_and_the_words(found, stored, tmp_path):
    page = unseen.write(found, [], stored.file, tmp_path / "unseen.html")
    text = page.read_text()
    assert "Gain by path" in text
    assert "better than the plan for the mean" in text
    told = unseen.as_json(found)
    assert told["against_mean_value"]["verdict"] == "better"
    assert len(told["outcomes_usd"]) == 60


def test_the_verb_and_the_library(run, capsys):
    code = main(["replay", str(run), "--paths", "6", "--workers", "0", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["paths"] == 6
    assert told["days"] == []
    lib = hr.open(run).replay(6, workers=0)
    assert lib["outcomes_usd"] == told["outcomes_usd"]
    assert main(["replay", str(run), "--paths", "1"]) == 2
    assert "--paths" in capsys.readouterr().err


PROMISED = STUDY.replace(
    "price: 100 USD/MWh", "price: 100 USD/MWh, availability: 95 %, served_from: 2"
)


def test_promises_that_break_are_counted(tmp_path):
    """The plan serves 95 % of the highest case of its tree; half of the paths above it ask more."""
    out = tmp_path / "run"
    hr.read(PROMISED).solve(out=out, progress=False)
    stored = stored_plan(open_run(out))
    found = replayed(stored, out, UnseenOptions(80, foresight=4, workers=0))
    (count,) = found.breaks("plan")
    assert count.promise == "power, stage 2"
    high = [n for n, path in enumerate(found.paths) if "high" in path.label]
    broken = [n for n, path in enumerate(found.paths) if path.outcomes["plan"].broken]
    assert set(broken) < set(high)
    assert 0.2 < len(broken) / len(high) < 0.8
    worth = np.array([found.paths[n].outcomes["plan"].worth.low for n in broken])
    assert np.all(np.abs(worth) < 1e9)  # the penalty is no money
