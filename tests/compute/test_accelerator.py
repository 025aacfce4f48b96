"""Accelerators: every row has its evidence, and the arithmetic on them is right."""

import pytest

from headrace.compute.accelerator import accelerator, accelerators
from headrace.core.errors import InputError


def test_every_row_loads_with_evidence_for_every_figure():
    rows = accelerators()
    assert {"h100", "b200", "gb300", "rubin", "mi355x", "tpu_v7", "trainium3", "gaudi3"} <= {
        row.key for row in rows
    }
    for row in rows:
        assert row.power_idle.to("kW/accelerator") < row.power_busy.to("kW/accelerator")
        assert row.peak("bf16") > 0
        assert len(row.available_from) == 7


def test_peaks_in_flop_per_second():
    """H100: 989 TFLOP/s dense bf16, 1,979 fp8, no fp4."""
    h100 = accelerator("h100")
    assert h100.peak("bf16") == 989e12
    assert h100.peak("fp8") == 1979e12
    with pytest.raises(InputError, match=r"no fp4 arithmetic\. Use `fp8`"):
        h100.peak("fp4")


def test_resale_falls_with_age():
    """0.7 after one year, 0.7 x 0.7 = 0.49 after two, nothing at the end of its life of
    six years.
    """
    h100 = accelerator("h100")
    assert h100.resale(0.0) == 1.0
    assert h100.resale(1.0) == pytest.approx(0.7)
    assert h100.resale(2.0) == pytest.approx(0.49)
    assert h100.resale(6.0) == 0.0


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(InputError, match="Did you mean `gb300`"):
        accelerator("gb3000")


@pytest.mark.parametrize("chip", accelerators(), ids=lambda chip: chip.key)
def test_a_part_never_gains_value(chip):
    ages = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 20.0]
    shares = [chip.resale(age) for age in ages]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1.0
    assert shares[-1] == 0.0


@pytest.mark.parametrize("chip", accelerators(), ids=lambda chip: chip.key)
def test_a_narrower_format_is_never_slower(chip):
    peaks = [figure.to("FLOP/s") for figure in chip.peaks() if figure is not None]
    assert peaks == sorted(peaks)
    assert chip.peak("bf16") == peaks[0]
