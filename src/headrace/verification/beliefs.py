"""Rows of `headrace verify --only beliefs`: reductions, copulas, scores and smoothing against
published values; our forecasts against what came, by rolling origins.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file, files
from importlib.util import find_spec

import numpy as np
from scipy import stats

from headrace.beliefs.copula import concordance, lower_tail, ranks
from headrace.beliefs.history import parse_histories
from headrace.beliefs.reduction import optimal_subset, quantised
from headrace.verification.registry import CheckOutcome, Skip, check

MARKET = "the extra `market` is not installed: pip install 'headrace[market]'"
LIVESTOCK = (
    263.917747, 268.307222, 260.662556, 266.639419, 277.515778, 283.834045, 290.309028,
    292.474198, 300.830694, 309.286657, 318.331081, 329.37239, 338.883998, 339.244126,
    328.600632, 314.255385, 314.459695, 321.413779, 329.789292, 346.385165, 352.297882,
    348.370515, 417.562922, 417.12357, 417.749459, 412.233904, 411.946817, 394.697075,
    401.49927, 408.270468, 414.2428,
)  # fmt: skip
_OURS = "a bar of Headrace's own; recomputed here"


@check(
    "beliefs.damped.livestock",
    what="sheep in Asia 1970-2000: squared errors of three smoothings, damped forecasts",
    unit="M | M^2",
    tolerance=1e-3,
    source="Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 2nd ed. 2018, 7.2-7.3",
)
def livestock() -> Iterable[CheckOutcome]:
    """The library behind the baseline, at the book's setting (damping .98)."""
    if find_spec("statsmodels") is None:
        raise Skip(MARKET)
    from statsmodels.tsa.holtwinters import ExponentialSmoothing, Holt, SimpleExpSmoothing

    values = np.array(LIVESTOCK)
    plain = SimpleExpSmoothing(values, initialization_method="estimated").fit()
    line = Holt(values, initialization_method="estimated").fit()
    damped = ExponentialSmoothing(
        values, trend="add", damped_trend=True, initialization_method="estimated"
    ).fit(damping_trend=0.98)
    for name, found, told in (
        ("ses", plain, 6761.35),
        ("holt", line, 6004.14),
        ("damped", damped, 6036.56),
    ):
        yield CheckOutcome(float(found.sse), told, id_suffix=f".sse_{name}")
    ahead = np.asarray(damped.forecast(3))
    for place, told in enumerate((417.671, 421.082, 424.426)):
        yield CheckOutcome(float(ahead[place]), told, id_suffix=f".ahead_{place + 1}")


@check(
    "beliefs.quantised.max",
    what="least squared error of a standard normal in 2, 3, 4, 8 points",
    unit="1",
    tolerance=2e-3,
    source="Max, IRE Transactions on Information Theory 6 (1960), table I",
)
def quantised_normal() -> Iterable[CheckOutcome]:
    """On 20,001 equally likely quantiles of the normal."""
    number = 20_001
    points = stats.norm.ppf((np.arange(number) + 0.5) / number)[:, None]
    mass = np.full(number, 1.0 / number)
    for k, error, outer in ((2, 0.36338, 0.7979), (3, 0.19017, 1.2240), (4, 0.11748, 1.5104)):
        cells = quantised(points, mass, k, np.random.default_rng(0))
        yield CheckOutcome(cells.error, error, id_suffix=f".error_{k}")
        yield CheckOutcome(float(cells.centres[-1, 0]), outer, id_suffix=f".outer_{k}")
    four = quantised(points, mass, 4, np.random.default_rng(0))
    yield CheckOutcome(float(four.probability[1]), 0.3369, id_suffix=".probability_4")
    eight = quantised(points, mass, 8, np.random.default_rng(0))
    yield CheckOutcome(eight.error, 0.03455, id_suffix=".error_8")


@check(
    "beliefs.subset.wasserstein",
    what="best 1, 2, 3 of five equally likely points 1, 2, 4, 8, 16 in W1",
    unit="1",
    tolerance=1e-12,
    source="Dupacova, Growe-Kuska & Roemisch, Mathematical Programming 95 (2003); by enumeration",
)
def subsets() -> Iterable[CheckOutcome]:
    """{4} at 4.2, {2, 16} at 1.8, {2, 8, 16} at 0.6."""
    points, mass = np.array([1.0, 2, 4, 8, 16])[:, None], np.full(5, 0.2)
    for k, distance, kept in ((1, 4.2, (2,)), (2, 1.8, (1, 4)), (3, 0.6, (1, 3, 4))):
        found = optimal_subset(points, mass, k)
        told = sorted(float(points[i, 0]) for i in found.kept)
        reason = f"kept {told}; as good as {sorted(float(points[i, 0]) for i in kept)}"
        yield CheckOutcome(found.distance, distance, reason=reason, id_suffix=f".{k}")


