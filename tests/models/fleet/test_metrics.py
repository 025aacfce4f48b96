"""What a replay means: sums that must close, and percentiles that can be counted on fingers."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import Infeasible, InputError
from headrace.models.fleet import Fleet, Pool, ServiceClass, course, replay, summarise
from headrace.models.fleet.metrics import spread
from headrace.models.fleet.outages import draw_outages
from headrace.models.fleet.sizing import fewest

TABLE = round_table()


def test_spread() -> None:
    """0..100 and two that never came: mean 50, percentiles as named."""
    found = spread(np.r_[np.arange(101.0), np.nan, np.nan])
    assert (found.mean, found.p50, found.p90, found.p95, found.p99) == (50, 50, 90, 95, 99)
    assert np.isnan(spread(np.array([np.nan])).p99)


def test_waiting_is_exact() -> None:
    """Three requests at 0 on one place, one answer token each: 11.1 ms a turn, so they wait 0, 11.1
    and 22.2 ms = 33.3 ms in all.
    """
    load = trace([0.0, 0.0, 0.0], [100] * 3, [1] * 3)
    found = course(replay(load, Fleet((Pool("a", TABLE, 1, max_batch=1),)), bucket=0.01))
    width = np.minimum(0.01, 0.0333 - found.time)
    assert (found.waiting * width).sum() == pytest.approx(0.0333, abs=1e-9)
    assert found.waiting[0] == pytest.approx(2.0)


def test_sums_close() -> None:
    """Tokens, arrivals and power over time add up to what the replay says; fleet-hours are replicas
    times time.
    """
    rng = np.random.default_rng(1)
    load = trace(
        np.cumsum(rng.exponential(0.05, 400)), rng.integers(1, 900, 400), rng.integers(1, 90, 400)
    )
    found = replay(load, Fleet((Pool("a", TABLE, 3),)), bucket=0.7)
    over, told = course(found), summarise(found)
    width = np.minimum(0.7, found.end - over.time)
    assert (over.tokens * width).sum() == pytest.approx(load.output.sum())
    assert over.arrivals.sum() == 400
    assert (over.power * width).sum() == pytest.approx(told.energy)
    assert told.fleet_hours == pytest.approx(3 * found.end / 3600)
    assert told.joules_per_token == pytest.approx(told.energy / load.output.sum())
    assert over.utilisation.max() <= 1 + 1e-9


def test_goodput_counts_both_promises() -> None:
    """Two requests: alone, TTFT 11.1 ms; the second arrives with it and waits.

    A promise of 12 ms is kept by one.
    """
    load = trace([0.0, 0.0], [100, 100], [1, 1])
    fleet = Fleet((Pool("a", TABLE, 1, max_batch=1),), classes=(ServiceClass("x", ttft=0.012),))
    found = summarise(replay(load, fleet))
    assert (found.good_share, found.finished) == (0.5, 2)
    assert found.goodput == pytest.approx(1 / 0.0222)


def test_fewest_replicas() -> None:
    """One request at a time and a replica, ten at once, 11.1 ms each: within 25 ms two rounds fit,
    so five replicas are needed.
    """
    load = trace(np.zeros(10), np.full(10, 100), np.ones(10, np.int64))

    def fleet_of(number: int) -> Fleet:
        return Fleet(
            (Pool("a", TABLE, number, max_batch=1),), classes=(ServiceClass("x", ttft=0.025),)
        )

    assert fewest(load, fleet_of) == 5


def test_a_promise_nobody_can_keep() -> None:
    load = trace(np.zeros(10), np.full(10, 100), np.ones(10, np.int64))
    with pytest.raises(Infeasible, match="more do not help"):
        fewest(
            load,
            lambda number: Fleet(
                (Pool("a", TABLE, number),), classes=(ServiceClass("x", ttft=0.001),)
            ),
            most=64,
        )


def test_outages_are_drawn_in_order() -> None:
    """Availability is between / (between + repair) = 0.9 in the long run; outages of one replica do
    not overlap.
    """
    fleet = Fleet((Pool("a", TABLE, 20),))
    found = draw_outages(fleet, 1e6, between=9000.0, repair=1000.0, seed=1)
    lost = np.minimum(found.up, 1e6) - found.down
    assert lost.sum() / (20 * 1e6) == pytest.approx(0.1, abs=0.01)
    for replica in range(20):
        own = found.replica == replica
        assert (found.down[own][1:] > found.up[own][:-1]).all()
    with pytest.raises(InputError):
        draw_outages(fleet, 1.0, between=0.0, repair=1.0)
