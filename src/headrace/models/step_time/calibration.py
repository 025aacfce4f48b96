"""Calibrating the roofline on measured deployments: physical costs first, then a pooled correction
of what is left.

Physics: `Coefficients`, one set for all, by least squares on logarithms. Correction: an additive
    law in the logarithm,

    log(measured / physics) = intercept + effects of backend, system, model, format and their pairs
    + slopes . features

whose effects are pooled: each is drawn to zero by a penalty, so a model never measured on a system
gets what the system's and the model's other rows say, and nothing more. Fitted by penalised least
absolute deviations (reweighted ridge). A model, system or backend of which nothing was measured
gets no correction of its time per token, only the median of what physics misses: there the pooled
law made errors larger (docs/decisions/0085). The shipped result stands in
`catalogue/calibration.json`; docs/decisions/0029 tells how folds and penalties were chosen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from importlib.resources import files

import numpy as np

from headrace.core.arrays import Flags, Floats
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import Coefficients, RooflineTerms, Times, rows_of, times

FEATURES = (
    "batch", "batch per rank", "isl", "osl", "tensor width", "data width", "expert width",
    "prompt share of a step", "overhead share of a step", "cache fill", "cache overflow",
    "disaggregated", "experts", "bytes per weight", "active parameters", "batch x isl",
    "batch squared", "prompt load", "queue ahead",
)  # fmt: skip
LAW_MONTH = 12 * 2026 + 3
"""Month [since year 0] of the newest measurement behind the shipped law: April 2026, whose software
its answers are of.
"""
_SLOPED = (0, 2, 3, 7, 8)  # features whose slope may differ by backend, system and model
_FEATURE_PENALTY = 100.0


@dataclass(frozen=True)
class EffectFamily:
    """A family of pooled effects: which labels name a member, and how strongly members are drawn to
    zero.
    """

    name: str
    parts: tuple[str, ...]
    penalty: float
    slope_penalty: float = 0.0


FAMILIES = (
    EffectFamily("backend", ("backend",), 100.0, 100.0),
    EffectFamily("system", ("system",), 100.0, 100.0),
    EffectFamily("system and backend", ("system", "backend"), 50.0, 60.0),
    EffectFamily("model", ("model",), 50.0, 60.0),
    EffectFamily("model and format", ("model", "form"), 50.0),
    EffectFamily("model and backend", ("model", "backend"), 30.0),
    EffectFamily("model and system", ("model", "system"), 30.0),
    EffectFamily("model, system and backend", ("model", "system", "backend"), 10.0),
)


@dataclass(frozen=True)
class Band:
    """Measured over predicted: 80 % of outcomes lie between low and high."""

    low: float
    high: float


@dataclass(frozen=True)
class Effects:
    """An additive law in features: intercept and slopes of members, "" for everybody; arrays (1 +
    features,).
    """

    members: Mapping[str, Floats]

    def of(self, labels: DeploymentLabels) -> Floats:
        """Intercept and slopes that apply to `labels` [1]; members never seen add nothing."""
        keys = ["", *(member(family, labels) for family in FAMILIES)]
        return np.asarray(
            np.sum([self.members[key] for key in keys if key in self.members], axis=0),
            dtype=np.float64,
        )


@dataclass(frozen=True)
class Calibration:
    """Physical costs, scaling and range of the features, and the corrections of TPOT and TTFT.

    tpot_reach, ttft_reach: largest correction either way (in logarithm), so that nothing
        extrapolates.
    tpot_shift, ttft_shift: added to the logarithm for the least expected relative error (the answer
        itself is a median).
    tpot_alone: what physics alone misses of TPOT, median (logarithm), for labels never measured;
        tpot_alone_shift: as tpot_shift, there.
    """

    coefficients: Coefficients
    mean: Floats
    spread: Floats
    low: Floats
    high: Floats
    tpot: Effects
    ttft: Effects
    tpot_reach: float
    ttft_reach: float
    tpot_shift: float
    ttft_shift: float
    tpot_alone: float = 0.0
    tpot_alone_shift: float = 0.0

    def measured(self, labels: DeploymentLabels) -> bool:
        """Whether model, system and backend (if one is named) were each measured somewhere."""
        parts = (("model", labels.model), ("system", labels.system), ("backend", labels.backend))
        return all(not name or f"{part}: {name}" in self.tpot.members for part, name in parts)


@dataclass(frozen=True)
class Bands:
    """Conformal bands from held-out rows: of a measured deployment's neighbours, a new pairing, a
    system never seen.
    """

    near: tuple[Band, Band]
    pairing: tuple[Band, Band]
    elsewhere: tuple[Band, Band]


def member(family: EffectFamily, labels: DeploymentLabels) -> str:
    """Key of the member of `family` that `labels` belong to."""
    return f"{family.name}: " + ", ".join(getattr(labels, part) for part in family.parts)


def predict(
    work: RooflineTerms, labels: tuple[DeploymentLabels, ...] | DeploymentLabels, law: Calibration
) -> Times:
    """Corrected times; `labels` one per row, or one for all rows."""
    raw = times(work, law.coefficients)
    x = np.clip((features(work, raw) - law.mean) / law.spread, law.low, law.high)
    tpot, ttft = _corrections(x, labels, law.tpot), _corrections(x, labels, law.ttft)
    tpot = np.where(measured_rows(labels, law), tpot, law.tpot_alone)
    steps = np.exp(np.clip(tpot, -law.tpot_reach, law.tpot_reach))
    return Times(
        raw.decode * steps,
        raw.prompt,
        raw.overhead,
        raw.tpot * steps,
        raw.ttft * np.exp(np.clip(ttft, -law.ttft_reach, law.ttft_reach)),
    )


def measured_rows(
    labels: tuple[DeploymentLabels, ...] | DeploymentLabels, law: Calibration
) -> Flags:
    """Where the pooled correction applies; one value per label."""
    each = (labels,) if isinstance(labels, DeploymentLabels) else labels
    known = {label: law.measured(label) for label in set(each)}
    return np.array([known[label] for label in each])


def _corrections(
    x: Floats, labels: tuple[DeploymentLabels, ...] | DeploymentLabels, effects: Effects
) -> Floats:
    if isinstance(labels, DeploymentLabels):
        law = effects.of(labels)
        return np.asarray(law[0] + x @ law[1:])
    known = {label: effects.of(label) for label in set(labels)}
    laws = np.stack([known[label] for label in labels])
    return np.asarray(laws[:, 0] + (x * laws[:, 1:]).sum(1))


def features(work: RooflineTerms, raw: Times) -> Floats:
    """The correction's features [1], unscaled, shape (row, feature); most are logarithms."""
    batch, isl = np.log(work.batch), np.log(work.isl)
    fill = np.log(np.clip(work.need / work.free, 1e-3, 10.0))
    stall = np.where(work.disaggregated > 0, 0.0, work.batch / work.osl * raw.prompt) / raw.tpot
    load = np.log(np.maximum(work.batch * raw.prompt / (raw.tpot * work.osl), 1e-6))
    ahead = work.disaggregated * np.log(np.maximum(work.ahead, 1e-3))
    # in the order of FEATURES
    columns = (
        batch, np.log(work.batch / work.dp), isl, np.log(work.osl),
        np.log(work.tp), np.log(work.dp), np.log(work.ep),
        stall, raw.overhead / raw.tpot, fill, np.maximum(fill, 0.0),
        work.disaggregated, (work.expert_layers > 0) * 1.0, work.log_bytes, work.log_active,
        batch * isl, batch**2, load, ahead,
    )  # fmt: skip
    return np.stack(columns, axis=1)


