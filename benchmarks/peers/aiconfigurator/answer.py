"""Ask aiconfigurator for every row of its own silicon table; one CSV line per row it answers.
Layouts whose accelerators the table counts twice are asked as they were run (`as_run`).

Run in the peer's own environment: `python answer.py OUT.csv [first] [step]`. Its public call
re-reads some 500 YAML files each time; five of its functions are memoised here, which changes
nothing but the time (seconds to milliseconds).
"""

import csv
import functools
import importlib.resources
import logging
import sys
import time

logging.disable(logging.WARNING)
import yaml  # noqa: E402

if hasattr(yaml, "CSafeLoader"):
    yaml.safe_load = lambda text: yaml.load(text, Loader=yaml.CSafeLoader)

import aiconfigurator_core.sdk.perf_database as database  # noqa: E402

RENAMED = {
    "meta-llama/Llama-3.1-70B": "meta-llama/Meta-Llama-3.1-70B",
    "zhipuai/GLM-5": "zai-org/GLM-5",
}
RENAMED |= {
    "meta-llama/Llama-3.1-8B-Instruct": "meta-llama/Meta-Llama-3.1-8B",
    "nvidia/Llama-3.1-8B-Instruct-FP8": "meta-llama/Meta-Llama-3.1-8B",
}
RENAMED |= {
    "nvidia/Qwen3-32B-NVFP4": "Qwen/Qwen3-32B",
    "nvidia/DeepSeek-R1-NVFP4": "nvidia/DeepSeek-V3.1-NVFP4",
}


def memoise(name):
    original, known = getattr(database, name), {}

    def remembered(*args, **kwargs):
        key = repr((args, sorted(kwargs.items())))
        if key not in known:
            try:
                known[key] = (True, original(*args, **kwargs))
            except Exception as error:
                known[key] = (False, error)
        good, value = known[key]
        if good:
            return value
        raise value

    setattr(database, name, functools.wraps(original)(remembered))


NAMES = [
    "get_supported_databases",
    "get_latest_database_version",
    "get_version_slots",
    "_declared_versions",
    "resolve_query_version",
]
for found in NAMES:
    if hasattr(database, found):
        memoise(found)

from aiconfigurator.cli.api import cli_estimate  # noqa: E402


def number(text):
    return int(float(text)) if text else None


def shared(row):
    words = {
        "gemm_quant_mode": row["gemm_quant_mode"] or None,
        "moe_quant_mode": row["moe_quant_mode"] or None,
    }
    return {k: v for k, v in words.items() if v}


def as_run(row):
    """The layout that was run. Two exports write data-parallel attention on n accelerators with
    the accelerators counted twice: as tp n, dp n, ep n^2, or as dp n^2, moe_tp n, moe_ep n. Both
    mean tp 1, dp n, ep n at the same sequences of the replica; Headrace reads them so
    (`measured_deployments._widths`), hence the library is asked the same question.
    """
    names = ("tp_size", "attention_dp_size", "moe_ep_size", "moe_tp_size", "batch_size")
    if row["mode"] != "agg":
        return row
    tp, dp, ep, moe, size = (max(1, number(row[name]) or 1) for name in names)
    if dp > 1 and tp == dp and ep == tp * dp:
        wide = dp
    elif dp > 1 and tp == 1 and moe == ep and dp == moe * ep:
        wide = ep
    else:
        return row
    held = (1, wide, wide, 1, max(1, round(size * dp / wide)))
    return {**row, **dict(zip(names, map(str, held)))}


def ask(row):
    row = as_run(row)
    sizes = {"isl": number(row["isl"]), "osl": number(row["osl"]), "backend_name": row["backend"]}
    if row["mode"] == "agg":
        layout = {
            k: number(row[k])
            for k in ("tp_size", "pp_size", "moe_tp_size", "moe_ep_size", "batch_size")
            if row[k]
        }
        layout["attention_dp_size"] = max(1, number(row["attention_dp_size"]) or 1)
    else:
        keys = [k for k in row if k.startswith(("prefill_", "decode_")) and row[k]]
        layout = {k: max(1, number(row[k])) for k in keys}
    return cli_estimate(
        RENAMED.get(row["model_path"], row["model_path"]),
        row["system"],
        mode=row["mode"],
        **sizes,
        **layout,
        **shared(row),
    )


def priceable(row):
    return (
        bool(row["batch_size"])
        if row["mode"] == "agg"
        else bool(row["prefill_batch_size"] and row["decode_batch_size"])
    )


def main():
    out, first, step = [*sys.argv[1:], "0", "1"][:3] if len(sys.argv) != 3 else [*sys.argv[1:], "1"]
    first, step = int(first), int(step)
    table = importlib.resources.files("aiconfigurator_core") / "systems" / "silicon_sample.csv"
    rows = [(i, row) for i, row in enumerate(csv.DictReader(table.open())) if priceable(row)][
        first::step
    ]
    start = time.process_time()
    with open(out, "w") as sink:
        sink.write("row,ttft_ms,tpot_ms\n")
        for done, (i, row) in enumerate(rows):
            try:
                answer = ask(row)
            except Exception as error:
                sink.write(f"{i},,\n")
                if step == 1 or done % 50 == 0:
                    print(
                        i,
                        row["model_path"],
                        row["system"],
                        row["backend"],
                        repr(error)[:160],
                        file=sys.stderr,
                    )
                continue
            sink.write(f"{i},{answer.ttft:.6g},{answer.tpot:.6g}\n")
            sink.flush()
    print(len(rows), "rows", round(time.process_time() - start, 1), "CPU-s", file=sys.stderr)


if __name__ == "__main__":
    main()
