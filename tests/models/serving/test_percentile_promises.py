"""From promised percentiles to means, and back to words."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.study import Promise
from headrace.models.serving.frontier import frontier
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.serving.percentile_promises import best, load, mean_promise, nearest


def test_a_percentile_becomes_a_mean_by_hand():
    """TTFT 7 s at the 95th percentile, 8,000 tokens in: 7 / (3.5 x 2) = 1 s; TPOT 100 ms, 160 out:
    100 / (1.1 + 0.1) = 83.3 ms.
    """
    found = mean_promise(Promise(ttft_p95="7 s", tpot_p95="100 ms"), 8000, 160)
    assert found.ttft == pytest.approx(1.0)
    assert found.tpot == pytest.approx(0.1 / 1.2)
    assert (found.isl, found.osl) == (8000, 160)


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_a_fleet_that_reads_and_writes_may_be_asked_for_less(isl, osl):
    together, apart = load(False, isl, osl), load(True, isl, osl)
    assert 0 < together < apart < 1


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(1, 10_000))
def test_longer_answers_leave_less_load(isl, osl, more):
    assert load(True, isl, osl + more) <= load(True, isl, osl)


@pytest.fixture(scope="module")
def found():
    return frontier("Qwen/Qwen3-32B", "h100", "fp8", ServicePromise(1000, 300, 1.0, 0.04))


def test_the_best_point_keeps_its_promise_and_leaves_room_in_the_caches(found):
    point = best(found)
    allowed = found.keeps() & (found.fill <= 0.8)
    carried = found.tokens * np.where(found.apart, load(True, 1000, 300), load(False, 1000, 300))
    assert point.ttft <= 1.0
    assert point.tpot <= 0.04
    asked = load(point.disaggregated, 1000, 300)
    assert point.tokens_per_second * asked == pytest.approx(carried[allowed].max())


def test_no_point_is_no_point():
    tight = frontier("Qwen/Qwen3-32B", "h100", "fp8", ServicePromise(1000, 300, 1e-4, 1e-5))
    assert best(tight) is None
    late, words = nearest(tight, Promise(ttft="0.1 ms", tpot="0.01 ms"))
    assert late > 1
    kept = dict(re.findall(r"(\w+): ([\d.e+]+) ms", words))
    assert set(kept) == {"ttft", "tpot"}
    # what the words promise can indeed be kept
    loose = ServicePromise(1000, 300, float(kept["ttft"]) / 1e3, float(kept["tpot"]) / 1e3)
    assert best(frontier("Qwen/Qwen3-32B", "h100", "fp8", loose)) is not None


def test_the_words_keep_the_kind_that_was_written():
    """Who promised a percentile is answered with a percentile."""
    written = Promise(tpot_p95="0.01 ms")
    asked = mean_promise(written, 1000, 300)
    asked = ServicePromise(1000, 300, 10.0, asked.tpot)
    _, words = nearest(frontier("Qwen/Qwen3-32B", "h100", "fp8", asked), written)
    assert re.findall(r"(\w+):", words) == ["ttft_p95", "tpot_p95"]


def test_an_answer_of_one_token_is_promised_no_further_ones():
    """A classifier: only the time to the first token counts."""
    asked = mean_promise(Promise(), 1000, 1)
    assert asked.tpot == float("inf")
    assert mean_promise(Promise(), 1000, 2).tpot < 1.0
    found = best(frontier("Qwen/Qwen3-32B", "h100", "fp8", asked))
    assert found is not None
    assert found.ttft <= asked.ttft
