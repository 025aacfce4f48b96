"""Training: goodput by two routes, published runs by hand, stated odds."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.models.training import (
    BandedEstimate,
    SuccessBelief,
    benchmark_share,
    effective_flops,
    goodput,
    hours_to_success,
    production,
    published_runs,
    training_hours,
    young_daly,
)


def test_young_daly_by_hand():
    """16,384 accelerators of 50,700 h: one failure in 3.09 h = 11,140 s. sqrt(120 / 11,140) =
    0.104, 600 / 11,140 = 0.054: 84 %.
    """
    assert young_daly(16_384, 50_700, 60, 600) == pytest.approx(0.842, abs=0.001)


@pytest.mark.parametrize("accelerators", [64, 1024, 16_384])
def test_exact_and_first_order_agree_where_failures_are_rare(accelerators):
    """Second-order terms stay below the square of what is lost."""
    exact, first = goodput(accelerators, 50_700), young_daly(accelerators, 50_700)
    assert abs(exact - first) < (1 - exact) ** 2 + 1e-4


def test_exact_goodput_against_a_simulated_run():
    """100,000 segments drawn at random: work 1,000 s, checkpoint 60 s, restart 300 s that may fail
    too, M = 5,000 s.
    """
    rng, between, spent, done = np.random.default_rng(5), 5000.0, 0.0, 0
    while done < 20_000:
        while (fail := rng.exponential(between)) < 1360.0:
            spent += fail
        spent += 1360.0
        done += 1
    # every segment begins with its restart here: tau / (M (e^((R + tau + d)/M) - 1)), a little
    # below the formula's bound
    assert 1000.0 * done / spent == pytest.approx(
        1000.0 / (between * np.expm1(1360.0 / between)), rel=0.01
    )
    exact = goodput(1, between / 3600.0, 60.0, 300.0, 1000.0)
    assert exact == pytest.approx(
        1000.0 / (between * np.exp(300 / between) * np.expm1(1060 / between))
    )
    assert exact > 1000.0 * done / spent


def test_the_best_interval_is_best():
    best = goodput(8192, 50_700)
    assert all(
        goodput(8192, 50_700, interval=tau) <= best + 1e-9 for tau in np.geomspace(30, 30_000, 40)
    )


def test_goodput_falls_with_scale():
    shares = [goodput(n, 50_700, 60, 600) for n in (1024, 8192, 65_536, 131_072, 1_000_000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0


def test_llama_2_70b_share_by_hand():
    """6 x 69e9 x 2e12 + 6 x 80 x 8,192 x 4,096 x 2e12 = 8.60e23 FLOP over 1,720,320 h x 3,600 x
    312e12 = 1.932e24: 44.5 %.
    """
    run = next(run for run in published_runs() if run.name == "llama-2-70b")
    assert run.share == pytest.approx(0.445, abs=0.001)


def test_production_hours_hold_the_published_ones():
    """Llama 3.1 405B took 30.84 million H100-hours; the class was frozen without it."""
    found = training_hours(3.957e25, "h100", 16_384)
    assert found.accelerator_hours.low < 30.84e6 < found.accelerator_hours.high
    assert 0.2 < production().low < production().value < production().high < 0.7


def test_benchmark_class_matches_the_published_curve():
    """MLPerf Training v5.0, Llama 3.1 405B on H100: 81.8 % at 512, 70.1 % at 8,192 of the bf16
    peak.
    """
    assert benchmark_share(512) == pytest.approx(0.818, rel=0.04)
    assert benchmark_share(8192) == pytest.approx(0.701, rel=0.04)
    assert effective_flops("h100", "benchmark", 512).value > effective_flops("h100").value


def test_odds_are_a_belief_with_an_owner():
    """Two tries at 50 %: 1.5 expected."""
    run = training_hours(1e24, "h100", 1024)
    found = hours_to_success(run, SuccessBelief(0.5, "the study"), 2)
    assert found.value == pytest.approx(1.5 * run.accelerator_hours.value)
    assert isinstance(found, BandedEstimate)
    with pytest.raises(InputError, match="whose belief"):
        SuccessBelief(0.5, "")


@pytest.mark.parametrize(("flop", "count"), [(0.0, 8), (-1.0, 8), (1e20, 0), (float("nan"), 8)])
def test_bad_runs_are_named(flop, count):
    with pytest.raises(InputError, match="both positive"):
        training_hours(flop, "h100", count)


def test_tries_until_a_success_by_hand():
    """Chance 1/2, three tries: 1 + 1/2 + 1/4 = 1.75 runs; certain success one, hopeless
    all three.
    """
    run = training_hours(1e24, "h100", 1024)
    hours = run.accelerator_hours

    def tries(chance, attempts):
        belief = SuccessBelief(chance, "a test")
        return hours_to_success(run, belief, attempts).value / hours.value

    assert tries(0.5, 3) == pytest.approx(1.75)
    assert tries(1.0, 3) == pytest.approx(1.0)
    assert tries(0.0, 3) == pytest.approx(3.0)


def test_hours_are_work_over_useful_speed():
    """Twice the work takes twice the hours, and twice the accelerators half the days."""
    one = training_hours(1e24, "h100", 1024)
    twice = training_hours(2e24, "h100", 1024)
    wide = training_hours(1e24, "h100", 2048)
    assert twice.accelerator_hours.value == pytest.approx(2 * one.accelerator_hours.value)
    assert wide.days == pytest.approx(one.days / 2)
    speed = effective_flops("h100")
    assert one.accelerator_hours.value == pytest.approx(1e24 / speed.value / 3600)
    assert one.accelerator_hours.low == pytest.approx(1e24 / speed.high / 3600)


def test_a_benchmark_run_pays_for_its_failures_apart():
    bench, whole = (
        training_hours(1e24, "h100", 8192, kind) for kind in ("benchmark", "production")
    )
    assert 0 < bench.goodput < 1
    assert whole.goodput == 1.0
    share = benchmark_share(8192)
    speed = effective_flops("h100", "benchmark", 8192).value
    assert speed == pytest.approx(989e12 * share)
    expected = 1e24 / speed / bench.goodput / 3600
    assert bench.accelerator_hours.value == pytest.approx(expected)
