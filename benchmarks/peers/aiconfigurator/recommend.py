"""Ask aiconfigurator's `recommend` for the fewest accelerators for each query and rate; one CSV
line per answer.

Run in the peer's own environment: `python recommend.py QUERIES.csv OUT.csv [QUERIES [RATE ...]]`:
the first 10 queries at 5 and 50 requests/s unless told. Columns added: rate, mode of the best
answer, accelerators in all, replicas, accelerators of one replica, CPU seconds, how it ended.
"""

import csv
import logging
import sys
import time


def ask(cli_recommend, row, rate):
    sizes = {
        "isl": int(row["isl"]),
        "osl": int(row["osl"]),
        "ttft": float(row["ttft_ms"]),
        "tpot": float(row["tpot_ms"]),
    }
    start = time.process_time()
    try:
        answer = cli_recommend(
            row["path"], row["system"], target_request_rate=rate, strict_sla=True, **sizes
        )
        found = []
        for mode, table in answer.best_configs.items():
            if table is not None and len(table):
                best = table.loc[table["total_gpus_needed"].idxmin()]
                whole, replicas = int(best["total_gpus_needed"]), int(best["replicas_needed"])
                found.append((whole, mode, replicas, whole // replicas))
        whole, mode, replicas, each = min(found)
        told = [mode, whole, replicas, each]
        how = "answered"
    except Exception as error:
        print(row, repr(error)[:200], file=sys.stderr)
        told, how = ["", "", "", ""], "error"
    return [*told, f"{time.process_time() - start:.3f}", how]


def main():
    logging.disable(logging.WARNING)
    from aiconfigurator.cli import cli_recommend

    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    rates = [float(rate) for rate in sys.argv[4:]] or [5.0, 50.0]
    with open(sys.argv[1]) as source:
        rows = list(csv.DictReader(source))[:count]
    with open(sys.argv[2], "w") as sink:
        out = csv.writer(sink)
        out.writerow([*rows[0], "rate", "mode", "accelerators", "replicas", "each", "cpu_s", "how"])
        for row in rows:
            for rate in rates:
                out.writerow([*row.values(), rate, *ask(cli_recommend, row, rate)])
                sink.flush()


if __name__ == "__main__":
    main()
