"""Colours: fixed, and told apart by readers with each kind of colour blindness.

Dichromacy: the matrices of Machado, Oliveira and Fernandes (2009), severity 1.0, in linear RGB;
    distance: CIE 1976. A distance of 2.3 is just noticeable; areas side by side want about 10.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from headrace.show.format import colours as palette

SIGHT = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TECHNOLOGIES = (
    "solar",
    "wind",
    "battery",
    "smr",
    "grid",
    "engine",
    "ccgt",
    "turbine",
    "geothermal",
    "hall",
    "unserved",
)


def lab(colour: str, sight) -> np.ndarray:
    code = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(sight) @ linear, 0, 1)
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ seen
    )
    f = np.array(
        [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz / (0.95047, 1, 1.08883)]
    )
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def nearest(colours: dict[str, str], sight) -> float:
    seen = {name: lab(colour, sight) for name, colour in colours.items()}
    return min(float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(seen, 2))


@pytest.mark.parametrize("sight", SIGHT)
def test_carriers_are_told_apart(sight):
    assert nearest({**palette.CARRIERS, "loss": palette.LOSS}, SIGHT[sight]) > 14


@pytest.mark.parametrize("sight", SIGHT)
def test_technologies_are_told_apart(sight):
    assert nearest({name: palette.technology(name) for name in TECHNOLOGIES}, SIGHT[sight]) > 12


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("solar.single_axis", "pv"),
        ("gas_engine", "Reciprocating gas engine, medium speed"),
        ("nuclear.smr", "reactor"),
        ("NVIDIA B200 SXM 180 GB", "b200"),
        ("battery discharge", "battery_energy"),
    ],
)
def test_names_of_one_thing_have_one_colour(name, like):
    assert palette.technology(name) == palette.technology(like)


def test_unknown_names_keep_their_colour_and_carriers_go_by_unit():
    assert palette.technology("flux capacitor") == palette.technology("Flux capacitor")
    assert palette.carrier("chat", "Mtok") == palette.CARRIERS["tokens"]
    assert palette.carrier("train", "EFLOP") == palette.CARRIERS["flop"]
    assert palette.carrier("clips", "video-second") == palette.CARRIERS["video"]
    assert palette.carrier("electricity", "MWh") == palette.CARRIERS["electricity"]
    assert palette.faded("#0072b2", 0.5) == "rgba(0,114,178,0.5)"
