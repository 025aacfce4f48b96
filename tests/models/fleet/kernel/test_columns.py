"""Columns into records and back, compiled as they are used."""

import numpy as np

from headrace.models.fleet.kernel import columns, layout


def test_what_never_happened_is_nan_and_what_did_is_told():
    """Arrived at 1 s, first token at 3 s, the ninth at 7 s: 2 s, (7 - 3) / 8 s, 6 s. The second was
    shed, the third is still waiting.
    """
    requests = np.zeros(3, layout.REQUEST)
    ones = np.ones(3, np.int64)
    columns.write_requests(requests, np.array([1.0, 2.0, 3.0]), 10 * ones, 9 * ones, 0 * ones)
    assert requests["need"].tolist() == [10, 10, 10]
    assert (requests["replica"] == -1).all()
    requests["started"][0], requests["first"][0], requests["done"][0] = 2.0, 3.0, 7.0
    requests["status"][0], requests["replica"][0], requests["hit"][0] = layout.DONE, 4, 6
    requests["status"][1], requests["done"][1] = layout.SHED, 5.0
    times, whole, flags = np.empty((6, 3)), np.empty((2, 3), np.int64), np.empty((2, 3), bool)
    columns.read_requests(requests, times, whole, flags)
    assert times[:, 0].tolist() == [2.0, 0.5, 6.0, 2.0, 7.0, 1.0]
    assert np.isnan(times[:4, 1]).all()
    assert times[4, 1] == 5.0
    assert np.isnan(times[:5, 2]).all()
    assert times[5].tolist() == [1.0, 2.0, 3.0]
    assert whole[:, 0].tolist() == [4, 6]
    assert flags.tolist() == [[False, True, False], [True, False, False]]
