"""Run AISimulate on one trace, one replica of Llama 3.1 8B on H100, vLLM 0.24.0 kernels; runs in
its own environment.

    python run.py REQUESTS.csv OUT.json        (REQUESTS: arrival_s,input,output)

Writes the means and percentiles it prints, and the CPU seconds of the run and of one of twenty
requests, which is its start-up.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

BLOCK, BUDGET, PLACES = 512, 2048, 256
ENGINE = {
    "model": "meta-llama/Meta-Llama-3.1-8B",
    "hardware": "h100_sxm",
    "backend": "vllm",
    "backend_version": "0.24.0",
    "workers": {
        "aggregated": {
            "parallelism": {"tensor": 1},
            "scheduler": {"max_batched_tokens": BUDGET, "max_sequences": PLACES},
        }
    },
}


def predicted(rows: list[list[str]], folder: Path) -> tuple[dict[str, float], float]:
    """What it says of the rows, and the CPU seconds that took."""
    trace, hashes = folder / "trace.jsonl", 0
    with trace.open("w") as sink:
        for arrival, prompt, answer in rows:
            blocks = -(-int(prompt) // BLOCK)
            request = {
                "timestamp": round(1e3 * float(arrival), 3),
                "input_length": int(prompt),
                "output_length": int(answer),
                "hash_ids": list(range(hashes, hashes + blocks)),
            }
            sink.write(json.dumps(request) + "\n")
            hashes += blocks
    source = {"type": "trace", "paths": [str(trace)], "format": "mooncake"}
    traffic = {"source": source, "load": {"type": "trace_timestamps"}}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump({"traffic": traffic, "engine": ENGINE}))
    program = Path(sys.executable).parent / "aisimulate"
    words = [program, "predict", "-c", config, "--format", "json", "--overwrite"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*words, "--output-dir", folder / "out"], check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = next(line for line in done.stdout.splitlines() if line.startswith("{"))
    return json.loads(told), spent


def main() -> None:
    """Both runs, and one JSON file."""
    with Path(sys.argv[1]).open() as source:
        rows = list(csv.reader(source))[1:]
    with tempfile.TemporaryDirectory() as place:
        _, start = predicted(rows[:20], Path(place))
        found, spent = predicted(rows, Path(place))
    Path(sys.argv[2]).write_text(json.dumps({**found, "cpu_s": spent, "start_s": start}))


if __name__ == "__main__":
    main()