def fit(
    work: RooflineTerms,
    labels: tuple[DeploymentLabels, ...],
    tpot: Floats,
    ttft: Floats,
    train: Flags,
) -> Calibration:
    """Fit physics and corrections to measured TPOT and TTFT [s] of the rows where `train` holds;
    the others are not looked at.
    """
    seen, names = rows_of(work, train), tuple(label for label, keep in zip(labels, train) if keep)
    coefficients = fit_physics(seen, tpot[train], ttft[train])
    raw = times(seen, coefficients)
    x = features(seen, raw)
    mean, spread = x.mean(0), np.maximum(x.std(0), 1e-9)
    x = (x - mean) / spread
    left = (np.log(tpot[train] / raw.tpot), np.log(ttft[train] / raw.ttft))
    first, second = (pooled(x, names, y) for y in left)
    near, far = (float(np.quantile(np.abs(y), 0.99)) for y in left)
    alone = float(np.median(left[0]))
    return Calibration(
        coefficients, mean, spread, x.min(0), x.max(0), first, second, near, far, 0.0, 0.0, alone
    )


def fit_physics(work: RooflineTerms, tpot: Floats, ttft: Floats) -> Coefficients:
    """Least squares on logarithms of measured TPOT and TTFT [s] with a soft loss, drawn gently to
    the defaults of `Coefficients`.
    """
    start = np.log(np.array(astuple(Coefficients())))
    pull = 0.15 * np.sqrt(len(tpot) / 100.0)

    def residual(logs: Floats) -> Floats:
        r = times(work, Coefficients(*np.exp(logs)))
        return np.concatenate(
            [np.log(r.tpot / tpot), 0.5 * np.log(r.ttft / ttft), pull * (logs - start)]
        )

    from scipy.optimize import least_squares

    found = least_squares(residual, start, loss="soft_l1", f_scale=0.2, max_nfev=40)
    return Coefficients(*(float(v) for v in np.exp(found.x)))


