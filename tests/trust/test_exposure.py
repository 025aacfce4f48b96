from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.exposure import ExposureLog, holm, paid_exposure, read_exposure, uniformity
from headrace.verification.registry import Skip
from headrace.verification.trust import open_bandit_log


def _real(policy: str, campaign: str = "all") -> ExposureLog:
    try:
        return open_bandit_log(policy, campaign)
    except Skip as why:
        pytest.skip(str(why))


def _drawn(chance: np.ndarray, rows: int, seed: int) -> ExposureLog:
    rng = np.random.default_rng(seed)
    item = rng.choice(len(chance), size=rows, p=chance)
    return ExposureLog(item, rng.integers(1, 4, rows), chance[item], len(chance))


def test_chi_square_by_hand() -> None:
    """Counts 3, 1 of two candidates: (1 + 1) / 2 = 1."""
    log = ExposureLog(np.array([0, 0, 0, 1]), np.ones(4, dtype=np.int64), np.full(4, 0.5), 2)
    assert uniformity(log).tests[0].statistic == pytest.approx(1.0)


def test_holm_by_hand() -> None:
    """0.01 * 3 = 0.03; 0.03 * 2 = 0.06; 0.04 * 1 = 0.04, lifted to 0.06."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


def test_propensities_explain_a_learning_policy_and_not_a_lie() -> None:
    chance = np.array([0.4, 0.3, 0.2, 0.1])
    paid = np.array([True, True, False, False])
    log = _drawn(chance, 6000, seed=1)
    assert uniformity(log).dependent()
    assert paid_exposure(log, paid, explained=False).dependent()
    assert not paid_exposure(log, paid, explained=True).dependent()
    lie = ExposureLog(log.item, log.position, np.full(len(log.item), 0.25), 4)
    assert paid_exposure(lie, paid, explained=True).dependent()


def test_real_uniform_log_passes_and_real_thompson_log_does_not() -> None:
    """The published check of the sample: p = .92, .23, .19 by position, above .05 after Holm."""
    found = uniformity(_real("random"))
    assert [round(one.p_value, 2) for one in found.tests] == [0.92, 0.23, 0.19]
    assert not found.dependent()
    thompson = uniformity(_real("bts"))
    assert all(one.adjusted < 1e-100 for one in thompson.tests)


def test_bad_files_and_flags(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    for text in (
        "",
        "a,b\n1,2\n",
        "item_id,position,propensity_score\n1,1,\n",
        "item_id,position,propensity_score\n-1,1,0.5\n2,1,0\n",
    ):
        path.write_text(text)
        with pytest.raises(InputError):
            read_exposure(path)
    log = _drawn(np.full(4, 0.25), 50, seed=0)
    for paid in (np.ones(4, dtype=bool), np.array([True, False])):
        with pytest.raises(InputError):
            paid_exposure(log, paid, explained=False)
