"""Search over step tables: laws of the frontier, and arithmetic of one point."""

import numpy as np
import pytest

from headrace.core.errors import Infeasible, InputError
from headrace.models.serving.config_search import best, concave_frontier, load_curve, pareto, points
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.step_time.providers import step_table, tables_of
from headrace.models.step_time.roofline import Layout

PROMISE = ServicePromise(1000, 300, 2.0, 0.05)


@pytest.fixture(scope="module")
def every():
    return points(tables_of("Qwen/Qwen3-32B", "h100", "fp8"), PROMISE)


def test_one_request_alone_by_hand():
    """Batch 1: one mixed step of 1,000 tokens, then 299 decode steps; tokens/s = 299 / (t_prompt +
    299 t_decode).
    """
    table = step_table("Qwen/Qwen3-32B", "h100", "fp8", Layout(4))
    found = points([table], PROMISE, disaggregated=False)
    one = found.keep(found.batch == 1)
    prompt = (
        table.prefill_time(1001) - table.attention_time(1001, 0) + table.attention_time(1000, 0)
    )
    expected = 299 / (prompt + 299 * table.decode_time(1, 1150)) / 4
    assert one.tokens[0] == pytest.approx(expected, rel=1e-6)
    assert one.tpot[0] == pytest.approx(table.decode_time(1, 1150), rel=1e-9)


def test_the_best_is_feasible_and_unbeaten(every):
    top = best(every, PROMISE)
    keeps = (every.ttft <= PROMISE.ttft) & (every.tpot <= PROMISE.tpot)
    assert top.ttft[0] <= PROMISE.ttft
    assert top.tpot[0] <= PROMISE.tpot
    assert top.tokens[0] == every.tokens[keeps].max()


def test_nothing_beats_the_pareto_frontier(every):
    front = pareto(every, PROMISE)
    assert (np.diff(front.tpot) > 0).all()
    assert (np.diff(front.tokens) > 0).all()
    good = every.keep(every.ttft <= PROMISE.ttft)
    reach = np.interp(good.tpot, front.tpot, front.tokens, left=-np.inf)
    at = np.searchsorted(front.tpot, good.tpot, side="right") - 1
    assert (good.tokens <= front.tokens[at] + 1e-9).all()
    assert np.isfinite(reach).any()


def test_the_hull_is_concave_and_above_everything(every):
    hull = concave_frontier(every, PROMISE)
    slopes = np.diff(hull.tokens) / np.diff(hull.power)
    assert (np.diff(slopes) <= 1e-9).all()
    good = every.keep(
        (every.ttft <= PROMISE.ttft)
        & (every.tpot <= PROMISE.tpot)
        & (every.power <= hull.power[-1])
    )
    inside = good.keep(good.power >= hull.power[0])
    assert (inside.tokens <= np.interp(inside.power, hull.power, hull.tokens) + 1e-6).all()


def test_disaggregated_fleets_fit_and_keep_pace(every):
    apart = every.keep(every.prompt_replicas > 0)
    assert (apart.accelerators <= 32).all()
    assert (apart.decode_replicas >= 1).all()
    assert every.prompt.dtype == every.decode.dtype == np.int64


def test_load_curve_by_hand(every):
    """Half load draws the middle of idle and busy; what exceeds the capacity is not served."""
    top = best(every, PROMISE)
    full = float(top.tokens[0]) * 1000
    curve = load_curve(top, np.array([0.0, full / 2, 5 * full]), 1000, 400.0)
    busy = float(top.power[0])
    assert curve == pytest.approx(np.array([0.4, (400 + busy) / 2e3, busy / 1e3]))
    with pytest.raises(InputError, match="negative"):
        load_curve(top, np.array([-1.0]), 1000, 400.0)


def test_impossible_searches_say_what_is_nearest(every):
    with pytest.raises(Infeasible, match="nearest: ttft"):
        best(every, ServicePromise(1000, 300, 1e-4, 1e-5))
    with pytest.raises(InputError, match="no step table"):
        points([], PROMISE)
    with pytest.raises(InputError, match="no replica holds"):
        points(
            tables_of("Qwen/Qwen3-32B", "h100", "fp8"),
            ServicePromise(5_000_000, 1000),
            disaggregated=False,
        )
