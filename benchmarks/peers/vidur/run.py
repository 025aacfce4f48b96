"""Run Vidur 0.0.26 on one trace with one of our step tables as its predictor; runs in Vidur's own
environment.

    python run.py TABLE.json REQUESTS.csv REPLICAS OUT.csv        (REQUESTS: arrival_s,input,output)

Writes ttft, tpot, e2e of every request and prints one JSON line: requests, steps, CPU seconds of
the event loop alone (setup, metrics and output are left out, in Vidur's favour). The policy is its
Sarathi scheduler, a round-robin router, whole steps.
"""

import csv
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["WANDB_MODE"] = "disabled"

import numpy as np
from vidur._native.entities import ExecutionTime
from vidur.config import config as settings
from vidur.execution_time_predictor import (
    BaseExecutionTimePredictor,
    ExecutionTimePredictorRegistry,
)

BATCH, BUDGET, BLOCK = 256, 2048, 16
LAST_TOKEN = 32_768


class Table:
    """Our step table on every token count and batch, in ms, plain Python floats: the fastest
    look-up Vidur can be given.
    """

    def __init__(self, path: str) -> None:
        raw = json.loads(Path(path).read_text())
        tokens, batches = np.arange(BUDGET + BATCH + 1), np.arange(BATCH + 1)
        self.shared = (1e3 * np.interp(tokens, raw["tokens"], raw["shared"])).tolist()
        self.fixed = (1e3 * np.interp(batches, raw["batches"], raw["fixed"])).tolist()
        self.per_kv = (1e3 * np.interp(batches, raw["batches"], raw["per_kv"])).tolist()
        self.chunks, self.prefixes, self.grid = raw["chunks"], raw["prefixes"], raw["attention"]
        self.kv_tokens = raw["kv_tokens"]

    def attention(self, chunk: float, prefix: float) -> float:
        x, y, grid = self.chunks, self.prefixes, self.grid
        i = j = 0
        while i < len(x) - 2 and chunk > x[i + 1]:
            i += 1
        while j < len(y) - 2 and prefix > y[j + 1]:
            j += 1
        u, v = (
            max(0.0, (chunk - x[i]) / (x[i + 1] - x[i])),
            max(0.0, (prefix - y[j]) / (y[j + 1] - y[j])),
        )
        near = grid[i][j] * (1 - u) + grid[i + 1][j] * u
        far = grid[i][j + 1] * (1 - u) + grid[i + 1][j + 1] * u
        return 1e3 * (near * (1 - v) + far * v)


class Predictor(BaseExecutionTimePredictor):
    """Prices a batch with our table; the whole time is one field of Vidur's execution time."""

    table: Table
    steps = 0

    def __init__(self, *_args: object, **options: object) -> None:
        self._config = options["predictor_config"]

    def get_execution_time(self, batch: object, _stage: int) -> ExecutionTime:
        Predictor.steps += 1
        table, decoding, context, prompt, chunks = self.table, 0, 0, 0, 0.0
        for request, new, whole in zip(batch.requests, batch.num_q_tokens, batch.num_kv_tokens):
            if request.is_prefill_complete:
                decoding += 1
                context += whole - 1
            else:
                prompt += new
                chunks += table.attention(new, whole - new)
        if not prompt:
            duration = table.fixed[decoding] + table.per_kv[decoding] * context
        else:
            duration = table.shared[prompt + decoding] + chunks
            if decoding:
                duration += table.per_kv[decoding] * context + max(
                    0.0, table.fixed[decoding] - table.shared[decoding]
                )
        return ExecutionTime(1, 0, 0, 0, 0, duration, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def configuration(
    requests: str, replicas: int, kv_tokens: int, folder: str
) -> settings.SimulationConfig:
    quiet = settings.MetricsConfig(
        write_json_trace=False,
        enable_chrome_trace=False,
        store_plots=False,
        store_request_metrics=False,
        store_batch_metrics=False,
        store_utilization_metrics=False,
        output_dir=folder,
    )
    cluster = settings.ClusterConfig(
        num_replicas=replicas,
        replica_config=settings.ReplicaConfig(
            model_name="meta-llama/Llama-3-8B",
            tensor_parallel_size=1,
            num_pipeline_stages=1,
            device="h100",
            network_device="h100_dgx",
        ),
        cache_config=settings.CacheConfig(
            num_blocks=kv_tokens // BLOCK, watermark_blocks_fraction=0.0
        ),
        global_scheduler_config=settings.RoundRobinGlobalSchedulerConfig(),
        replica_scheduler_config=settings.SarathiSchedulerConfig(
            batch_size_cap=BATCH, chunk_size=BUDGET
        ),
    )
    trace = settings.TraceRequestGeneratorConfig(
        trace_file=requests,
        date="x",
        max_tokens=LAST_TOKEN,
        prefill_scale_factor=1.0,
        decode_scale_factor=1.0,
        time_scale_factor=1.0,
    )
    return settings.SimulationConfig(
        cluster_config=cluster, request_generator_config=trace, metrics_config=quiet
    )


def main() -> int:
    logging.disable(logging.WARNING)
    table_file, requests_file, replicas, out = (
        sys.argv[1],
        sys.argv[2],
        int(sys.argv[3]),
        sys.argv[4],
    )
    Predictor.table = Table(table_file)
    for name in list(BaseExecutionTimePredictor.__abstractmethods__):
        if name not in Predictor.__dict__:
            setattr(Predictor, name, lambda self, *a, **k: 0.0)
    Predictor.__abstractmethods__ = frozenset()
    ExecutionTimePredictorRegistry.get = classmethod(lambda cls, key, *a, **k: Predictor(*a, **k))
    from vidur.simulator import Simulator

    with tempfile.TemporaryDirectory() as folder:
        theirs = str(Path(folder) / "requests.csv")
        with Path(requests_file).open() as source, Path(theirs).open("w", newline="") as sink:
            writer = csv.writer(sink)
            writer.writerow(["Time", "PromptTokenCount", "CompletionTokenCount", "Date"])
            writer.writerows(
                [row["arrival_s"], row["input"], row["output"], "x"]
                for row in csv.DictReader(source)
            )
        simulator = Simulator(configuration(theirs, replicas, Predictor.table.kv_tokens, folder))
        simulator._write_output = lambda: None
        requests = sorted(
            (event._request for _, event in simulator._event_queue), key=lambda r: r.id
        )
        begin = time.process_time()
        simulator.run()
        spent = time.process_time() - begin
    with Path(out).open("w", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(["ttft", "tpot", "e2e"])
        for r in requests:
            ttft, e2e = r.prefill_completed_at - r.arrived_at, r.completed_at - r.arrived_at
            writer.writerow(
                [
                    ttft,
                    (e2e - ttft) / (r.num_decode_tokens - 1) if r.num_decode_tokens > 1 else 0.0,
                    e2e,
                ]
            )
    print(json.dumps({"requests": len(requests), "steps": Predictor.steps, "cpu_s": spent}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