def pooled(x: Floats, labels: tuple[DeploymentLabels, ...], y: Floats) -> Effects:
    """Pooled additive law of y [1] in standardised features x [1], shape (row, feature), and the
    members that rows belong to.
    """
    matrix, penalty, columns = design_matrix(x, labels)
    weight = np.ones(len(y))
    for _ in range(6):
        normal = (matrix * weight[:, None]).T @ matrix + np.diag(penalty)
        solution = np.linalg.solve(normal, (matrix * weight[:, None]).T @ y)
        weight = 1.0 / np.maximum(np.abs(y - matrix @ solution), 0.03)
        weight /= weight.mean()
    members: dict[str, Floats] = {}
    for value, (key, j) in zip(solution, columns):
        members.setdefault(key, np.zeros(1 + x.shape[1]))[j] = value
    return Effects(members)


def design_matrix(
    x: Floats, labels: tuple[DeploymentLabels, ...]
) -> tuple[Floats, Floats, list[tuple[str, int]]]:
    """Columns for features x [1], shape (row, feature): the matrix, the penalty of each column [1],
    and what it is: (member, 0 for the intercept or 1 + feature).
    """
    columns, penalty = [np.ones(len(x)), *x.T], [1e-8, *[_FEATURE_PENALTY] * x.shape[1]]
    names = [("", j) for j in range(1 + x.shape[1])]
    for family in FAMILIES:
        belongs = np.array([member(family, label) for label in labels])
        for key in np.unique(belongs):
            inside = (belongs == key).astype(np.float64)
            columns.append(inside)
            penalty.append(family.penalty)
            names.append((str(key), 0))
            for j in _SLOPED if family.slope_penalty else ():
                columns.append(inside * x[:, j])
                penalty.append(family.slope_penalty)
                names.append((str(key), 1 + j))
    return np.stack(columns, axis=1), np.array(penalty), names


@lru_cache(maxsize=1)
def shipped() -> tuple[Calibration, Bands]:
    """The calibration that comes with Headrace, fitted on all priceable rows, and its bands."""
    raw = json.loads(
        (files("headrace.models") / "catalogue" / "calibration.json").read_text(encoding="utf-8")
    )
    mean, spread, low, high = (
        np.array(raw[name], dtype=np.float64) for name in ("mean", "spread", "low", "high")
    )
    effects = {}
    for time in ("tpot", "ttft"):
        members = {key: np.zeros(1 + len(FEATURES)) for key in raw[time]}
        for key, sparse in raw[time].items():  # position -> value, zeros left out
            members[key][[int(position) for position in sparse]] = list(sparse.values())
        effects[time] = Effects(members)
    law = Calibration(
        coefficients=Coefficients(**raw["coefficients"]),
        mean=mean,
        spread=spread,
        low=low,
        high=high,
        tpot=effects["tpot"],
        ttft=effects["ttft"],
        **{name: float(raw[name]) for name in _NUMBERS},  # type: ignore[arg-type]
    )
    near_band, pairing, elsewhere = (
        (Band(*raw["bands"][kind][0]), Band(*raw["bands"][kind][1])) for kind in _KINDS
    )
    return law, Bands(near_band, pairing, elsewhere)


_NUMBERS = (
    *("tpot_reach", "ttft_reach", "tpot_shift", "ttft_shift"),
    *("tpot_alone", "tpot_alone_shift"),
)
_KINDS = tuple(f.name for f in fields(Bands))


def as_json(law: Calibration, bands: Bands) -> str:
    """What `shipped` reads, six significant digits."""

    def short(values: Floats) -> list[float]:
        return [float(f"{v:.6g}") for v in values]

    def sparse(effects: Effects) -> dict[str, dict[str, float]]:
        return {
            key: {str(j): float(f"{v:.4g}") for j, v in enumerate(row) if v}
            for key, row in effects.members.items()
        }

    raw = {
        "coefficients": {
            f.name: float(f"{getattr(law.coefficients, f.name):.4g}") for f in fields(Coefficients)
        },
        **{name: short(getattr(law, name)) for name in ("mean", "spread", "low", "high")},
        **{name: round(getattr(law, name), 4) for name in _NUMBERS},
        "bands": {
            kind: [[round(b.low, 4), round(b.high, 4)] for b in getattr(bands, kind)]
            for kind in _KINDS
        },
        "tpot": sparse(law.tpot),
        "ttft": sparse(law.ttft),
    }
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in raw.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
