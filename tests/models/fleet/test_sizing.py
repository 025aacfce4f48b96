"""How many replicas does a promise take?"""

import re

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.core.errors import Infeasible
from headrace.models.fleet import Fleet, Pool, ServiceClass, replay
from headrace.models.fleet.sizing import fewest, kept_promise

TABLE = round_table()
TOGETHER = trace(np.zeros(8), np.full(8, 90), np.full(8, 1))


def fleet_of(ttft):
    def build(number):
        pool = Pool("a", TABLE, number, max_batch=1, token_budget=91)
        return Fleet((pool,), classes=(ServiceClass("all", ttft, 1.0),))

    return build


@pytest.mark.parametrize(("ttft", "number"), [(0.012, 8), (0.025, 4), (0.045, 2), (0.1, 1)])
def test_eight_prompts_at_once_by_hand(ttft, number):
    """A prompt takes 10 ms + 90 x 0.01 ms + 0.09 ms = 10.99 ms; a replica reads one at a time, so
    with n replicas the last is done after ceil(8 / n) of them.
    """
    assert fewest(TOGETHER, fleet_of(ttft), share=1.0) == number


def test_a_share_asks_for_less_than_all():
    """Half of eight within two prompts' time: two replicas are enough for four of them."""
    assert fewest(TOGETHER, fleet_of(0.025), share=0.5) == 2


def test_more_than_may_be_says_how_far_it_came():
    """Two replicas read four of eight prompts within 25 ms."""
    with pytest.raises(Infeasible, match=r"with 2 replicas 50\.00%"):
        fewest(TOGETHER, fleet_of(0.025), share=1.0, most=3)


@pytest.mark.parametrize(
    ("ttft", "tpot", "clash"),
    [
        (0.5, 9.0, ("time to first token",)),
        (9.0, 0.001, ("time per token",)),
        (0.005, 0.001, ("time to first token", "time per token")),
    ],
)
def test_what_is_proposed_is_kept_and_never_stricter(ttft, tpot, clash):
    """Long prompts at any size: the promise that clashes is relaxed, the other is left."""
    rng = np.random.default_rng(2)
    load = trace(np.arange(200) * 10.0, rng.integers(1, 90_000, 200), rng.integers(2, 40, 200))

    def build(number, first=ttft, further=tpot):
        service = ServiceClass("all", first, further)
        return Fleet((Pool("a", TABLE, number),), classes=(service,))

    with pytest.raises(Infeasible) as caught:
        fewest(load, build)
    assert caught.value.clashes == clash
    told = re.search(r"Promise ttft ([\d.e-]+) s and tpot ([\d.e-]+) s", caught.value.cheapest)
    relaxed = tuple(float(figure) for figure in told.groups())
    assert relaxed[0] >= ttft * (1 - 1e-9)
    assert relaxed[1] >= tpot * (1 - 1e-9)
    assert fewest(load, lambda number: build(number, *relaxed)) >= 1


def test_nothing_is_proposed_where_requests_are_lost():
    """Half of them are refused at the door: no promise helps."""
    service = ServiceClass("all", 1.0, 1.0, admit_below=1)
    load = trace(np.zeros(8), np.full(8, 90), np.full(8, 1))
    found = replay(load, Fleet((Pool("a", TABLE, 4),), classes=(service,)))
    assert kept_promise(found, 0.99)[1] == ""
