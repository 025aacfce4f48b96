"""The step table: how long one engine step takes, and what it draws, for one model on one replica.

A step is one pass of a continuous-batching engine: `b` requests decode one token each, and prompts
are prefilled in chunks. Its time is a sum of table look-ups, so that a simulator can price a step
in nanoseconds:

    pure decode      fixed[b] + per_kv[b] * K                          K: KV tokens read by the b
                     decoding requests
    with prefill     shared[p + b] + sum over chunks attention[chunk, prefix]          p: prompt
                     tokens of this step
                     + per_kv[b] * K + max(0, fixed[b] - shared[b])

Between knots everything is linear; attention is bilinear in (chunk, prefix). Beyond the last knot
the last slope goes on. Providers (`kernel`, `roofline`, `measured`) fill tables; the search and the
fleet simulator read them and know nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.atomic_write import write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes

Provider = Literal["kernel", "roofline", "measured"]

DIGITS = 6  # significant digits kept in a file: far below any provider's error
MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class PhasePower:
    """Wall power of one replica (all its accelerators and its share of the servers) by phase [W].

    sleep: powered but serving nothing, weights unloaded. idle: awake, between steps. prefill:
        during prompt work.
    decode: during decode, by batch size, at the knots `StepTable.batches`; shape (batch knot,).
    """

    sleep: float
    idle: float
    prefill: float
    decode: Floats

    def faults(self, knots: int) -> list[tuple[str, str, str]]:
        """Figures that cannot be, beside `knots` batch knots: key, found, expected."""
        if self.decode.shape != (knots,):
            found = f"{self.decode.shape} values"
            return [("power.decode", found, f"one at each of the {knots} batch knots")]
        figures = np.concatenate([[self.sleep, self.idle, self.prefill], self.decode])
        if not np.isfinite(figures).all() or (figures < 0).any() or self.sleep > self.idle:
            found = "negative, not finite, or sleep above idle"
            return [("power", found, "0 <= sleep <= idle, all finite")]
        return []

    def busiest(self) -> float:
        """The highest power of any phase [W]: what a power cap must allow for an awake replica."""
        return max(self.idle, self.prefill, float(self.decode.max()))


class DenseSteps(NamedTuple):
    """A step table without knots, for compiled loops; all times in s.

    shared[n]: n tokens, n = 0..tokens. fixed[b], per_kv[b], decode_power[b]: b = 0..batch (entry 0
        is never used). attention[i, j] at (chunks[i], prefixes[j]).
    """

    shared: Floats
    fixed: Floats
    per_kv: Floats
    decode_power: Floats
    chunks: Floats
    prefixes: Floats
    attention: Floats


@dataclass(frozen=True)
class StepTable:
    """Step times and power of one replica: one model, precision, system, backend and parallel
    layout.

    accelerators: per replica. kv_tokens: tokens of KV cache one replica holds (0: not known, the
        user must say).
    band: multipliers around a step time that hold 80 % of outcomes, (low, high), low <= 1 <= high;
        (1, 1): not stated.
    tokens, shared: knots [tokens] and time of everything that depends on tokens only [s]: GEMM,
        norm, communication.
    batches, fixed, per_kv: knots [requests], decode step at zero KV [s], and time per KV token read
        [s/token].
    chunks, prefixes, attention: knots [tokens] and prompt attention of one chunk after a cached
        prefix [s], shape (chunk knot, prefix knot). Knots are strictly increasing; times are >= 0
        and finite, shared and fixed > 0. Raises InputError with every fault.
    """

    name: str
    model: str
    system: str
    backend: str
    precision: str
    layout: str
    accelerators: int
    provider: Provider
    source: str
    date: str
    kv_tokens: int
    band: tuple[float, float]
    tokens: Floats
    shared: Floats
    batches: Floats
    fixed: Floats
    per_kv: Floats
    chunks: Floats
    prefixes: Floats
    attention: Floats
    power: PhasePower

    def __post_init__(self) -> None:
        problems = [
            InputFault(Place(key=f"{self.name}.{key}"), found, expected)
            for key, found, expected in self.faults()
        ]
        if problems:
            raise InputError(problems)

    def faults(self) -> list[tuple[str, str, str]]:
        """Wrong shapes, knots or figures: key, found, expected."""
        faults = []
        for knots, values in (("tokens", "shared"), ("batches", "fixed"), ("batches", "per_kv")):
            x, y = getattr(self, knots), getattr(self, values)
            faults += _curve(knots, values, x, y)
        shape = (len(self.chunks), len(self.prefixes))
        if self.attention.shape != shape or min(shape) < 2:
            faults.append(
                (
                    "attention",
                    f"shape {self.attention.shape}",
                    f"{shape}, at least two knots each way",
                )
            )
        elif not np.isfinite(self.attention).all() or (self.attention < 0).any():
            faults.append(("attention", "a time is negative or not finite", "finite times >= 0"))
        for name in ("chunks", "prefixes"):
            if (np.diff(getattr(self, name)) <= 0).any():
                faults.append((name, "the knots do not increase", "strictly increasing knots"))
        if (self.shared <= 0).any() or (self.fixed <= 0).any():
            faults.append(("shared", "a step that takes no time", "shared and fixed > 0"))
        if self.accelerators < 1 or self.kv_tokens < 0:
            faults.append(
                (
                    "accelerators",
                    f"{self.accelerators} accelerators, {self.kv_tokens} KV tokens",
                    ">= 1 and >= 0",
                )
            )
        if not 0 < self.band[0] <= 1 <= self.band[1]:
            faults.append(("band", f"{self.band}", "low <= 1 <= high"))
        return faults + self.power.faults(len(self.batches))

    def dense(self, tokens: int, batch: int, overhead: float = 0.0) -> DenseSteps:
        """Every token count up to `tokens` and every batch up to `batch`; `overhead` [s] is added
        to each step.
        """
        n, b = np.arange(tokens + 1.0), np.arange(batch + 1.0)
        return DenseSteps(
            shared=interpolate(n, self.tokens, self.shared) + overhead,
            fixed=interpolate(b, self.batches, self.fixed) + overhead,
            per_kv=np.maximum(interpolate(b, self.batches, self.per_kv), 0.0),
            decode_power=np.interp(b, self.batches, self.power.decode),
            chunks=self.chunks,
            prefixes=self.prefixes,
            attention=self.attention,
        )

    def decode_time(self, batch: float, context: float) -> float:
        """One pure decode step of `batch` requests with `context` KV tokens each [s]."""
        fixed = interpolate(np.array([batch]), self.batches, self.fixed)[0]
        return float(
            fixed + interpolate(np.array([batch]), self.batches, self.per_kv)[0] * batch * context
        )

    def prefill_time(self, chunk: float, prefix: float = 0.0) -> float:
        """One step [s] of a single prompt chunk after `prefix` cached tokens, nothing decoding."""
        return float(
            interpolate(np.array([chunk]), self.tokens, self.shared)[0]
            + self.attention_time(chunk, prefix)
        )

    def attention_time(self, chunk: float, prefix: float) -> float:
        """Prompt attention of one chunk [s], bilinear."""
        rows = np.array(
            [interpolate(np.array([prefix]), self.prefixes, row)[0] for row in self.attention]
        )
        return float(max(0.0, interpolate(np.array([chunk]), self.chunks, rows)[0]))

    def scaled(self, factor: float, *, name: str, source: str) -> StepTable:
        """The same table with every time multiplied by `factor` [1] (a calibration); the new name
        and source say why.
        """
        times = {
            key: getattr(self, key) * factor for key in ("shared", "fixed", "per_kv", "attention")
        }
        return replace(self, name=name, source=source, **times)


def interpolate(x: Floats, knots: Floats, values: Floats) -> Floats:
    """Linear between knots [the unit of values], the last slope beyond the last knot, the first
    value below the first one.
    """
    inside = np.interp(x, knots, values)
    if len(knots) < 2:
        return inside
    slope = (values[-1] - values[-2]) / (knots[-1] - knots[-2])
    return np.where(x > knots[-1], values[-1] + slope * (x - knots[-1]), inside)


def _curve(knots: str, values: str, x: Floats, y: Floats) -> list[tuple[str, str, str]]:
    if x.ndim != 1 or x.shape != y.shape or not len(x):
        return [(values, f"{y.shape} values at {x.shape} knots", "one value a knot")]
    if (np.diff(x) <= 0).any() or x[0] < 0:
        return [(knots, "the knots do not increase from >= 0", "strictly increasing knots")]
    if not np.isfinite(y).all() or (y < 0).any():
        return [(values, "a time is negative or not finite", "finite times >= 0")]
    return []


def write_table(table: StepTable, path: Path) -> None:
    """Write a table as JSON, one array a line, six significant digits. Raises InputError where it
    cannot be written.
    """
    lines = [
        f"{json.dumps(key)}: {json.dumps(value)}" for key, value in _plain(asdict(table)).items()
    ]
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n")


def _plain(value: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, entry in value.items():
        if isinstance(entry, np.ndarray):
            entry = (
                [_rounded(row) for row in entry.tolist()]
                if entry.ndim == 2
                else _rounded(entry.tolist())
            )
        plain[key] = _plain(entry) if isinstance(entry, dict) else entry
    return plain


def _rounded(row: list[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in row]


def read_table(path: Path) -> StepTable:
    """The table in a JSON file. Raises InputError where it is missing, no JSON, or no table."""
    expected = f"a step table, or the name of a shipped one: {', '.join(table_names())}"
    return parse_table(read_bytes(path, MOST_BYTES, expected), path.name)


def parse_table(text: bytes, file: str) -> StepTable:
    """The table in a JSON text. Raises InputError for anything that is not one."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(InputFault(Place(file), f"this is not JSON: {error}")) from None
    names = {field.name for field in fields(StepTable)}
    if not isinstance(raw, dict) or set(raw) != names:
        odd = sorted(names ^ set(raw)) if isinstance(raw, dict) else ["(not an object)"]
        raise InputError(
            InputFault(
                Place(file), f"missing or unknown: {', '.join(odd)}", "the fields of a step table"
            )
        )
    try:
        return _typed(raw)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise InputError(
            InputFault(
                Place(file), f"a field has the wrong type: {error}", "the fields of a step table"
            )
        ) from None


