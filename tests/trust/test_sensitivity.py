from __future__ import annotations

import math

import pytest

from headrace.trust.sensitivity import effect_at, robustness_value, worst_bias


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
