"""Arrivals from published rate laws."""

from pathlib import Path

import numpy as np
import pytest
from tests.builders.fleet_tables import trace

from headrace.core.errors import InputError
from headrace.models.fleet.generator import (
    RateLaws,
    draw_arrivals,
    generate,
    parse_law,
    read_laws,
)
from headrace.verification.registry import Skip, data_file

HEADER = "workload,client,t_s,rate_per_s,cv,dist,shape,scale\n"
LENGTHS = trace([0.0, 1.0], [10, 20], [1, 2])


def laws(shape: float, rate: float, windows: int = 1, weibull: bool = False) -> RateLaws:
    many = np.full(windows, 1.0)
    return RateLaws(
        "x", 600.0 * np.arange(windows), rate * many, np.full(windows, weibull), shape * many
    )


def test_counts_are_kept() -> None:
    """0.5 requests/s over 600 s is 300, in each window; pairs of lengths stay together."""
    found = generate(laws(1.0, 0.5, windows=4), LENGTHS, seed=1)
    assert np.histogram(found.arrival, bins=600 * np.arange(5))[0].tolist() == [300] * 4
    assert set(zip(found.input.tolist(), found.output.tolist(), strict=True)) == {(10, 1), (20, 2)}


@pytest.mark.parametrize(
    ("shape", "weibull", "cv"),
    [(1.0, False, 1.0), (0.25, False, 2.0), (4.0, False, 0.5), (1.0, True, 1.0)],
)
def test_burstiness_is_that_of_the_law(shape: float, weibull: bool, cv: float) -> None:
    """Gaps of a Gamma law of shape k have a coefficient of variation of 1/sqrt(k)."""
    found = generate(laws(shape, 100.0, weibull=weibull), LENGTHS, seed=3)
    gaps = np.diff(found.arrival)
    assert gaps.std() / gaps.mean() == pytest.approx(cv, rel=0.05)


def test_scale_keeps_the_mean_of_odd_counts() -> None:
    found = generate(laws(1.0, 0.001, windows=4000), LENGTHS, scale=0.5, seed=0)
    assert len(found) == pytest.approx(1200, rel=0.1)


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "laws.csv"
    path.write_text(
        HEADER + "a,0,0,1.5,1,Gamma,2,1\nb,0,0,1,1,Weibull,1,1\na,1,600,2,1,Weibull,0.5,1\n"
    )
    found = read_laws(path, "a")
    assert (found.start.tolist(), found.rate.tolist(), found.weibull.tolist()) == (
        [0, 600],
        [1.5, 2],
        [False, True],
    )
    assert found.between(600, 1200).start.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n", "columns"),
        (HEADER, "no workload"),
        (HEADER + "b,0,0,1,1,Gamma,1,1\n", "no workload `a`; expected one of b"),
        (HEADER + "a,0,0,1,1,Cauchy,1,1\n", ":2.*not a law"),
        (HEADER + "a,0,0,-1,1,Gamma,1,1\n", "not a law"),
        (HEADER + "a,0,0,1,1,Gamma,0,1\n", "not a law"),
        (HEADER + "a,0\n", "not a law"),
    ],
)
def test_bad_laws_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "laws.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_laws(path, "a")


def test_nothing_comes_of_nothing() -> None:
    with pytest.raises(InputError, match="0 requests"):
        generate(laws(1.0, 0.0), LENGTHS)


def test_a_published_day_keeps_its_hours() -> None:
    """DeepSeek-R1 serving at Alibaba: as many requests in every hour as the published rates say."""
    try:
        laws = read_laws(data_file("servegen/servegen_rates_10min.csv.gz"), "deepseek-r1")
    except Skip as why:
        pytest.skip(str(why))
    found = generate(laws, LENGTHS)
    hourly = np.bincount((found.arrival // 3600).astype(int), minlength=24)
    published = np.bincount((laws.start // 3600).astype(int), weights=600 * laws.rate, minlength=24)
    np.testing.assert_allclose(hourly, published, rtol=0.001, atol=10)


@pytest.mark.parametrize(
    ("cells", "law"),
    [
        (["w", "c", "600", "0.5", "1", "Gamma", "2", "1"], (600.0, 0.5, False, 2.0)),
        (["w", "c", "0", "0", "1", "Weibull", "0.3", "1"], (0.0, 0.0, True, 0.3)),
        (["w", "c", "-1", "0.5", "1", "Gamma", "2", "1"], None),
        (["w", "c", "0", "-0.5", "1", "Gamma", "2", "1"], None),
        (["w", "c", "0", "0.5", "1", "Gamma", "0", "1"], None),
        (["w", "c", "0", "inf", "1", "Gamma", "2", "1"], None),
        (["w", "c", "0", "0.5", "1", "Pareto", "2", "1"], None),
        (["w", "c", "0"], None),
        (["w", "c", "zero", "0.5", "1", "Gamma", "2", "1"], None),
    ],
)
def test_what_is_a_law(cells: list[str], law: tuple[float, float, bool, float] | None) -> None:
    assert parse_law(cells) == law


def test_arrivals_stay_in_their_window_and_keep_their_count() -> None:
    """Three windows of 0, 1 and 1,000 requests; the second begins at 600 s, the third at
    1,200 s.
    """
    laws = RateLaws(
        "w",
        np.array([0.0, 600.0, 1200.0]),
        np.zeros(3),
        np.array([False, True, True]),
        np.array([1.0, 0.5, 0.2]),
    )
    found = draw_arrivals(laws, np.array([0, 1, 1000]), np.random.default_rng(1))
    assert np.histogram(found, [0.0, 600.0, 1200.0, 1800.0])[0].tolist() == [0, 1, 1000]
    assert found.max() < 1800.0


def test_a_span_begins_at_time_zero() -> None:
    laws = RateLaws("w", np.array([0.0, 600.0, 1200.0]), np.ones(3), np.zeros(3, bool), np.ones(3))
    assert laws.between(600.0, 1200.0).start.tolist() == [0.0]
    assert laws.between(0.0, 1e9).start.tolist() == [0.0, 600.0, 1200.0]
