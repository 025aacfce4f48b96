"""What `benchmarks/serving_search.py` says where it has nothing to compare."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from headrace.core.errors import HeadraceError

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "serving_search.py"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the script sets it where it is not
    spec = importlib.util.spec_from_file_location("serving_search_bench", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_speed_is_told_where_no_table_could_be_filled(bench, tmp_path, monkeypatch, capsys):
    """An empty search answers in microseconds: 9 CPU-s of the peer would be a ratio of a
    million.
    """

    def absent(_query):
        raise HeadraceError("the kernel provider is not installed")

    answers = tmp_path / "peer.csv"
    answers.write_text(
        "path,system,isl,osl,ttft_ms,tpot_ms,agg,disagg,cpu_s,how\n"
        "meta-llama/Meta-Llama-3.1-8B,h100_sxm,1000,200,500,20,500,600,9,answered\n"
    )
    monkeypatch.setattr(bench, "table", absent)
    monkeypatch.setattr("sys.argv", ["serving_search.py", str(answers)])
    assert bench.main() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "no table, so no speed to tell: meta-llama/Meta-Llama-3.1-8B on h100_sxm" in told.err
