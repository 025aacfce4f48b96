"""Video: work by hand, and a few published times as a small sibling of the evidence row."""

import pytest

from headrace.models.architecture import video_model
from headrace.models.video import clip_seconds, fit, fitted, parallel_efficiency, published, work


def test_work_of_a_wan_clip_by_hand():
    """n = 21 x 45 x 80 = 75,600; a forward is 6.5 PFLOP; 50 steps with guidance make 652 PFLOP, 72
    % of it attention.
    """
    model = video_model("wan-14b-720p")
    assert work(model) == pytest.approx(652e15, rel=0.01)
    assert 1 - work(model, 0.0) / work(model) == pytest.approx(0.72, abs=0.01)


@pytest.mark.parametrize(
    ("model", "chip", "software", "seconds"),
    [
        ("wan-14b-720p", "h100", "flash2", 1837.9),
        ("wan-a14b-720p", "h100", "flash3", 1041.5),
        ("hunyuan-720p", "h100", "flash2", 1904.1),
    ],
)
def test_published_times(model, chip, software, seconds):
    """Wan 2.1, Wan 2.2 and HunyuanVideo repositories, one accelerator."""
    found = clip_seconds(model, chip, software=software)
    assert found.accelerator_seconds == pytest.approx(seconds, rel=0.16)
    assert found.low < seconds < found.high * 1.05


def test_what_was_never_measured_has_a_wide_band():
    known, unknown = clip_seconds("wan-14b-720p", "h100"), clip_seconds("wan-14b-720p", "b200")
    assert unknown.high / unknown.low > known.high / known.low
    assert "mean share" in unknown.provider


def test_sharing_a_clip_costs_accelerator_seconds_but_saves_time():
    one, eight = (
        clip_seconds("wan-14b-720p", "h100"),
        clip_seconds("wan-14b-720p", "h100", accelerators=8),
    )
    assert eight.accelerator_seconds > one.accelerator_seconds
    assert eight.wall_seconds < one.wall_seconds / 5
    assert parallel_efficiency(1, True) == 1.0


def test_a_fit_without_a_run_does_not_know_it():
    runs = published()
    assert fit(runs[1:]).classes != fitted().classes
