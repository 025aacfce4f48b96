"""Step tables from NVIDIA's kernel data base: an adapter to aiconfigurator-core 0.12 (extra
`kernel`).

Only the compiled engine is used (`EngineHandle`): its Python layer re-reads some 500 YAML files per
question, so five of its look-ups are remembered and its YAML reader replaced by the C one, in that
package's modules only. Chunked prompts are priced by `run_static_per_op`, whose attention grows
with the cached prefix as it should; the engine's mixed step does not. Cache capacity is computed
here. Nothing of the engine is persisted but times.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.power import phases
from headrace.models.step_time.roofline import BYTES, Format, Layout, cache_bytes
from headrace.models.step_time.table import StepTable

SOURCE = (
    "aiconfigurator-core 0.12.0 (NVIDIA, Apache-2.0), kernel data base,"
    " times derived by running its engine"
)
USABLE = 0.9  # share of memory for weights and cache
_LOOKUPS = (
    "get_supported_databases",
    "get_latest_database_version",
    "get_version_slots",
    "_declared_versions",
    "resolve_query_version",
)
_MODULES = ("perf_database", "operations.base", "attention_lanes")
_QUANT: dict[Format, str] = {"bf16": "bfloat16", "fp8": "fp8", "fp4": "nvfp4", "int4": "int4_wo"}

TOKENS = np.array(
    [
        1,
        4,
        8,
        16,
        32,
        64,
        96,
        128,
        192,
        256,
        384,
        512,
        768,
        1024,
        1536,
        2048,
        3072,
        4096,
        6144,
        8192,
        8704,
    ],
    float,
)
BATCHES = np.array([1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512], float)
CONTEXTS = np.array([128, 512, 1024, 2048, 4096, 8192, 16384, 32768], float)
CHUNKS = np.array([16, 64, 256, 512, 1024, 2048, 4096, 8192], float)
PREFIXES = np.array([0, 1024, 4096, 8192, 16384], float)


@dataclass(frozen=True)
class KernelQuery:
    """One deployment in the data base's words: its model name, system ("h100_sxm") and backend
    ("trtllm").
    """

    model: str
    path: str
    system: str
    backend: str
    precision: Format
    layout: Layout
    quantise: bool = True


def available() -> bool:
    """True where the extra is installed."""
    return importlib.util.find_spec("aiconfigurator_core") is not None


def table(query: KernelQuery) -> StepTable:
    """The step table of `query`, filled by about 300 calls of the engine.

    Raises InputError where the extra is absent, or with the data base's own words where it has no
    data.
    """
    try:
        engine = _engine(query)
        return _fill(engine, query)
    except InputError:
        raise
    except Exception as error:  # the library raises a dozen unrelated kinds
        words = str(error).split("\n")[0].split(" at /")[0][:200]
        raise InputError(
            InputFault(
                Place(key=query.path),
                f"{query.system}, {query.backend}: {type(error).__name__}: {words}",
            )
        ) from error


def _engine(query: KernelQuery) -> Any:
    _prepare()
    handle = importlib.import_module("aiconfigurator_core.sdk.engine").EngineHandle
    model, layout = language_model(query.model), query.layout
    extra: dict[str, Any] = {"attention_dp_size": layout.dp}
    if model.experts:
        extra |= (
            {"moe_tp_size": 1, "moe_ep_size": layout.accelerators}
            if layout.dp > 1
            else {"moe_tp_size": layout.tp, "moe_ep_size": 1}
        )
    if model.shares_kv:
        # latent attention is collected in this format only on most systems
        extra |= {"fmha_quant_mode": "bfloat16"}
    if query.quantise:
        extra |= {"gemm_quant_mode": _QUANT[query.precision]}
        extra |= {"moe_quant_mode": _QUANT[query.precision]} if model.experts else {}
    return handle.compile(query.path, query.system, query.backend, tp_size=layout.tp, **extra)


@functools.lru_cache(maxsize=1)
def _prepare() -> None:
    if not available():
        raise InputError(
            InputFault(
                Place(),
                "the kernel provider is not installed",
                fix="Install `headrace[kernel]` (Linux, x86-64).",
            )
        )
    logging.getLogger("aiconfigurator_core").setLevel(logging.ERROR)
    yaml = importlib.import_module("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    fast = SimpleNamespace(
        safe_load=functools.partial(yaml.load, Loader=loader), YAMLError=yaml.YAMLError
    )
    for name in _MODULES:
        module: Any = importlib.import_module(f"aiconfigurator_core.sdk.{name}")
        module.yaml = fast
    database = importlib.import_module("aiconfigurator_core.sdk.perf_database")
    for name in _LOOKUPS:
        if hasattr(database, name):
            setattr(database, name, remembered(getattr(database, name)))


def remembered(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """`look_up` that is made once for each question, whether its arguments can be hashed or not."""
    known: dict[str, Any] = {}

    @functools.wraps(look_up)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        key = repr((args, sorted(kwargs.items())))
        if key not in known:
            known[key] = look_up(*args, **kwargs)
        return known[key]

    return wrapped


class KernelEngine(Protocol):
    """The calls of the data base's compiled engine that are used; times in ms."""

    def mixed_step_breakdown(self, tokens: int, decoding: int, isl: int, osl: int) -> list[float]:
        """Parts of a step of `tokens` prompt tokens [ms]; the second is all but attention."""

    def decode_step_latency(self, batch: int, context: int, osl: int) -> float:
        """One decode step [ms]."""

    def run_static_per_op(self, **query: object) -> tuple[list[tuple[str, float]], object]:
        """Operations of one prompt, by name and time [ms]; and those of its decode steps."""


