"""A published day of one large service, recomputed from its own figures: nodes, cost, revenue
(chain of a study in small).

DeepSeek-V3/R1 online service, 24 h from 2025-02-27 12:00 UTC+8 (open-infra-index, day 6, CC0).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place

_SECONDS = 86_400.0


@dataclass(frozen=True)
class Day:
    """Published inputs: tokens a day, tokens per second of a node, rent [USD/accelerator-hour],
    prices [USD/Mtok].
    """

    input_tokens: float
    input_tokens_cached: float
    output_tokens: float
    input_rate: float
    output_rate: float
    accelerators_per_node: int
    rent: float
    price_cached: float
    price_input: float
    price_output: float


@dataclass(frozen=True)
class Books:
    """Mean nodes, node-hours, cost and theoretical revenue of the day [USD]."""

    nodes: float
    node_hours: float
    cost: float
    revenue: float


def read_day(path: Path) -> tuple[Day, dict[str, float]]:
    """The day, and the published results by their published names: nodes [1], cost and revenue
    [USD].

    Raises InputError where a figure is missing.
    """
    with path.open(encoding="utf-8", newline="") as source:
        figures = {row["key"]: row["value"] for row in csv.DictReader(source)}
    needed = (
        "input_tokens",
        "input_tokens_cache_hit",
        "output_tokens",
        "input_per_prefill_node",
        "output_per_decode_node",
        "gpu_rent",
    )
    prices = ("price_input_hit", "price_input_miss", "price_output")
    missing = [key for key in (*needed, *prices) if key not in figures]
    if missing:
        raise InputError(
            InputFault(
                Place(path.name), f"no {', '.join(missing)}", "the published figures of the day"
            )
        )
    tokens, cached, made, input_rate, output_rate, rent = (float(figures[key]) for key in needed)
    price_cached, price_input, price_output = (float(figures[key]) for key in prices)
    day = Day(
        tokens,
        cached,
        made,
        input_rate,
        output_rate,
        8,
        rent,
        price_cached,
        price_input,
        price_output,
    )
    published = {key: float(figures[key]) for key in ("nodes_mean", "cost", "revenue_theoretical")}
    return day, published


def books(day: Day) -> Books:
    """Nodes = tokens / 86,400 s / rate of a node, prompts and outputs apart; the rest is
    multiplication.
    """
    nodes = (
        day.input_tokens / _SECONDS / day.input_rate
        + day.output_tokens / _SECONDS / day.output_rate
    )
    cost = nodes * day.accelerators_per_node * 24.0 * day.rent
    fresh = day.input_tokens - day.input_tokens_cached
    revenue = (
        day.input_tokens_cached * day.price_cached
        + fresh * day.price_input
        + day.output_tokens * day.price_output
    ) / 1e6
    return Books(nodes, nodes * 24.0, cost, revenue)
