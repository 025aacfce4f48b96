"""Made-up requests follow the laws that were named."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.models.fleet.traces.synthetic import SyntheticLoad, lengths_of, synthesise


@pytest.mark.parametrize(("arrivals", "cv"), [("poisson", 1.0), ("gamma", 3.0), ("even", 0.0)])
def test_gaps_have_the_rate_and_spread_that_were_asked_for(arrivals, cv):
    """Of 200,000 gaps the mean is known to 0.7 % at a cv of 3, the cv to about 2 %."""
    found = synthesise(SyntheticLoad(8.0, 200_000, arrivals, 3.0), seed=4)
    gaps = np.diff(found.arrival)
    assert gaps.mean() == pytest.approx(1 / 8, rel=0.02)
    assert gaps.std() / gaps.mean() == pytest.approx(cv, rel=0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("law", "mean"),
    [
        ("1000", 1000),
        ("exponential 600", 600),
        ("lognormal 600 0.8", 600 * np.exp(0.32)),
        ("uniform 100 900", 500),
    ],
)
def test_lengths_have_the_mean_of_their_law(law, mean):
    found = lengths_of(law, 100_000, np.random.default_rng(0))
    assert found.mean() == pytest.approx(mean, rel=0.01)
    assert found.min() >= 1


def test_the_same_seed_gives_the_same_requests():
    load = SyntheticLoad(1.0, 100, prompt="lognormal 600 0.8", answer="exponential 100")
    one, two, other = (synthesise(load, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.input, two.input)
    assert np.array_equal(one.arrival, two.arrival)
    assert not np.array_equal(one.input, other.input)
    assert "made up" in one.source


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"rate": 0.0}, "--rate"),
        ({"rate": float("nan")}, "--rate"),
        ({"requests": 0}, "--requests"),
        ({"requests": 10**9}, "--requests"),
        ({"arrivals": "pareto"}, "--arrivals"),
        ({"cv": 0.0}, "--cv"),
        ({"prompt": "normal 5 1"}, "--input"),
        ({"prompt": "lognormal 600"}, "--input"),
        ({"answer": ""}, "--output"),
        ({"answer": "0"}, "--output"),
        ({"answer": "uniform 900 100"}, "--output"),
        ({"answer": "nan"}, "--output"),
    ],
)
def test_loads_that_cannot_be_are_refused_by_their_key(told, key):
    with pytest.raises(InputError, match=key):
        synthesise(SyntheticLoad(**({"rate": 1.0} | told)), seed=0)


def test_everything_wrong_is_told_at_once():
    load = SyntheticLoad(-1.0, 0, cv=0.0, prompt="x", answer="y")
    with pytest.raises(InputError) as caught:
        synthesise(load, seed=0)
    assert len(caught.value.problems) == 5
