"""Ask aiconfigurator's own search (`cli_default`, 32 accelerators) each query of queries.csv; one CSV line per answer.

Run in the peer's own environment: `python search.py QUERIES.csv OUT.csv`. Columns added: best output tokens per second and
accelerator aggregated and disaggregated (empty where it finds nothing), CPU seconds of the call.
"""

import csv
import logging
import sys
import time

logging.disable(logging.WARNING)
from aiconfigurator.cli import cli_default  # noqa: E402


def best(answer, mode):
    table = answer.best_configs.get(mode)
    return f"{table['tokens/s/gpu'].max():.6g}" if table is not None and len(table) else ""


def main():
    with open(sys.argv[1]) as source, open(sys.argv[2], "w") as sink:
        sink.write("path,system,isl,osl,ttft_ms,tpot_ms,agg,disagg,cpu_s\n")
        for row in csv.DictReader(source):
            sizes = {"isl": int(row["isl"]), "osl": int(row["osl"]), "ttft": float(row["ttft_ms"]), "tpot": float(row["tpot_ms"])}
            start = time.process_time()
            try:
                answer = cli_default(row["path"], 32, row["system"], backend="trtllm", **sizes)
                found = [best(answer, "agg"), best(answer, "disagg")]
            except Exception as error:
                print(row, repr(error)[:200], file=sys.stderr)
                found = ["", ""]
            sink.write(",".join([*row.values(), *found, f"{time.process_time() - start:.3f}"]) + "\n")
            sink.flush()


if __name__ == "__main__":
    main()
