"""A promise, a point, every point at once."""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.models.architecture import language_model
from headrace.models.serving.operating_point import Frontier, ServicePromise
from headrace.models.step_time.calibration import Band
from headrace.models.step_time.roofline import Layout

PROMISE = ServicePromise(1000, 200, 1.0, 0.05)


def frontier():
    """Two points of 600 tokens/s and accelerator: one rank of width 4, and eight ranks read for."""
    return Frontier(
        model=language_model("Qwen/Qwen3-32B"),
        chip=accelerator("h100"),
        precision="fp8",
        promise=PROMISE,
        tp=np.array([4.0, 1.0]),
        dp=np.array([1.0, 8.0]),
        batch=np.array([64.0, 100.0]),
        tokens=np.array([600.0, 600.0]),
        ttft=np.array([0.5, 0.5]),
        tpot=np.array([0.05, 0.051]),
        power=np.array([0.6, 1.2]),
        fill=np.array([0.5, 0.9]),
        apart=np.array([False, True]),
        reading=Layout(2),
        reading_share=np.array([0.0, 0.25]),
        ratio=Band(0.8, 1.5),
        expert_parallel=0.7,
        spread=Band(0.5, 2.0),
    )


def test_a_promise_is_kept_at_its_very_limit_and_not_beyond():
    assert frontier().keeps().tolist() == [True, False]


def test_a_point_of_one_rank_by_hand():
    """600 tokens/s in answers of 200 tokens: 3 requests/s; band 0.8 to 1.5 of 600."""
    point = frontier().point(0)
    assert (point.layout, point.accelerators) == (Layout(4, 1), 4)
    assert point.requests_per_second == pytest.approx(3.0)
    assert (point.band.low, point.band.high) == pytest.approx((480.0, 900.0))
    assert point.places == 64
    assert not point.disaggregated


def test_spreading_experts_widens_the_band_and_leaves_fewer_places():
    """0.8 x 0.5 and 1.5 x 2.0 of 600; of a batch of 100 seventy stand."""
    point = frontier().point(1)
    assert (point.band.low, point.band.high) == pytest.approx((240.0, 1800.0))
    assert (point.batch, point.places) == (100, 70)
    assert point.disaggregated
    assert (point.reading.layout, point.reading.share) == (Layout(2), 0.25)
    busy = accelerator("h100").power_busy.to("kW/accelerator")
    assert point.busy_share == pytest.approx(1.2 / busy)


@pytest.mark.parametrize(
    ("promise", "keys"),
    [
        (ServicePromise(0, 1), {"isl"}),
        (ServicePromise(1, 0), {"osl"}),
        (ServicePromise(1, 20_000_000), {"osl"}),
        (ServicePromise(1, 1, ttft=0.0), {"ttft"}),
        (ServicePromise(1, 1, tpot=-1.0), {"tpot"}),
        (ServicePromise(1, 1, tpot=float("nan")), {"tpot"}),
        (ServicePromise(10, 1, prefix=10), {"prefix"}),
        (ServicePromise(10, 1, prefix=-1), {"prefix"}),
        (ServicePromise(0, 0, 0.0, 0.0, 5), {"isl", "osl", "ttft", "tpot", "prefix"}),
    ],
)
def test_requests_that_cannot_be_name_every_fault(promise, keys):
    assert {fault.where.key for fault in promise.faults()} == keys


def test_a_fair_promise_has_no_fault():
    assert ServicePromise(10, 1, 0.1, 0.01, prefix=9).faults() == []
