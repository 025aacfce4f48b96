"""The shipped example: files as the table says, answers as its README promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import headrace
from headrace.trust.audit import audit
from headrace.trust.log_reader import read_log
from headrace.trust.pay_to_rank import LOGS, SEED
from headrace.trust.simulated_logs import draw

FOLDER = Path(headrace.__file__).parent / "examples" / "pay_to_rank"


@pytest.mark.parametrize("name", sorted(LOGS))
def test_shipped_log(name: str) -> None:
    market, answer = LOGS[name]
    made = draw(market, SEED)
    log = read_log(FOLDER / f"{name}.parquet", made.columns)
    np.testing.assert_array_equal(log.rank, made.rank)
    np.testing.assert_allclose(log.covariates, made.covariates)
    assert audit(log).answer == answer


def test_the_readme_names_every_log_and_says_simulated() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "simulated" in text
    assert all(f"`{name}.parquet`" in text for name in LOGS)
    assert {path.stem for path in FOLDER.glob("*.parquet")} == set(LOGS)


def test_a_plain_test_would_accuse_the_honest_outsider_case() -> None:
    verdict = audit(read_log(FOLDER / "outsider_honest.parquet"))
    assert verdict.primary.statistic == pytest.approx(2.8, abs=0.05)