def _fill(engine: KernelEngine, query: KernelQuery) -> StepTable:
    model, chip = language_model(query.model), accelerator(query.system.removesuffix("_sxm"))
    ranks = query.layout.dp
    shared = np.array([engine.mixed_step_breakdown(int(n), 0, int(n), 2)[1] for n in TOKENS]) / 1e3
    steps = (
        np.array(
            [[engine.decode_step_latency(int(b), int(s), 2) for s in CONTEXTS] for b in BATCHES]
        )
        / 1e3
    )
    fixed, per_kv, miss = decode_lines(steps)
    attention = np.zeros((len(CHUNKS), len(PREFIXES)))
    for i, chunk in enumerate(CHUNKS):
        for j, prefix in enumerate(PREFIXES):
            context, _ = engine.run_static_per_op(
                batch_size=1,
                isl=int(chunk + prefix),
                osl=2,
                prefix=int(prefix),
                mode="static_ctx",
            )
            attention[i, j] = sum(op[1] for op in context if "attention" in op[0]) / 1e3
    share = per_kv * BATCHES * 2048.0 / (fixed + per_kv * BATCHES * 2048.0)
    return StepTable(
        name=table_name(query),
        model=query.model,
        system=chip.key,
        backend=query.backend,
        precision=query.precision,
        layout=f"tp{query.layout.tp}" + (f"-dp{ranks}" if ranks > 1 else ""),
        accelerators=query.layout.accelerators,
        provider="kernel",
        source=f"{SOURCE}; linear-in-cache decode fit within {miss * 100:.1f} % on average",
        date="2026-11",
        kv_tokens=max(0, int(capacity(model, chip.memory.to("B"), query.precision, query.layout))),
        band=(1.0, 1.0),
        tokens=TOKENS * ranks,
        shared=np.maximum.accumulate(shared),
        batches=BATCHES * ranks,
        fixed=np.maximum.accumulate(fixed),
        per_kv=per_kv / ranks,
        chunks=CHUNKS,
        prefixes=PREFIXES,
        attention=np.maximum(attention, 0.0),
        power=phases(chip, query.layout.accelerators, BATCHES * ranks, share),
    )


def decode_lines(steps: Floats) -> tuple[Floats, Floats, float]:
    """Per batch: time at zero context [s] and per cached token [s/token], least squares in relative
    error; and the mean miss [1]. steps: decode step [s] at BATCHES x CONTEXTS.
    """
    fixed, per_kv, misses = np.zeros(len(BATCHES)), np.zeros(len(BATCHES)), []
    for i, batch in enumerate(BATCHES):
        x, y = batch * CONTEXTS, steps[i]
        solution = np.linalg.lstsq(np.stack([1.0 / y, x / y], 1), np.ones(len(x)), rcond=None)[0]
        fixed[i], per_kv[i] = max(solution[0], y.min() * 0.5), max(solution[1], 0.0)
        misses.append(np.abs(fixed[i] + per_kv[i] * x - y) / y)
    return fixed, per_kv, float(np.mean(misses))


def capacity(model: LanguageModel, memory: float, precision: Format, layout: Layout) -> float:
    """Tokens of cache that a replica holds beside its weights; `memory` of one accelerator [B]."""
    weights = (
        (model.parameters - model.expert_parameters) * layout.dp + model.expert_parameters
    ) * BYTES[precision]
    a_token = float(cache_bytes(model, precision, np.array([float(layout.tp)]))[0])
    return (memory * USABLE * layout.accelerators - weights) / a_token


def table_name(query: KernelQuery) -> str:
    """Name of a shipped table: model.system.precision.backend.layout, in lower case."""
    model = query.model.split("/")[-1].lower()
    layout = f"tp{query.layout.tp}" + (f"-dp{query.layout.dp}" if query.layout.dp > 1 else "")
    return f"{model}.{query.system.removesuffix('_sxm')}.{query.precision}.{query.backend}.{layout}"
