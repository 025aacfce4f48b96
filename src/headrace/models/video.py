"""Seconds of an accelerator per video clip: the work of a diffusion transformer over a fitted share
of the peak.

    tokens      n = ((frames - 1) / 4 + 1) (height / patch) (width / patch)
    linear        = 2 n (matrices d^2 + 2 d ffn) layers
    attention     = 4 n (n + text) d layers
    seconds       = (linear + attention_cost * attention) * steps * passes / (peak * efficiency)

Published times (`catalogue/video_runs.csv`) give one efficiency per accelerator and software class
and one cost of attention for all. What no run covers takes the spread of the classes as its band.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.models.architecture import VideoModel, video_model

_NORMAL_80 = 1.2816  # half width of an 80 % band in standard deviations
_LEAST_SPREAD = 0.05  # a class of two runs that agree by chance is not that certain
_COSTS = np.arange(0.3, 1.21, 0.05)
_FAST_LINK = 100e9  # B/s; above it 8 accelerators share a clip well


@dataclass(frozen=True)
class VideoRun:
    """A published time: `seconds_1` on one accelerator, `seconds_8` on eight [s]."""

    model: VideoModel
    accelerator: str
    software: str
    seconds_1: float
    seconds_8: float
    source: str


@dataclass(frozen=True)
class Efficiency:
    """Share of the bf16 peak reached by a class of runs; `spread` is the standard deviation of its
    logarithm.
    """

    accelerator: str
    software: str
    share: float
    spread: float
    runs: int


@dataclass(frozen=True)
class VideoLaw:
    """What the runs say: cost of an attention FLOP over a linear one, and the classes'
    efficiencies.
    """

    attention_cost: float
    classes: tuple[Efficiency, ...]

    def share_of(self, chip: str, software: str) -> tuple[float, float, str]:
        """Share of the bf16 peak [1], standard deviation of its logarithm [1], and who says so.

        Where no run covers the pair: another software on the part, else the mean of the classes.
        """
        of_chip = [each for each in self.classes if each.accelerator == chip]
        exact = [each for each in of_chip if each.software == software] or of_chip
        if exact:
            found = exact[0]
            return found.share, found.spread, f"measured class {chip}, {found.software}"
        alike = [each.share for each in self.classes if each.software == software]
        logs = np.log(alike or [each.share for each in self.classes])
        spread = float(np.std(logs, ddof=1)) if len(logs) > 1 else 0.35
        words = "roofline: mean share of the measured classes"
        return float(np.exp(np.mean(logs))), max(0.3, spread), words


@dataclass(frozen=True)
class ClipTime:
    """Time of one clip: accelerator_seconds in total, wall_seconds on `accelerators`; low..high is
    an 80 % band.
    """

    accelerator_seconds: float
    low: float
    high: float
    wall_seconds: float
    accelerators: int
    provider: str


def clip_seconds(
    model: str | VideoModel,
    chip: str | Accelerator,
    *,
    accelerators: int = 1,
    software: str = "flash3",
    law: VideoLaw | None = None,
) -> ClipTime:
    """Accelerator-seconds of one clip of `model` on `chip`, shared by `accelerators` of them.

    software: "flash3" (tuned attention kernels) or "flash2". Raises InputError for unknown keys.
    """
    shape = video_model(model) if isinstance(model, str) else model
    part = accelerator(chip) if isinstance(chip, str) else chip
    law = law or fitted()
    share, spread, provider = law.share_of(part.key, software)
    alone = work(shape, law.attention_cost) / (part.peak("bf16") * share)
    total = alone / parallel_efficiency(accelerators, part.link.to("B/s") >= _FAST_LINK)
    wide = float(np.exp(_NORMAL_80 * spread))
    return ClipTime(total, total / wide, total * wide, total / accelerators, accelerators, provider)


def work(model: VideoModel, attention_cost: float = 1.0) -> float:
    """Work of one clip [FLOP], attention weighed by `attention_cost` [1]."""
    n = (
        ((model.frames - 1) // model.time_patch + 1)
        * (model.height // model.patch)
        * (model.pixels_wide // model.patch)
    )
    linear = (
        2.0 * n * (model.matrices * model.width**2 + 2.0 * model.width * model.ffn) * model.layers
    )
    attention = 4.0 * n * (n + model.text) * model.width * model.layers
    return (linear + attention_cost * attention) * model.steps * model.passes


def parallel_efficiency(accelerators: int, fast_link: bool) -> float:
    """Share of one accelerator's speed kept when several share a clip [1]: 1 / (1 + loss (k - 1)),
    fitted at k = 8.
    """
    at_8 = _parallel_at_8()[0 if fast_link else 1]
    return 1.0 / (1.0 + (1.0 / at_8 - 1.0) / 7.0 * (accelerators - 1))


def fit(runs: tuple[VideoRun, ...]) -> VideoLaw:
    """Efficiencies per class and the attention cost that leaves least spread within the classes."""
    cost = float(
        min(_COSTS, key=lambda c: sum(np.abs(r).sum() for _, _, r in _residuals(runs, float(c))))
    )
    classes = []
    for name, mean, residual in _residuals(runs, cost):
        deviation = float(np.sqrt((residual**2).sum() / max(1, len(residual) - 1)))
        spread = max(_LEAST_SPREAD, deviation)
        classes.append(Efficiency(*name, float(np.exp(mean)), spread, len(residual)))
    return VideoLaw(cost, tuple(classes))


@lru_cache(maxsize=1)
def fitted() -> VideoLaw:
    """The law of all published runs."""
    return fit(published())


@lru_cache(maxsize=1)
def published() -> tuple[VideoRun, ...]:
    """The published runs of `catalogue/video_runs.csv`."""
    text = (files("headrace.models") / "catalogue" / "video_runs.csv").read_text(encoding="utf-8")
    runs = []
    for row in csv.DictReader(text.splitlines()):
        runs.append(
            VideoRun(
                model=replace(
                    video_model(row["model"]),
                    height=int(row["height"]),
                    pixels_wide=int(row["pixels_wide"]),
                    frames=int(row["frames"]),
                    steps=int(row["steps"]),
                    passes=int(row["passes"]),
                ),
                accelerator=row["accelerator"],
                software=row["software"],
                seconds_1=float(row["seconds_1"]),
                seconds_8=float(row["seconds_8"]),
                source=row["source"],
            )
        )
    return tuple(runs)


def software_class(run: VideoRun) -> str:
    """Wan 2.2 ran on the newer attention kernels; the rest on the older ones."""
    return "flash3" if run.software == "wan-2.2" else "flash2"


def _residuals(
    runs: tuple[VideoRun, ...], cost: float
) -> list[tuple[tuple[str, str], float, np.ndarray]]:
    """By accelerator and software: mean logarithm of the share of the peak, and what is left."""
    groups: dict[tuple[str, str], list[float]] = {}
    for run in runs:
        share = work(run.model, cost) / run.seconds_1 / accelerator(run.accelerator).peak("bf16")
        # the consumer part has no newer kernels: its runs are one class whatever the repository
        software = "flash2" if run.accelerator == "rtx_4090" else software_class(run)
        groups.setdefault((run.accelerator, software), []).append(float(np.log(share)))
    return [
        (name, float(np.mean(logs)), np.array(logs) - float(np.mean(logs)))
        for name, logs in groups.items()
    ]


@lru_cache(maxsize=1)
def _parallel_at_8() -> tuple[float, float]:
    fast: list[float] = []
    slow: list[float] = []
    for run in published():
        keep = fast if accelerator(run.accelerator).link.to("B/s") >= _FAST_LINK else slow
        keep.append(float(np.log(run.seconds_1 / run.seconds_8 / 8.0)))
    return float(np.exp(np.mean(fast))), float(np.exp(np.mean(slow)))
