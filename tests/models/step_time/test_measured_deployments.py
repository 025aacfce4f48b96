"""The table of measured deployments, where the extra is installed: what is read and what is
refused.
"""

import numpy as np
import pytest

from headrace.models.step_time.measured_deployments import library_answers, read, table_path
from headrace.models.step_time.roofline import Coefficients, times

pytestmark = pytest.mark.skipif(table_path() is None, reason="the extra `kernel` is not installed")


@pytest.fixture(scope="module")
def data():
    return read(table_path())


def test_every_priceable_row_is_read(data):
    """3,619 aggregated and 274 disaggregated rows have batch sizes."""
    assert len(data.row) == 3893
    assert int(data.terms.disaggregated.sum()) == 274


def test_every_row_is_priced(data):
    found = times(data.terms, Coefficients())
    assert np.isfinite(found.tpot).all()
    assert (found.tpot > 0).all()
    assert (found.ttft > 0).all()


def test_speed_of_light_is_never_beaten(data):
    """With every cost at 1 and no overhead, fewer than 2 % of the measured steps are faster
    (mixed-up widths in the table).
    """
    light = times(data.terms, Coefficients(1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0))
    assert float((light.decode > data.tpot).mean()) < 0.02


def test_the_librarys_answers_are_those_published_in_the_study(data):
    """It answers about 71 % of the rows, with a mean error of 28.7 % (TPOT) found in an independent
    run.
    """
    line, _, tpot = library_answers()
    position = {int(i): j for j, i in enumerate(line)}
    error = [
        abs(tpot[position[int(r)]] / m - 1)
        for r, m in zip(data.row, data.tpot)
        if int(r) in position
    ]
    assert len(error) / len(data.row) == pytest.approx(0.71, abs=0.01)
    assert np.mean(error) == pytest.approx(0.287, abs=0.01)