@check(
    "beliefs.copula.concordance",
    what="Kendall, Spearman, both below their medians; Gaussian .5 and .8, Clayton 2",
    unit="1",
    tolerance=1e-5,
    source="Nelsen, An Introduction to Copulas, 2nd ed. 2006, 5.1; Joe, 2014, 4.3 and 4.6",
)
def copulas() -> Iterable[CheckOutcome]:
    """Closed forms; the draws that use them are checked against these to sampling error."""
    for rho, told in ((0.5, (1 / 3, 0.482584, 1 / 3)), (0.8, (0.590334, 0.785939, 0.397584))):
        names = ("tau", "spearman", "both")
        for name, ours, theirs in zip(names, concordance("gaussian", rho), told):
            yield CheckOutcome(ours, theirs, id_suffix=f".gaussian_{rho:g}_{name}")
    yield CheckOutcome(concordance("clayton", 2.0)[0], 0.5, id_suffix=".clayton_tau")
    yield CheckOutcome(lower_tail(2.0), 0.707107, id_suffix=".clayton_tail")
    matrix = np.array([[1.0, 0.5], [0.5, 1.0]])
    drawn = ranks("gaussian", matrix, 40_000, np.random.default_rng(0))
    seen = float(stats.kendalltau(*drawn.T).statistic)
    yield CheckOutcome(seen, 1 / 3, absolute=True, tolerance=0.01, id_suffix=".drawn_tau")


@check(
    "beliefs.scores.closed",
    what="CRPS of a normal, a lognormal and an ensemble; interval score",
    unit="1",
    tolerance=1e-5,
    source="Gneiting & Raftery 2007; Baran & Lerch 2015 (lognormal); Ferro 2014 (fair)",
)
def scores() -> Iterable[CheckOutcome]:
    """The library that scores, at values with a closed form."""
    if find_spec("scoringrules") is None:
        raise Skip(MARKET)
    import scoringrules as sr

    told = (
        ("normal_0", sr.crps_normal(0.0, 0.0, 1.0), 0.233695),
        ("normal_1", sr.crps_normal(1.0, 0.0, 1.0), 0.602441),
        ("lognormal_1", sr.crps_lognormal(1.0, 0.0, 1.0), 0.267405),
        ("lognormal_3", sr.crps_lognormal(3.0, 0.0, 1.0), 1.196516),
        ("interval", sr.interval_score(4.0, 1.0, 3.0, 0.2), 12.0),
        ("ensemble", sr.crps_ensemble(2.2, np.arange(1.0, 6.0), estimator="nrg"), 0.56),
        ("ensemble_fair", sr.crps_ensemble(2.2, np.arange(1.0, 6.0), estimator="fair"), 0.36),
    )
    for name, ours, theirs in told:
        yield CheckOutcome(float(ours), theirs, id_suffix=f".{name}")


@check(
    "beliefs.rolling",
    what="rolling origins of seven public series: mean CRPS by the better baseline's; coverage",
    unit="1",
    tolerance=0.0,
    source=_OURS,
)
def rolling_origins() -> Iterable[CheckOutcome]:
    """At most .9 of the better of last value and damped trend, over at least 40 points; 80 %
    intervals hold 65 to 95 % of them.
    """
    if find_spec("scoringrules") is None or find_spec("statsmodels") is None:
        raise Skip(MARKET)
    from headrace.beliefs.scores import BAR, rolling, summary

    name = "public_histories.csv"
    text = (files("headrace.beliefs") / "catalogue" / name).read_text(encoding="utf-8")
    points = rolling(parse_histories(text, name))
    whole = summary(points)
    each = {
        series: summary([p for p in points if p.series == series])
        for series in dict.fromkeys(p.series for p in points)
    }
    lost = ", ".join(series for series, part in each.items() if part.ratio >= 1)
    reason = f"{whole.verdict}; ends x{whole.width:.2f} apart; series that do not: {lost or 'none'}"
    over = max(0.0, whole.ratio / BAR - 1)
    yield CheckOutcome(whole.ratio, BAR, deviation=over, reason=reason, id_suffix=".ratio")
    few = max(0.0, 40 / whole.points - 1)
    yield CheckOutcome(whole.points, 40, deviation=few, id_suffix=".points")
    apart = max(0.65 - whole.coverage, whole.coverage - 0.95, 0.0)
    yield CheckOutcome(whole.coverage, 0.8, deviation=apart, id_suffix=".coverage")


@check(
    "beliefs.forecast.stored",
    what="the forecast file of 2025-10-08 made again from its inputs: worst quantile",
    unit="1",
    tolerance=1e-4,
    source=_OURS,
)
def stored_forecast() -> CheckOutcome:
    """Made of the stored known file and priors, with their hashes."""
    from headrace.beliefs import forecast_file

    if find_spec("statsmodels") is None:
        raise Skip(MARKET)
    with as_file(files("headrace.beliefs") / "catalogue" / forecast_file.STORED) as path:
        _, stored = forecast_file.read(path)
    made = {one.series: one for one in forecast_file.make(None, "2025-10-08", 15, 10_000, 0).series}
    levels = np.array(forecast_file.LEVELS) / 100
    worst = 0.0
    for one in stored:
        again = np.quantile(made[one.series].draws, levels, axis=0).T
        size = np.maximum(np.abs(one.quantiles), 1e-12)
        worst = max(worst, float(np.max(np.abs(again - one.quantiles) / size)))
    return CheckOutcome(worst, 0.0, absolute=True)
