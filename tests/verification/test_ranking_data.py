"""Foreign answers with planted money: read as written, ranked as told."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.trust.log import Columns
from headrace.verification.ranking_data import planted, read_ranking_data


@pytest.fixture
def data(tmp_path):
    """Three queries of 2, 3 and 4 items; the label is feature 1, feature 7 is noise, 3 is dead."""
    rng = np.random.default_rng(1)
    lines = [f"{k % 3} 1:{k % 3} 3:1.0 7:{rng.random():.3f}" for k in range(9)]
    (tmp_path / "rank.train").write_text("\n".join(lines) + "\n")
    (tmp_path / "rank.train.query").write_text("2\n3\n4\n")
    return read_ranking_data(tmp_path)


def test_dead_features_are_left_out_and_the_score_has_unit_spread(data):
    assert data.features.shape == (9, 2)
    assert data.score.std() == pytest.approx(1.0)
    assert data.query.tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert np.corrcoef(data.strongest(1)[:, 0], np.arange(9) % 3)[0, 1] == pytest.approx(1.0)
    assert data.half == pytest.approx(data.features[:, 0] * data.load[0])


def test_money_moves_items_by_beta_and_only_then(data):
    columns = Columns(platform_score=("s",))
    honest = planted(data, data.score[:, None], columns, 3)
    for low, high in zip(honest.starts, honest.starts[1:]):
        order = np.argsort(honest.rank[low:high])
        assert (np.diff(data.score[low:high][order]) <= 0).all()
    bought = planted(data, data.score[:, None], columns, 3, beta=100.0)
    for low, high in zip(bought.starts, bought.starts[1:]):
        order = np.argsort(bought.rank[low:high])
        assert (np.diff(bought.paid[low:high][order]) <= 0).all()


def test_a_randomised_log_carries_its_propensity(data):
    log = planted(data, data.features, Columns(relevance=("a", "b"), propensity="p"), 3)
    assert log.propensity is not None
    assert ((log.propensity >= 0.2) & (log.propensity <= 0.5)).all()
