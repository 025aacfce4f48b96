"""What drives an outcome: Morris's elementary effects to screen, Sobol's indices to share variance.

Designs and indices are SALib's (Iwanaga, Usher & Herman, SESMO 4, 2022), in the unit cube; what
each point gives is the caller's. Sources: Morris, Technometrics 33 (1991); Sobol, Mathematics and
Computers in Simulation 55 (2001); Saltelli et al., Computer Physics Communications 181 (2010).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError

LEVELS = 4
"""Levels of Morris's grid [1]. Convention: Morris 1991."""


def _salib(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"SALib.{name}")
    except ImportError:
        raise HeadraceError(
            "Sensitivities are worked out with SALib, which is not installed: pip install "
            "'headrace[science]'"
        ) from None


def _problem(dimension: int) -> dict[str, object]:
    names = [f"x{n}" for n in range(dimension)]
    return {"num_vars": dimension, "names": names, "bounds": [[0.0, 1.0]] * dimension}


def morris_design(dimension: int, trajectories: int, seed: int) -> Floats:
    """Points of so many trajectories in the unit cube [1], shape (trajectories x (dimension + 1),
    dimension). Raises HeadraceError without SALib.
    """
    if trajectories == 0:
        return np.empty((0, dimension))
    sampled = _salib("sample.morris").sample(
        _problem(dimension), trajectories, num_levels=LEVELS, seed=seed
    )
    return np.asarray(sampled, dtype=np.float64)


def elementary_effects(points: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Mean absolute effect of moving each input across its range, and the spread of the effects
    [unit of the values], each shape (dimension,). points: of `morris_design`; values: at each.
    """
    found = _salib("analyze.morris").analyze(
        _problem(points.shape[1]), points, values, num_levels=LEVELS, seed=0
    )
    return np.asarray(found["mu_star"], dtype=float), np.asarray(found["sigma"], dtype=float)


@dataclass(frozen=True)
class SobolIndices:
    """Shares of the variance of an outcome [1], each shape (dimension,). first: by an input alone;
    total: with all it does together with others; half_first, half_total: half the width of their
    95 % bands.
    """

    first: Floats
    total: Floats
    half_first: Floats
    half_total: Floats


def sobol_design(dimension: int, base: int, seed: int) -> Floats:
    """Saltelli's points in the unit cube [1], shape (base x (dimension + 2), dimension). base: a
    power of two. Raises HeadraceError without SALib.
    """
    sampled = _salib("sample.sobol").sample(
        _problem(dimension), base, calc_second_order=False, seed=seed
    )
    return np.asarray(sampled, dtype=np.float64)


def sobol_indices(values: Floats, dimension: int) -> SobolIndices:
    """Indices from the values at the points of `sobol_design` [unit of the values], in order."""
    told: Mapping[str, Floats] = _salib("analyze.sobol").analyze(
        _problem(dimension), values, calc_second_order=False, seed=0
    )
    return SobolIndices(*(np.asarray(told[key]) for key in ("S1", "ST", "S1_conf", "ST_conf")))
