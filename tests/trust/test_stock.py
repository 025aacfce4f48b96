from __future__ import annotations

import math

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.stock import (
    Business,
    Habits,
    break_even_loss,
    churn_factor,
    expected_path,
    firm_value,
    hazard,
    settled_trust,
    temptations,
    trust_path,
)

FIRM = Business(profit=100.0, gain=50.0, discount=0.9)


def test_trust_path_by_hand() -> None:
    """T = 0.8; wear 0.1 * load 2 * irrelevance 0.5 = 0.1; T' = 0.8 + 0.05 * 0.2 - 0.08 = 0.73;
    exposed: 0.73 * 0.6 = 0.438.
    """
    habits = Habits(repair=0.05, wear=0.1, jump=0.4)
    assert trust_path(0.8, [2.0], [0.5], habits, [False])[1] == pytest.approx(0.73)
    assert trust_path(0.8, [2.0], [0.5], habits, [True])[1] == pytest.approx(0.438)


def test_trust_settles_where_the_formula_says() -> None:
    habits = Habits(repair=0.05, wear=0.1, jump=0.0)
    path = trust_path(1.0, [2.0] * 400, [0.5] * 400, habits, [False] * 400)
    assert path[-1] == pytest.approx(settled_trust(2.0, 0.5, habits)) == pytest.approx(0.05 / 0.15)
    assert np.all(np.diff(path) <= 0)
    assert settled_trust(0.0, 1.0, Habits(0.0, 0.1, 0.0)) == 1.0


def test_more_load_or_less_relevance_never_helps() -> None:
    habits = Habits(repair=0.02, wear=0.2, jump=0.5)
    levels = [
        trust_path(0.9, [load] * 20, [0.4] * 20, habits, [False] * 20)[-1]
        for load in (0.0, 0.5, 1.0, 5.0, 100.0)
    ]
    assert levels == sorted(levels, reverse=True)
    assert all(0.0 <= level <= 1.0 for level in levels)
    assert churn_factor(1.0, 2.0) == 1.0 < churn_factor(0.5, 2.0) == pytest.approx(math.e)


def test_hazard_of_several_audits() -> None:
    """Two audits of power 0.5: 1 - 0.25."""
    assert hazard(0.5, 2.0) == pytest.approx(0.75)
    assert hazard(0.0, 9.0) == 0.0
    assert hazard(1.0) == 1.0
    assert hazard(0.7, 0.0) == 0.0


def test_break_even_loss_in_closed_form() -> None:
    """gain beta (1 - d) / (d h pi) = 50 * 0.2 * 0.1 / (0.9 * 0.25 * 100) = 0.0444; there both
    values are 1,000.
    """
    loss = break_even_loss(FIRM, 0.2, exposure=0.25)
    assert loss == pytest.approx(1.0 / 22.5)
    assert (
        firm_value(FIRM, 0.2, 0.25, loss)
        == pytest.approx(1000.0)
        == pytest.approx(firm_value(FIRM, 0.0, 0.0, loss))
    )


def test_firm_value_equals_the_mean_of_drawn_lives() -> None:
    """Monte Carlo of the story told in the docstring, 40,000 lives."""
    rng = np.random.default_rng(1)
    # periods earned with bias, the exposing one included
    exposed_after = rng.geometric(0.3, 40_000)
    d, loss, beta = 0.9, 0.4, 0.5
    earned = (100 + 50 * beta) * (1 - d**exposed_after) / (1 - d) + d**exposed_after * (
        1 - loss
    ) * 100 / (1 - d)
    error = earned.std() / math.sqrt(len(earned))
    assert abs(earned.mean() - firm_value(FIRM, beta, 0.3, loss)) < 4 * error


def test_which_bias_would_ever_pay() -> None:
    """With detection by a power curve, the undetectable small bias and the gross one tempt; a loss
    above the threshold ends both.
    """

    def power(beta: float) -> float:
        return 0.05 + 0.95 * (1 - math.exp(-((beta / 0.1) ** 2)))

    found = temptations(FIRM, [0.0, 0.05, 0.1, 0.5, 4.0], power)
    assert found[0].break_even_loss == 0.0
    assert [one.hazard for one in found] == sorted(one.hazard for one in found)
    for one in found[1:]:
        worth = [
            firm_value(FIRM, one.beta, one.hazard, loss) - firm_value(FIRM, 0.0, 0.05, loss)
            for loss in (0.0, 1.0)
        ]
        crossing = worth[0] / (worth[0] - worth[1])
        assert one.break_even_loss == pytest.approx(crossing)
        assert one.pays(one.break_even_loss * 0.99)
        assert not one.pays(one.break_even_loss * 1.01)
    assert break_even_loss(FIRM, 0.1, exposure=0.0) == math.inf  # never found out


def test_values_outside_their_range_are_refused() -> None:
    for build in (
        lambda: Habits(-0.1, 0, 0),
        lambda: Habits(0, 0, 1.5),
        lambda: Business(0.0, 1.0, 0.9),
        lambda: Business(1.0, 1.0, 1.0),
    ):
        with pytest.raises(InputError):
            build()
    with pytest.raises(InputError):
        trust_path(1.0, [1.0], [], Habits(0, 0, 0), [False])
    with pytest.raises(InputError):
        hazard(1.2)


def test_mean_trust_over_what_is_found_by_hand() -> None:
    """0.73 a period later unexposed, of which a tenth loses 0.4: 0.73 x 0.96; use that fails in 2 %
    wears 3 x 0.02 more, 0.06 x 0.8. It is the mean over 20,000 drawn histories.
    """
    habits = Habits(repair=0.05, wear=0.1, jump=0.4, failure_wear=3.0)
    pressed = [(2.0, 0.5, 0.0)]
    assert expected_path(0.8, habits, pressed, 0.1)[1] == pytest.approx(0.73 * 0.96)
    assert expected_path(0.8, habits, [(2.0, 0.5, 0.02)])[1] == pytest.approx(0.73 - 0.048)
    rng = np.random.default_rng(3)
    drawn = [
        trust_path(0.8, [2.0] * 5, [0.5] * 5, habits, [bool(x) for x in rng.random(5) < 0.1])[-1]
        for _ in range(20_000)
    ]
    mean = expected_path(0.8, habits, pressed * 5, 0.1)[-1]
    assert abs(np.mean(drawn) - mean) < 5 * np.std(drawn) / math.sqrt(20_000)
    with pytest.raises(InputError):
        expected_path(1.2, habits, pressed)
