"""Ask aiconfigurator's own search (`cli_default`, 32 accelerators) each query of queries.csv; one
CSV line per answer.

Run in the peer's own environment: `python search.py QUERIES.csv OUT.csv [LIMIT]`. Columns added:
best output tokens per second and accelerator aggregated and disaggregated (empty where it finds
nothing), CPU seconds of the call, and how it ended: `answered`, `error`, or `no answer within LIMIT
CPU-s` (default 180, about twenty times its usual call). One warm process asks the queries in turn,
so that what the peer keeps between calls stays kept; a call over the limit is ended with its
process, and a new one, warmed up again uncounted, goes on with the next query.
"""

import csv
import logging
import multiprocessing
import resource
import sys
import time

LIMIT = 180
WALL = 5  # a process that waits instead of working is ended after so many times the limit


def best(answer, mode):
    table = answer.best_configs.get(mode)
    return f"{table['tokens/s/gpu'].max():.6g}" if table is not None and len(table) else ""


def ask(cli_default, row):
    sizes = {
        "isl": int(row["isl"]),
        "osl": int(row["osl"]),
        "ttft": float(row["ttft_ms"]),
        "tpot": float(row["tpot_ms"]),
    }
    start = time.process_time()
    try:
        answer = cli_default(row["path"], 32, row["system"], backend="trtllm", **sizes)
        found, how = [best(answer, "agg"), best(answer, "disagg")], "answered"
    except Exception as error:
        print(row, repr(error)[:200], file=sys.stderr)
        found, how = ["", ""], "error"
    return [*found, f"{time.process_time() - start:.3f}", how]


def serve(pipe, limit):
    """Answer queries from `pipe`; the kernel ends this process where one takes more than `limit`
    CPU seconds.
    """
    logging.disable(logging.WARNING)
    from aiconfigurator.cli import cli_default

    while (row := pipe.recv()) is not None:
        spent = time.process_time()
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(spent + limit) + 1, hard))
        pipe.send(ask(cli_default, row))


def start(limit):
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.Process(target=serve, args=(there, limit), daemon=True)
    worker.start()
    there.close()
    return worker, here


def answered(pipe, row, limit):
    """The worker's answer, or None where it was ended or waits for ever."""
    try:
        pipe.send(row)
        return pipe.recv() if pipe.poll(WALL * limit) else None
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return None


def main():
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else LIMIT
    with open(sys.argv[1]) as source:
        rows = list(csv.DictReader(source))
    with open(sys.argv[2], "w") as sink:
        sink.write("path,system,isl,osl,ttft_ms,tpot_ms,agg,disagg,cpu_s,how\n")
        worker, pipe = start(limit)
        for row in rows:
            found = answered(pipe, row, limit)
            if found is None:
                worker.kill()
                worker.join()
                found = ["", "", f"{limit:.3f}", f"no answer within {limit} CPU-s"]
                worker, pipe = start(limit)
                answered(pipe, rows[0], limit)
            sink.write(",".join([*row.values(), *found]) + "\n")
            sink.flush()
        pipe.send(None)
        worker.join()


if __name__ == "__main__":
    main()
