"""The link from a plan's power to its service."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import InputError
from headrace.models.fleet import Fleet, Pool, ServiceClass, curtail, follow, hourly_plan
from headrace.models.fleet.power_cap import limits_of
from headrace.models.fleet.types import Trace

TABLE = round_table()  # asleep 100 W, awake at most 1,000 W
FLEET = Fleet((Pool("a", TABLE, 10),))


def load(seconds: float = 300.0, rate: float = 30.0) -> Trace:
    rng = np.random.default_rng(2)
    count = int(seconds * rate)
    return trace(
        np.sort(rng.uniform(0, seconds, count)),
        rng.integers(10, 400, count),
        rng.integers(5, 120, count),
    )


def test_counts_by_hand() -> None:
    """Ten asleep draw 1,000 W.

    With 900 W more for each awake: 10,000 W wakes all ten, 5,500 W five, 999 W none.
    """
    plan = hourly_plan(np.array([1e4, 5500.0, 999.0, np.inf]), np.array([[10], [10], [10], [4]]))
    found = limits_of(FLEET, plan, (1000.0,))
    assert found.replicas[:, 0].tolist() == [10, 5, 0, 4]
    assert found.hard.tolist() == [False, True, True, False]
    assert found.time.tolist() == [0, 3600, 7200, 10800]


def test_pools_share_a_cap() -> None:
    """Two pools of 4 and 6; asleep 1,000 W; 4,500 W above that wake half of each, and 900 W more
    wakes one in the first or second.
    """
    pools = (Pool("p", TABLE, 4, role="prefill"), Pool("d", TABLE, 6, role="decode"))
    plan = hourly_plan(np.array([5500.0, 6400.0]), np.array([[4, 6], [4, 6]]))
    found = limits_of(Fleet(pools), plan, (1000.0, 1000.0))
    assert found.replicas.tolist() == [[2, 3], [2, 4]]


def test_a_followed_plan_keeps_its_cap_everywhere() -> None:
    plan = hourly_plan(np.array([np.inf, 3600.0, 2500.0, np.inf]), np.full((4, 1), 10), step=60.0)
    found = follow(load(), FLEET, plan, bucket=10.0)
    assert found.worst <= 1.0
    assert np.isinf(found.cap[:6]).all()
    assert found.cap[6:12].tolist() == [3600.0] * 6
    assert found.replay.finished.all()


def test_a_plan_without_caps_changes_nothing() -> None:
    free = follow(load(), FLEET, hourly_plan(np.array([np.inf]), np.array([[10]])))
    assert (free.tries, free.worst, free.replay.evicted) == (1, 0.0, 0)


def test_what_a_curtailment_does() -> None:
    """Half the power for a minute: the cap holds, p99 inside the window gets worse, and before the
    window nothing changes.
    """
    found = curtail(load(rate=150.0), FLEET, begin=120.0, seconds=60.0, cut=0.5, metered=10.0)
    assert found.cap == pytest.approx(0.5 * found.drawn)
    assert found.cut_replay.worst <= 1.0
    assert (found.during(found.cut.power) <= found.cap * (1 + 1e-9)).all()
    assert found.during(found.cut.ttft[2]).max() > 1.5 * found.during(found.base.ttft[2]).max()
    np.testing.assert_array_equal(found.base.ttft[:, :11], found.cut.ttft[:, :11])


def test_drawing_wider_changes_no_figure() -> None:
    """A point of the plots as wide as five intervals, or wider than the cut: the same replay."""
    narrow = curtail(load(rate=150.0), FLEET, begin=120.0, seconds=60.0, metered=10.0)
    wide = narrow.drawn_with(50.0)
    assert (wide.cap, wide.drawn, wide.left) == (narrow.cap, narrow.drawn, narrow.left)
    assert (wide.width, len(wide.cut.time)) == (50.0, -(-len(narrow.cut.time) // 5))
    spans = np.minimum(50.0, narrow.base_replay.end - wide.base.time)
    whole = np.minimum(10.0, narrow.base_replay.end - narrow.base.time)
    assert spans @ wide.base.power == pytest.approx(whole @ narrow.base.power, rel=1e-12)
    assert wide.base.arrivals.sum() == narrow.base.arrivals.sum()


def test_a_cut_shorter_than_a_metered_interval_is_refused() -> None:
    with pytest.raises(InputError, match="no whole interval of 60 s from 30 s to 80 s"):
        curtail(load(), FLEET, begin=30.0, seconds=50.0)


def test_shedding_under_a_cap_takes_the_lower_class() -> None:
    """Where the lower class is refused at a small load, the cut costs it requests, and the higher
    class none.
    """
    rng = np.random.default_rng(0)
    plain = load()
    mixed = Trace(
        "x", "x", plain.arrival, plain.input, plain.output, rng.integers(0, 2, len(plain))
    )
    classes = (ServiceClass("paid"), ServiceClass("free", admit_below=20))
    found = curtail(
        mixed,
        Fleet((Pool("a", TABLE, 10),), classes=classes),
        begin=120.0,
        seconds=60.0,
        cut=0.7,
        metered=10.0,
    )
    shed = found.cut_replay.replay.shed
    assert not found.base_replay.shed.any()
    assert shed[mixed.service == 1].any()
    assert not shed[mixed.service == 0].any()


@pytest.mark.parametrize(
    "values", [{"begin": 1e9}, {"begin": 0.0, "cut": 0.0}, {"begin": 0.0, "seconds": -1.0}]
)
def test_senseless_cuts_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(InputError, match="curtailment"):
        curtail(load(), FLEET, **values)


def test_bad_plans_are_refused() -> None:
    for cap, counts in (([-1.0], [[1]]), ([np.nan], [[1]]), ([1.0, 2.0], [[1]])):
        with pytest.raises(InputError, match="power plan"):
            follow(load(), FLEET, hourly_plan(np.array(cap), np.array(counts)))
