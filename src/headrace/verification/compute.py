"""Outside results of halls and supply beside ours: `headrace verify --only compute`."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.compute.accelerator import accelerator
from headrace.compute.facility import hall, pue
from headrace.energy.weather.series import station
from headrace.verification.registry import CheckOutcome, check


@check(
    "compute.pue.annual",
    what="Annual PUE of an AI hall, US climates",
    unit="1",
    tolerance=0.045,
    source=(
        "Newkirk et al. 2025: 1.098 to 1.188 over US climates with economiser and liquid cooling"
    ),
)
def annual_pue() -> Iterator[CheckOutcome]:
    """The middle of the published band, half its width as tolerance, at the two stations of the
    continental US at hand.
    """
    for key, suffix in (("tmy3:723170", ".greensboro"), ("tm2:12839", ".miami")):
        weather = station(key)
        found = float(pue(weather.drybulb, weather.wetbulb, hall()).mean())
        yield CheckOutcome(
            found,
            1.143,
            absolute=True,
            id_suffix=suffix,
            reason="inside 1.098 to 1.188" if 1.098 <= found <= 1.188 else "outside",
        )


@check(
    "compute.density.h100",
    what="IT power per H100 with network and storage, median of sites",
    unit="kW",
    tolerance=0.20,
    source="Epoch AI, AI Data Centers: 720 H100-equivalents per MW of IT on H100 sites",
)
def density() -> CheckOutcome:
    """Our busy power counts the server, not the site's network and storage: it must lie below,
    within a fifth.
    """
    ours = accelerator("h100").power_busy.to("kW/accelerator")
    return CheckOutcome(ours, 1e3 / 720.0, reason="ours is the server's share alone")
