"""The specification curve: which ones there are, and that the first decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headrace.trust.log import AuditLog, Columns
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.trust.specifications import specification_curve


def with_covariates(number: int) -> AuditLog:
    log = draw(Marketplace(queries=60, items=4), seed=1)
    names = tuple(f"score{j}" for j in range(number))
    values = np.random.default_rng(2).standard_normal((log.rows, number))
    return replace(log, covariates=values, columns=Columns(relevance=names))


@pytest.mark.parametrize(
    ("covariates", "count"),
    [
        (0, 3),  # three readings of the rank, nothing to hold equal
        (1, 3 * 2 + 1),  # readings x forms, and nothing held equal
        (2, 3 * 2 + 2 + 1),  # and without each
        (3, 3 * 2 + 3 + 3 + 1),  # and with each alone
    ],
)
def test_how_many_ways_there_are(covariates, count):
    curve = specification_curve(with_covariates(covariates))
    assert len(curve) == count
    assert len({one.name for one in curve}) == count


def test_the_deciding_one_holds_everything_equal_in_places():
    first = specification_curve(with_covariates(3))[0]
    assert (first.outcome, first.form, first.covariates) == ("places", "spline", (0, 1, 2))


def test_each_covariate_is_left_out_once_and_stands_alone_once():
    curve = specification_curve(with_covariates(3))
    held = [one.covariates for one in curve if one.name.startswith("places, spline, ")]
    assert sorted(held) == sorted([(0, 1, 2), (1, 2), (0, 2), (0, 1), (0,), (1,), (2,)])
