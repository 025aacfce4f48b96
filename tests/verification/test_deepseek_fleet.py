"""The published day as a trace and a fleet: tokens, hours and nodes add up."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.checks import write_table

from headrace.core.errors import InputError
from headrace.verification.deepseek_fleet import (
    HOURS,
    STREAMS,
    PublishedDay,
    day_fleet,
    day_trace,
    read_published,
)

SHARE = np.arange(1.0, 25.0) / 300.0
DAY = PublishedDay(600e9, 150e9, 70_000.0, 15_000.0, 278, SHARE)
KEYS = ("input_tokens", "output_tokens", "input_per_prefill_node", "output_per_decode_node")


def files(folder, incomes, **changed):
    facts = dict(zip((*KEYS, "nodes_peak"), (600e9, 150e9, 70_000.0, 15_000.0, 278)))
    rows = [{"key": key, "value": value} for key, value in (facts | changed).items()]
    write_table(folder / "facts.csv", *rows)
    write_table(folder / "income.csv", *({"usd_theoretical_income": x} for x in incomes))
    return folder / "facts.csv", folder / "income.csv"


def test_income_by_hour_becomes_shares(tmp_path):
    found = read_published(*files(tmp_path, np.arange(1, 25) * 1000))
    assert found.share == pytest.approx(SHARE)
    assert (found.input_tokens, found.nodes_peak) == (600e9, 278)


@pytest.mark.parametrize(
    "incomes", [np.ones(23), np.ones(25), [1.0] * 23 + [0.0], [1.0] * 23 + [-1]]
)
def test_a_day_is_24_positive_hours(tmp_path, incomes):
    with pytest.raises(InputError, match="24 positive incomes"):
        read_published(*files(tmp_path, incomes))


def test_a_file_of_something_else_is_refused_in_words(tmp_path):
    facts, income = files(tmp_path, np.ones(24), nodes_peak="many")
    with pytest.raises(InputError, match="not the published day"):
        read_published(facts, income)
    with pytest.raises(InputError, match="not the published day"):
        read_published(tmp_path / "absent.csv", income)


def test_a_trace_carries_the_day_over_its_thinning():
    """150e9 answers' tokens / 1,000 each / thinned by 1,000 = 150,000 requests, Poisson; means of
    exponential lengths are within 1 %.
    """
    trace = day_trace(DAY, mean_answer=1000.0, thin=1000.0, seed=3)
    assert len(trace.arrival) == pytest.approx(150_000, rel=0.01)
    assert trace.output.sum() * 1000.0 == pytest.approx(150e9, rel=0.02)
    assert trace.input.sum() * 1000.0 == pytest.approx(600e9, rel=0.02)
    assert trace.arrival.min() >= 0
    assert (np.diff(trace.arrival) >= 0).all()
    by_hour = np.bincount((trace.arrival // 3600).astype(int), minlength=HOURS)
    assert by_hour / by_hour.sum() == pytest.approx(SHARE, abs=0.003)


def test_a_seed_is_a_day():
    one, same, other = (
        day_trace(DAY, mean_answer=1000.0, thin=1e5, seed=seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.arrival, same.arrival)
    assert not np.array_equal(one.arrival, other.arrival)


@pytest.mark.parametrize("thin", [1.0, 100.0])
def test_nodes_stand_in_the_ratio_of_their_work(thin):
    """Prefill 600e9 / 70,000, decode 150e9 / 15,000: 8.571 to 10 of 278 nodes, so 128 and 150,
    whatever the thinning.
    """
    prefill, decode = day_fleet(DAY, thin=thin, start=0.5).pools
    assert (prefill.replicas, decode.replicas) == (128, 150)
    assert (prefill.start, decode.start) == (64, 75)
    assert (prefill.role, decode.role) == ("prefill", "decode")


def test_a_decode_step_of_a_full_node_takes_the_published_time():
    """At the mean batch (rate / 21 requests) a step takes 1 / 21 s; half of that at no load."""
    _, decode = day_fleet(DAY, thin=1.0, start=1.0).pools
    streams = DAY.decode_rate / STREAMS
    step = np.interp([0.0, streams], decode.table.batches, decode.table.fixed)
    assert step[1] == pytest.approx(1.0 / STREAMS)
    slope = (decode.table.fixed[1] - decode.table.fixed[0]) / np.diff(decode.table.batches)[0]
    assert decode.table.fixed[0] - slope * decode.table.batches[0] == pytest.approx(0.5 / STREAMS)
