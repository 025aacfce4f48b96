"""Five own measurements: the level is found, the error is that of points left out."""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.core.errors import InputError
from headrace.models.architecture import language_model
from headrace.models.step_time.own_calibration import (
    calibrated,
    calibrations,
    kriged,
    left_out,
    predicted,
)
from headrace.models.step_time.user_measurements import Measurement

KEY = ("Qwen/Qwen3-32B", "h200", "fp8")
MODEL, PART = language_model(KEY[0]), accelerator(KEY[1])


def measured(factor, loads=(1, 4, 16, 64, 128), key=KEY):
    """Points that are `factor(load)` times slower than the law says."""
    rows = [Measurement(*key, 4, 1000, 300, float(n), 1.0, 1.0, 1.0, 2) for n in loads]
    tpot, ttft = predicted(rows, language_model(key[0]), accelerator(key[1]), key[2])
    return [
        Measurement(*key, 4, 1000, 300, row.concurrency, 2 * b, factor(row.concurrency) * a, 1, 2)
        for row, a, b in zip(rows, tpot, ttft)
    ]


def test_a_constant_factor_is_found_and_leaves_no_error():
    found = calibrated(measured(lambda load: 1.4), MODEL, PART)
    assert (found.tpot, found.ttft, found.points) == (pytest.approx(1.4), pytest.approx(2.0), 5)
    assert found.before == pytest.approx(0.4 / 1.4)
    assert found.error < 0.03
    assert found.factor(32, 1000, 300) == pytest.approx(1.4, rel=0.03)


def test_what_changes_with_the_load_is_followed_between_the_points():
    """20 % more at each fourfold load: between 16 and 64 the factor lies between theirs."""
    law = lambda load: 1.2 ** (np.log(load) / np.log(4))  # noqa: E731
    found = calibrated(measured(law), MODEL, PART)
    assert law(16) < found.factor(32, 1000, 300) < law(64)
    assert found.error < found.before


def test_far_away_the_level_answers_alone():
    near, far = np.log([[8.0, 1000, 300]]), np.log([[8.0, 1e7, 3e6]])
    told = kriged(np.log([[8.0, 1000, 300]]), np.array([0.4]), np.concatenate([near, far]))
    assert told[0] == pytest.approx(0.4 * 0.2 / 0.206)
    assert told[1] == pytest.approx(0.4 * 0.15 / 0.206)


def test_an_error_is_of_points_not_seen():
    """Five equal misses predict each other; a lone odd one does not."""
    loads = np.log(np.column_stack([[1, 4, 16, 64, 256], [1000] * 5, [300] * 5]))
    even, odd = np.full(5, 0.3), np.array([0.3, 0.3, 1.3, 0.3, 0.3])
    assert left_out(loads, even) < 0.04 < left_out(loads, odd)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (measured(lambda load: 1.0, loads=(1, 2)), "2 points of Qwen/Qwen3-32B on h200"),
        ([Measurement("none", *KEY[1:], 4, 10, 10, 1.0, 1, 1, 1, 2)] * 3, "`none`"),
        ([Measurement(KEY[0], KEY[1], "fp9", 4, 10, 10, 1.0, 1, 1, 1, 2)] * 3, "`fp9`"),
    ],
)
def test_what_cannot_be_calibrated_is_told(rows, words):
    with pytest.raises(InputError, match=words):
        calibrations(rows)


def test_each_deployment_has_its_own():
    other = ("Qwen/Qwen3-32B", "b200", "fp4")
    rows = [*measured(lambda load: 1.1), *measured(lambda load: 0.8, key=other)]
    found = calibrations(rows)
    assert [(each.system, round(each.tpot, 3)) for each in found] == [("h200", 1.1), ("b200", 0.8)]
