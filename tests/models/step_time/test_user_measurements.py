"""The user's measurements: read, interpolated by hand, refused in words."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import Infeasible, InputError
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.step_time.user_measurements import (
    Measurement,
    best_measured,
    interpolated,
    parse_measurements,
)

TEXT = """model,system,precision,accelerators,isl,osl,concurrency,ttft_ms,tpot_ms,tokens_per_second
m,h100,fp8,2,1000,100,10,200,10,800
m,h100,fp8,2,1000,100,40,600,30,2000
"""


def test_between_two_loads_by_hand():
    """At 20 ms, half way from 10 to 30: ttft 400 ms, (800 + 2,000) / 2 / 2 accelerators = 700
    tokens/s each.
    """
    found = best_measured(
        parse_measurements(TEXT, "x.csv"), "m", "h100", "fp8", ServicePromise(1000, 100, 1.0, 0.020)
    )
    assert found.tokens == pytest.approx(700)
    assert found.ttft == pytest.approx(0.4)


def test_units_are_read():
    text = (
        TEXT.replace("ttft_ms", "ttft")
        .replace("tpot_ms", "tpot")
        .replace(",200,10,", ",0.2 s,10 ms,")
        .replace(",600,30,", ",0.6 s,30 ms,")
    )
    assert parse_measurements(text, "x.csv")[0].ttft == pytest.approx(0.2)


def test_nothing_measured_and_nothing_good_enough():
    rows = parse_measurements(TEXT, "x.csv")
    with pytest.raises(InputError, match="nothing measured"):
        best_measured(rows, "m", "b200", "fp8", ServicePromise(1000, 100))
    with pytest.raises(Infeasible, match=r"nearest: ttft 0\.2 s"):
        best_measured(rows, "m", "h100", "fp8", ServicePromise(1000, 100, 0.1, 0.001))


def test_every_bad_row_is_named_with_its_line():
    bad = TEXT.replace("1000,100,10", "0,100,10").replace(",30,2000", ",-30,2000")
    with pytest.raises(InputError) as caught:
        parse_measurements(bad, "x.csv")
    assert [problem.where.line for problem in caught.value.problems] == [2, 3]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(InputError):
        parse_measurements(text, "x.csv")


@given(st.lists(st.text(alphabet='0123456789.-naief", ', max_size=6), min_size=10, max_size=10))
def test_any_row_is_read_or_refused(cells):
    try:
        rows = parse_measurements(TEXT + ",".join(cells) + "\n", "x.csv")
    except InputError:
        return
    assert all(row.tokens >= 0 and row.ttft > 0 for row in rows)


def point(tpot, *, width=8, ttft=0.5, tokens=100.0, load=10.0):
    return Measurement("m", "s", "fp8", width, 1000, 300, load, ttft, tpot, tokens, 2)


def test_each_deployment_is_interpolated_by_itself():
    """Half way between 20 and 40 ms: 150 tokens/s, 0.75 s, 15 requests; one load alone gives
    nothing, nor do loads that lie on one side.
    """
    promise = ServicePromise(1000, 300, 2.0, 0.030)
    rows = [
        point(0.02),
        point(0.04, ttft=1.0, tokens=200.0, load=20.0),
        point(0.02, width=16),
        point(0.05, width=4),
        point(0.06, width=4),
    ]
    (found,) = interpolated(rows, promise)
    assert (found.accelerators, found.tpot) == (8, 0.030)
    assert (found.ttft, found.tokens, found.concurrency) == pytest.approx((0.75, 150.0, 15.0))
