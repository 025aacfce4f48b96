"""Which tables are shipped."""

import sys

import pytest
from tests.builders.fleet_tables import round_table

from headrace.compute.accelerator import accelerator
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.architecture import language_model
from headrace.models.step_time import fill_tables
from headrace.models.step_time.aiconfigurator import table_name
from headrace.models.step_time.table import read_table, table_names


def test_every_table_wanted_has_a_model_and_a_part_of_the_catalogue():
    for choices in fill_tables.queries():
        first = choices[0]
        language_model(first.model)
        accelerator(first.system.removesuffix("_sxm"))
        assert [query.backend for query in choices] == ["trtllm", "vllm", "sglang"]
        assert len({(query.system, query.layout) for query in choices}) == 1


def test_every_table_shipped_was_wanted():
    wanted = {table_name(query) for choices in fill_tables.queries() for query in choices}
    # the guides' own example is older, with every token count a knot
    assert set(table_names()) - wanted == {"llama-3.1-8b.h100_sxm.vllm.tp1"}


def test_what_has_no_data_is_left_out_and_the_next_backend_tried(tmp_path, monkeypatch, capsys):
    """The first backend has nothing, the second a table without room, which is not written."""
    kept = round_table(name="kept")

    def fill(query):
        if query.backend == "trtllm":
            raise InputError(InputFault(Place(), "no data"))
        return kept if query.system == "h100_sxm" else round_table(kv_tokens=0, name="empty")

    choices = next(iter(fill_tables.queries()))
    others = tuple(
        type(query)(
            query.model, query.path, "a100_sxm", query.backend, query.precision, query.layout
        )
        for query in choices
    )
    monkeypatch.setattr(fill_tables, "queries", lambda: iter([choices, others]))
    monkeypatch.setattr(fill_tables, "table", fill)
    monkeypatch.setattr(sys, "argv", ["fill_tables", str(tmp_path)])
    assert fill_tables.main() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]
    assert read_table(tmp_path / "kept.json").shared == pytest.approx(kept.shared)
    assert capsys.readouterr().err.count("no data") == 2
