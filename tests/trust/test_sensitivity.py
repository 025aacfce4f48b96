from __future__ import annotations

import math

import pytest

from headrace.trust.sensitivity import (
    Benchmark,
    Needed,
    Robustness,
    effect_at,
    robustness_value,
    robustness_value_at,
    shares_of_driver,
    times_needed,
    whole_fake,
    worst_bias,
)

FEMALE = Benchmark("female", 1, 0.009081065190329763, 0.0, 0.10903391542784192, 0.0)


def test_robustness_value_by_hand() -> None:
    """r = 0.6: f^2 = 0.36 / 0.64 = 0.5625; (sqrt(0.31640625 + 2.25) - 0.5625) / 2 = (1.60200... -
    0.5625) / 2 = 0.5197.
    """
    assert robustness_value(0.6) == pytest.approx((math.sqrt(0.31640625 + 2.25) - 0.5625) / 2)
    assert robustness_value(0.0) == 0.0
    assert robustness_value(1.0) == 1.0


def test_robustness_value_of_darfur() -> None:
    """Cinelli & Hazlett 2020, table 1: t = 4.18 with 783 degrees of freedom gives a robustness
    value of 13.9 %.
    """
    r = 4.18 / math.sqrt(4.18**2 + 783)
    assert robustness_value(r) == pytest.approx(0.139, abs=5e-4)


@pytest.mark.parametrize("value", [0.01, 0.2, 0.6, 0.95])
def test_effect_at_inverts_the_robustness_value(value: float) -> None:
    f = effect_at(value, 1.0)
    assert robustness_value(f / math.sqrt(1 + f * f)) == pytest.approx(value)


def test_worst_bias_by_hand() -> None:
    """A benchmark that explains 10 % of paid, twice as strong: 2 * 0.1 / 0.9 = 2/9; sqrt((2/9) /
    (7/9)) = sqrt(2/7).
    """
    assert worst_bias(0.1, 3.0) == pytest.approx(3.0 * math.sqrt(2 / 7))
    assert worst_bias(0.4, 3.0) == math.inf
    assert worst_bias(0.0, 3.0) == 0.0


def test_robustness_value_at_a_level_as_published() -> None:
    """PySensemakr 0.0.8, Darfur, t = 4.18445 with 783 degrees of freedom: 7.626 % at 5 %, 5.559 %
    at 1 %. A t of 1.5 is not significant, so nothing is needed to make it so.
    """
    assert robustness_value_at(4.184449984808401, 783) == pytest.approx(0.07625796554486282)
    assert robustness_value_at(-4.184449984808401, 783) == pytest.approx(0.07625796554486282)
    assert robustness_value_at(4.184449984808401, 783, 0.01) == pytest.approx(0.055590517543478934)
    assert robustness_value_at(1.5, 783) == 0.0


@pytest.mark.parametrize(
    ("times", "of_paid", "of_rank"),
    [(1, 0.009164, 0.124641), (2, 0.018329, 0.249324), (3, 0.027493, 0.374050)],
)
def test_a_driver_like_female_as_published(times: int, of_paid: float, of_rank: float) -> None:
    assert shares_of_driver(FEMALE, times) == pytest.approx((of_paid, of_rank), abs=1e-6)


def test_the_needed_multiple_brings_the_effect_to_zero() -> None:
    """At the multiple found, sqrt(R2y R2d / (1 - R2d)) is f itself; no effect needs nothing; a
    column that is not tied to paid is no match however strong.
    """
    f = 0.15
    times = times_needed(FEMALE, f)
    of_paid, of_rank = shares_of_driver(FEMALE, times)
    assert math.sqrt(of_rank * of_paid / (1 - of_paid)) == pytest.approx(f, rel=1e-6)
    assert times_needed(FEMALE, 0.0) == 0.0
    assert times_needed(Benchmark("x", 1, 0.0, 0.3, 0.3, 0.0), f) == math.inf


def test_a_driver_never_explains_more_than_all() -> None:
    strong = Benchmark("sold", 1, 0.6, 0.3, 0.3, 0.0)
    assert shares_of_driver(strong, 0.5)[0] == pytest.approx(0.75)
    assert shares_of_driver(strong, 1.0) == (1.0, 1.0)
    assert times_needed(Benchmark("paid", 1, 1.0, 0.3, 0.3, 0.0), 0.5) == 0.0
    alone = Benchmark("sold", 1, 0.2, 0.3, 1.0, 0.0)  # explains all of rank that paid leaves
    assert times_needed(alone, 0.5) == pytest.approx(0.2 / 0.25)  # R2d / (1 - R2d) = 0.25
    assert times_needed(strong, 50.0) == pytest.approx(2 / 3, abs=1e-3)


def test_an_effect_that_is_all_fake_stays_within_the_scale() -> None:
    """A driver that explains all of rank and R2d of paid fakes r = sqrt(R2d), and no more."""
    for of_paid in (0.1, 0.5, 0.9):
        bias = 2.0 * math.sqrt(of_paid / (1 - of_paid))
        assert whole_fake(bias, 2.0) == pytest.approx(2.0 * math.sqrt(of_paid))
    assert whole_fake(math.inf, 2.0) == 2.0
    assert whole_fake(0.0, 2.0) == 0.0


def test_an_effect_stands_against_everything_seen_and_a_quarter_of_both() -> None:
    needed = (Needed("a", 1, 3.0), Needed("b", 1, 1.5), Needed("a and b", 2, 1.0))
    found = Robustness(0.4, 0.25, (), needed)
    assert found.stands
    assert found.named == needed[1]
    assert found.driver().startswith("1.5 times as strong as b, or 1 times as strong as a and b")
    assert not Robustness(0.4, 0.249, (), needed).stands
    assert not Robustness(0.4, 0.3, (), (*needed, Needed("c", 1, 0.99))).stands
