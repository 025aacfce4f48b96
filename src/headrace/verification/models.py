"""Outside results of serving, video, training and power beside ours: `headrace verify --only
models`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.core.arrays import Floats
from headrace.models.architecture import language_model
from headrace.models.power import fit_saturated
from headrace.models.serving.frontier import serve
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.training import benchmark_share, production, training_hours
from headrace.models.video import clip_seconds, fit, published
from headrace.verification import fleet as _fleet  # noqa: F401  registers its rows
from headrace.verification import published_fleets as _sizes  # noqa: F401  registers its row
from headrace.verification import published_frontier as _frontier  # noqa: F401  its rows
from headrace.verification import rubin_steps as _rubin  # noqa: F401  registers its rows
from headrace.verification import silicon as _silicon  # noqa: F401  registers its rows
from headrace.verification.deepseek_day import books, read_day
from headrace.verification.registry import CheckOutcome, check, data_file


@check(
    "models.video.leave_one_out",
    what="Seconds a clip, 23 published times, leave one out",
    unit="1",
    tolerance=0.08,
    source=(
        "Wan 2.1, Wan 2.2, HunyuanVideo and Open-Sora 2.0 repositories, times on one accelerator"
    ),
)
def video() -> CheckOutcome:
    """Mean absolute relative error; the law is fitted without the run it answers."""
    runs, misses = published(), []
    for i, run in enumerate(runs):
        law = fit(runs[:i] + runs[i + 1 :])
        software = "flash3" if run.software == "wan-2.2" else "flash2"
        misses.append(
            clip_seconds(run.model, run.accelerator, software=software, law=law).accelerator_seconds
            / run.seconds_1
            - 1.0
        )
    error = float(np.abs(misses).mean())
    return CheckOutcome(
        error, 0.0, deviation=error, reason=f"{len(runs)} runs, worst {np.abs(misses).max():.1%}"
    )


@check(
    "models.training.mlperf_scaling",
    what="Share of peak, Llama 3.1 405B on H100",
    unit="1",
    tolerance=0.04,
    source="MLPerf Training v5.0, NVIDIA results, time to train from the logs",
)
def mlperf_scaling() -> Iterator[CheckOutcome]:
    """a / (1 + b n) with two frozen parameters at every published size."""
    for row in csv.DictReader(
        data_file("mlperf_training/llama31_runs.csv").read_text(encoding="utf-8").splitlines()
    ):
        if row["benchmark"] == "llama31_405b" and "H100" in row["accelerator"]:
            n = float(row["accelerators"])
            yield CheckOutcome(
                benchmark_share(n),
                float(row["mfu_vs_bf16_peak_pct"]) / 100.0,
                id_suffix=f".{n:.0f}",
            )


def _production(
    flop: float, chip: str, accelerators: int, hours: float, suffix: str
) -> CheckOutcome:
    found = training_hours(flop, chip, accelerators).accelerator_hours
    inside, low, high = found.low <= hours <= found.high, found.low / 1e6, found.high / 1e6
    words = (
        f"off by {found.value / hours - 1:+.1%}; 80 % band {low:.1f} to {high:.1f} million; share "
        f"of peak {production().value:.1%}"
    )
    return CheckOutcome(
        found.value,
        hours,
        deviation=0.0 if inside else abs(found.value / hours - 1.0),
        reason=words,
        id_suffix=suffix,
    )


@check(
    "models.training.production",
    what="Accelerator-hours, class frozen from other runs",
    unit="accelerator-h",
    tolerance=0.0,
    source="Llama 3.1 model card (30.84 million H100 h); DeepSeek-V3 report (2.664 million H800 h)",
)
def production_runs() -> Iterator[CheckOutcome]:
    """Passes where the published hours lie inside the printed band; the reason gives the error of
    the point.
    """
    llama, deepseek = (
        language_model("meta-llama/Llama-3.1-405B"),
        language_model("deepseek-ai/DeepSeek-V3"),
    )
    yield _production(llama.training_flop(8192) * 15.6e12, "h100", 16_384, 30.84e6, ".llama_3_405b")
    yield _production(
        deepseek.training_flop(4096) * 14.8e12, "h800", 2_048, 2.664e6, ".deepseek_v3"
    )


@check(
    "models.deepseek_day",
    what="A day of DeepSeek-V3/R1: mean nodes, cost, revenue",
    unit="nodes, USD",
    tolerance=0.005,
    source="DeepSeek open-infra-index, day 6: One More Thing, 2025-02-27/28",
)
def deepseek_day() -> Iterator[CheckOutcome]:
    """From tokens, rates and prices to nodes and money."""
    day, known = read_day(data_file("deepseek_day/facts.csv"))
    found = books(day)
    yield CheckOutcome(found.nodes, known["nodes_mean"], id_suffix=".nodes")
    yield CheckOutcome(found.cost, known["cost"], id_suffix=".cost")
    yield CheckOutcome(found.revenue, known["revenue_theoretical"], id_suffix=".revenue")


@check(
    "models.serving.deepseek_rate",
    what="Output tokens per second and H800 of the whole service",
    unit="tok/s",
    tolerance=0.0,
    source=(
        "DeepSeek open-infra-index, day 6: 168e9 output tokens, 226.75 nodes of 8, 20 to 22 "
        "tokens/s a user"
    ),
)
def deepseek_rate() -> CheckOutcome:
    """Passes where the published mean lies inside our 80 % band. The catalogue's expert-parallel
    factor was set knowing it.

    Lengths: 3.62 input tokens per output token, 56 % of them cached, mean context 4,989 as
        published.
    """
    output = 4989.0 / (608 / 168 + 0.5)
    isl = round(output * 608 / 168)
    promise = ServicePromise(isl, round(output), 5.0, 1 / 21, prefix=round(isl * 342 / 608))
    point = serve("deepseek-ai/DeepSeek-V3", "h800", "fp8", promise)
    rate = 168e9 / 86_400 / (226.75 * 8)
    inside = point.band.low <= rate <= point.band.high
    words = (
        f"off by {point.tokens_per_second / rate - 1:+.0%}; 80 % band {point.band.low:.0f} to "
        f"{point.band.high:.0f}; {point.layout}"
    )
    return CheckOutcome(
        point.tokens_per_second,
        rate,
        deviation=0.0 if inside else abs(point.tokens_per_second / rate - 1.0),
        reason=words,
    )


# MLPerf Inference v5.1, closed power, Lenovo, eight B200: tokens a second, wall power [W], mean
# input and output tokens.
# Lengths: OpenOrca 294 each; CNN/DailyMail about 778 in, 128 out; the long-context set of the 405B
# task about 9,428 in, 684 out.
WALL = (
    ("meta-llama/Llama-3.1-70B", 102_909.0, 10_401.0, 294.0, 294.0),
    ("meta-llama/Llama-3.1-70B", 99_159.0, 10_442.0, 294.0, 294.0),
    ("meta-llama/Llama-3.1-8B", 146_960.0, 9_436.0, 778.0, 128.0),
    ("meta-llama/Llama-3.1-405B", 1_637.0, 9_892.0, 9_428.0, 684.0),
    ("meta-llama/Llama-3.1-405B", 1_249.0, 9_566.0, 9_428.0, 684.0),
)


@check(
    "models.power.mlperf_wall",
    what="Wall power, leave-one-out error / the best constant's",
    unit="1",
    tolerance=1.0,
    source="MLPerf Inference v5.1, Lenovo, eight B200, wall power of LLM results",
)
def wall_power() -> CheckOutcome:
    """Five LLM results whose power was to be had (the sixth of the round was not); both laws are
    fitted without the row.
    """
    watts = np.array([w for _, _, w, _, _ in WALL])
    share = np.array([share_of_peak(*row) for row in WALL])
    ours, constant = [], []
    for i in range(len(watts)):
        keep = np.arange(len(watts)) != i
        intercept, slope = fit_saturated(share[keep], watts[keep])
        ours.append(abs((intercept + slope * share[i]) / watts[i] - 1.0))
        constant.append(abs(best_constant(watts[keep]) / watts[i] - 1.0))
    mean, flat = float(np.mean(ours)), float(np.mean(constant))
    words = (
        f"mean error {mean:.1%}, worst {max(ours):.1%}, against {flat:.1%} and "
        f"{max(constant):.1%}; five of six results"
    )
    return CheckOutcome(mean, flat, deviation=mean / flat, reason=words)


def share_of_peak(model: str, tokens: float, _watts: float, isl: float, osl: float) -> float:
    """Share of its dense peak that a server of eight works at [1]; tokens: put out [1/s]; isl, osl:
    of a request [token].
    """
    flop = 2.0 * language_model(model).active * tokens * (1.0 + isl / osl)
    return flop / (8.0 * accelerator("b200").peak("fp4"))


def best_constant(watts: Floats) -> float:
    """Least squares in relative error, as our own law is fitted [W]; watts: shape (n,) [W]."""
    return float((1.0 / watts).sum() / (1.0 / watts**2).sum())
