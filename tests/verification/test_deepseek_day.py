"""A published day recomputed: multiplications that anybody can do by hand."""

from __future__ import annotations

import pytest
from tests.builders.checks import failed, rows_of, write_table

from headrace.core.errors import InputError
from headrace.verification.deepseek_day import Day, books, read_day

FACTS = {
    "input_tokens": 86_400e6,
    "input_tokens_cache_hit": 36_400e6,
    "output_tokens": 8_640e6,
    "input_per_prefill_node": 100_000.0,
    "output_per_decode_node": 10_000.0,
    "gpu_rent": 2.0,
    "price_input_hit": 0.1,
    "price_input_miss": 0.5,
    "price_output": 2.0,
    "nodes_mean": 20.0,
    "cost": 7_680.0,
    "revenue_theoretical": 45_920.0,
}
"""86,400e6 tokens a day are 1e6 a second: 10 prefill nodes; 8,640e6 are 1e5 a second: 10 decode
nodes. 20 nodes x 8 accelerators x 24 h x 2 USD = 7,680 USD. 36,400 x 0.1 + 50,000 x 0.5 +
8,640 x 2 = 3,640 + 25,000 + 17,280 = 45,920 USD.
"""


def write(path, facts):
    rows = [{"key": key, "value": value, "unit": ""} for key, value in facts.items()]
    write_table(path, *rows)
    return path


def test_nodes_cost_and_revenue_by_hand():
    day = Day(86_400e6, 36_400e6, 8_640e6, 100_000.0, 10_000.0, 8, 2.0, 0.1, 0.5, 2.0)
    found = books(day)
    assert found.nodes == pytest.approx(20.0)
    assert found.node_hours == pytest.approx(480.0)
    assert found.cost == pytest.approx(7_680.0)
    assert found.revenue == pytest.approx(45_920.0)


def test_the_file_reads_to_the_day_and_its_published_results(tmp_path):
    day, published = read_day(write(tmp_path / "facts.csv", FACTS))
    assert (day.input_tokens, day.rent, day.accelerators_per_node) == (86_400e6, 2.0, 8)
    assert published == {"nodes_mean": 20.0, "cost": 7_680.0, "revenue_theoretical": 45_920.0}


def test_every_figure_that_is_missing_is_named(tmp_path):
    facts = {k: v for k, v in FACTS.items() if k not in ("gpu_rent", "price_output")}
    with pytest.raises(InputError, match="no gpu_rent, price_output"):
        read_day(write(tmp_path / "facts.csv", facts))


@pytest.mark.parametrize(
    ("key", "wrong", "off"),
    [
        ("nodes_mean", 20.2, {".nodes"}),
        ("cost", 7_600.0, {".cost"}),
        ("price_output", 2.1, {".revenue"}),
        ("input_per_prefill_node", 98_000.0, {".nodes", ".cost"}),
    ],
)
def test_a_wrong_figure_fails_the_rows_it_enters(tmp_path, monkeypatch, key, wrong, off):
    monkeypatch.setenv("HEADRACE_DATA", str(tmp_path))
    write(tmp_path / "deepseek_day" / "facts.csv", FACTS)
    assert failed(rows_of("models.deepseek_day")) == set()
    write(tmp_path / "deepseek_day" / "facts.csv", FACTS | {key: wrong})
    assert failed(rows_of("models.deepseek_day")) == off
