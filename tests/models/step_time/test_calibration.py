"""The calibration finds a law that it was given, pools what it has not seen, and scores without
peeking.
"""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.models.architecture import language_model
from headrace.models.step_time.calibration import (
    FAMILIES,
    FEATURES,
    member,
    pooled,
    predict,
    shipped,
)
from headrace.models.step_time.cross_validation import band, fold_of
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import Deployments, terms, times


def test_a_known_law_is_found():
    """log ratio = 0.2 + 0.3 x (first feature) + 0.4 for backend b; the penalties shrink it by a few
    per cent.
    """
    rng = np.random.default_rng(1)
    x = rng.normal(size=(6000, len(FEATURES)))
    labels = tuple(DeploymentLabels("m", "s", "ab"[i % 2], "fp8") for i in range(6000))
    y = 0.2 + 0.3 * x[:, 0] + 0.4 * (np.arange(6000) % 2)
    law = pooled(x, labels, y)
    at = law.of(DeploymentLabels("m", "s", "b", "fp8")) - law.of(
        DeploymentLabels("m", "s", "a", "fp8")
    )
    assert at[0] == pytest.approx(0.4, abs=0.03)
    assert law.of(labels[0])[1] == pytest.approx(0.3, abs=0.03)


def test_what_was_never_seen_adds_nothing():
    law, _ = shipped()
    unknown = DeploymentLabels("no model", "no system", "no backend", "fp8")
    assert np.array_equal(law.tpot.of(unknown), law.tpot.members[""])
    assert all(member(family, unknown) not in law.tpot.members for family in FAMILIES)


@pytest.mark.parametrize(
    "unseen", [{"model": "none"}, {"system": "none"}, {"backend": "none"}, {}, {"backend": ""}]
)
def test_what_was_never_measured_gets_physics_alone(unseen):
    """One unknown name is enough; an empty backend means what they have in common."""
    law, _ = shipped()
    known = {"model": "Qwen/Qwen3-32B", "system": "h100", "backend": "trtllm", "form": "fp8"}
    labels = DeploymentLabels(**(known | unseen))
    one = np.ones(3)
    at = Deployments(
        one, one, one, np.array([1.0, 8.0, 64.0]), 1000 * one, 200 * one, one, one, one, 0 * one
    )
    work = terms(language_model("Qwen/Qwen3-32B"), accelerator("h100"), "fp8", "fp8", at)
    found = predict(work, labels, law).tpot / times(work, law.coefficients).tpot
    alone = "none" in unseen.values()
    assert np.allclose(found, np.exp(law.tpot_alone), rtol=1e-9) == alone
    assert law.measured(labels) != alone


def test_a_fold_never_splits_a_key():
    keys = tuple(f"k{i % 37}" for i in range(1000))
    fold = fold_of(keys)
    assert {len({int(f) for f, k in zip(fold, keys) if k == key}) for key in set(keys)} == {1}
    assert set(fold) == {0, 1, 2, 3, 4}


def test_a_band_covers_what_it_promises():
    """80 % of a second sample of the same law lies inside, within sampling error (sd about
    0.6 %).
    """
    rng = np.random.default_rng(3)
    ratio, fresh = np.exp(rng.normal(0, 0.3, 4000)), np.exp(rng.normal(0, 0.3, 4000))
    found = band(ratio, np.ones(4000))
    assert np.mean((fresh >= found.low) & (fresh <= found.high)) == pytest.approx(0.8, abs=0.02)


def test_shipped_bands_widen_with_distance():
    _, bands = shipped()
    near, pairing = bands.near[0], bands.pairing[0]
    assert pairing.low < near.low < 1 < near.high < pairing.high