def _typed(raw: dict[str, object]) -> StepTable:
    arrays = ("tokens", "shared", "batches", "fixed", "per_kv", "chunks", "prefixes", "attention")
    words = (
        "name",
        "model",
        "system",
        "backend",
        "precision",
        "layout",
        "provider",
        "source",
        "date",
    )
    typed: dict[str, object] = {key: np.array(raw[key], dtype=np.float64) for key in arrays}
    typed |= {key: str(raw[key]) for key in words}
    for key in ("accelerators", "kv_tokens"):
        typed[key] = int(raw[key])  # type: ignore[call-overload]
    low, high = np.array(raw["band"], dtype=np.float64)
    power = dict(raw["power"])  # type: ignore[call-overload]
    decode = np.array(power.pop("decode"), dtype=np.float64)
    typed["power"] = PhasePower(
        decode=decode, **{key: float(value) for key, value in power.items()}
    )
    return StepTable(band=(float(low), float(high)), **typed)  # type: ignore[arg-type]


def table_names() -> tuple[str, ...]:
    """Names of the tables that come with Headrace (`headrace/models/tables/*.json`)."""
    folder = files("headrace.models") / "tables"
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            entry.name.removesuffix(".json")
            for entry in folder.iterdir()
            if entry.name.endswith(".json")
        )
    )


def named_table(name: str) -> StepTable:
    """A table that comes with Headrace. Raises InputError with the nearest known name."""
    from difflib import get_close_matches

    known = table_names()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"Shipped: {', '.join(known) or 'none'}."
        raise InputError(InputFault(Place("table"), f"no step table is called `{name}`", fix=hint))
    return parse_table((files("headrace.models") / "tables" / f"{name}.json").read_bytes(), name)
