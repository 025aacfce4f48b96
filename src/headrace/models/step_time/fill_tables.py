"""Fills the step tables that come with Headrace: `python -m headrace.models.step_time.fill_tables
[OUT]` (extra `kernel`).

One file per model, system, precision and layout; what the data base cannot answer is left out and
named.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from headrace.compute.accelerator import Precision
from headrace.core.errors import InputError
from headrace.models.step_time.aiconfigurator import KernelQuery, table
from headrace.models.step_time.roofline import Layout
from headrace.models.step_time.table import write_table

_FP8: tuple[Precision, ...] = ("fp8",)
_FP8_FP4: tuple[Precision, ...] = ("fp8", "fp4")
_ALL: tuple[Precision, ...] = ("bf16", "fp8")

# catalogue key -> its name in the data base, precisions, layouts, whether to name the quantisation
_DENSE_SMALL, _DENSE = (Layout(1), Layout(2)), (Layout(1), Layout(2), Layout(4), Layout(8))
_EXPERTS, _LARGE = (
    (Layout(1), Layout(2), Layout(4), Layout(8)),
    (Layout(4), Layout(8), Layout(1, 8)),
)
_MODELS: tuple[tuple[str, str, tuple[Precision, ...], tuple[Layout, ...], bool], ...] = (
    ("meta-llama/Llama-3.1-8B", "meta-llama/Meta-Llama-3.1-8B", _ALL, _DENSE_SMALL, True),
    ("meta-llama/Llama-3.1-70B", "meta-llama/Meta-Llama-3.1-70B", _FP8_FP4, _DENSE, True),
    (
        "meta-llama/Llama-3.1-405B",
        "meta-llama/Meta-Llama-3.1-405B",
        _FP8_FP4,
        (Layout(4), Layout(8)),
        True,
    ),
    ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B", _FP8, _DENSE_SMALL, True),
    ("Qwen/Qwen3-32B", "Qwen/Qwen3-32B-FP8", _FP8, _DENSE, False),
    ("Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B-FP8", _FP8, _EXPERTS[:3], False),
    ("Qwen/Qwen3-235B-A22B", "Qwen/Qwen3-235B-A22B-FP8", _FP8, (Layout(4), Layout(8)), False),
    ("deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-V3", _FP8, _LARGE, False),
    ("deepseek-ai/DeepSeek-V3", "nvidia/DeepSeek-V3.1-NVFP4", ("fp4",), _LARGE, False),
    ("openai/gpt-oss-120b", "openai/gpt-oss-120b", ("fp4",), _EXPERTS, False),
    ("mistralai/Mixtral-8x7B", "mistralai/Mixtral-8x7B-v0.1", _FP8, _EXPERTS[:3], True),
    ("MiniMaxAI/MiniMax-M2.5", "MiniMaxAI/MiniMax-M2.5", _FP8, (Layout(4), Layout(8)), False),
    (
        "moonshotai/Kimi-K2.5",
        "nvidia/Kimi-K2.5-NVFP4",
        ("fp4",),
        (Layout(4), Layout(8), Layout(1, 8)),
        False,
    ),
)
_SYSTEMS = ("h100_sxm", "h200_sxm", "b200_sxm", "b300_sxm", "gb200", "gb300", "a100_sxm")
_BACKENDS = ("trtllm", "vllm", "sglang")


def queries() -> Iterator[tuple[KernelQuery, ...]]:
    """Every table wanted, as the backends to try for it in turn."""
    for model, path, precisions, layouts, quantise in _MODELS:
        for system in _SYSTEMS:
            for precision in precisions:
                for layout in layouts:
                    yield tuple(
                        KernelQuery(model, path, system, b, precision, layout, quantise)
                        for b in _BACKENDS
                    )


def main() -> int:
    """Fill all tables into the folder named on the command line (default: the package's own)."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "tables"
    folder.mkdir(exist_ok=True)
    for choices in queries():
        for query in choices:
            try:
                filled = table(query)
            except InputError as error:
                print(
                    f"- {query.path} {query.precision} {query.layout}: {error.message[:140]}",
                    file=sys.stderr,
                )
                continue
            if filled.kv_tokens > 0:
                write_table(filled, folder / f"{filled.name}.json")
                print(filled.name, file=sys.stderr)
            break
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
