"""The step table: look-ups by hand, files there and back, and every fault said."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table

from headrace.core.errors import InputError
from headrace.models.step_time.table import (
    PhasePower,
    StepTable,
    named_table,
    parse_table,
    read_table,
    table_names,
    write_table,
)

TABLE = round_table()


def test_look_ups() -> None:
    """Decode of 11 requests at 1,000 KV tokens: 10 ms + 1.1 ms + 11,000 x 1e-7 s.

    A chunk of 500 after 1,000: 15 ms + 1 ms.
    """
    assert TABLE.decode_time(11, 1000) == pytest.approx(0.0111 + 0.0011)
    assert TABLE.prefill_time(500, 1000) == pytest.approx(0.015 + 0.001)
    dense = TABLE.dense(100, 5, overhead=0.5)
    assert dense.shared[100] == pytest.approx(0.511)
    assert dense.fixed[5] == pytest.approx(0.5105)


def test_last_slopes_go_on() -> None:
    assert TABLE.decode_time(201, 0) == pytest.approx(0.0301)
    assert TABLE.attention_time(19_000, 0) == pytest.approx(0.199)


def test_there_and_back(tmp_path: Path) -> None:
    write_table(TABLE, tmp_path / "t.json")
    back = read_table(tmp_path / "t.json")
    np.testing.assert_allclose(back.attention, TABLE.attention, rtol=1e-6)
    assert (back.name, back.band, back.power.sleep) == (TABLE.name, TABLE.band, 100.0)


def test_scaled() -> None:
    twice = TABLE.scaled(2.0, name="twice", source="a test")
    assert twice.decode_time(11, 1000) == pytest.approx(2 * TABLE.decode_time(11, 1000))
    assert twice.power.busiest() == TABLE.power.busiest() == 1000.0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"shared": np.array([0.0, 1.0])}, "takes no time"),
        ({"shared": np.array([1.0])}, "one value a knot"),
        ({"tokens": np.array([5.0, 5.0])}, "do not increase"),
        ({"per_kv": np.array([-1.0, 0.0])}, "negative"),
        ({"attention": np.zeros((1, 2))}, "shape"),
        ({"prefixes": np.array([3.0, 1.0])}, "prefixes"),
        ({"accelerators": 0}, "accelerators"),
        ({"band": (1.2, 1.3)}, "band"),
        ({"power": replace(TABLE.power, sleep=900.0)}, "sleep above idle"),
        ({"power": replace(TABLE.power, decode=np.zeros(5))}, "power.decode"),
    ],
)
def test_faults_are_said(fault: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        replace(TABLE, **fault)


def test_shipped_tables_load() -> None:
    assert "llama-3.1-8b.h100_sxm.vllm.tp1" in table_names()
    found = named_table("llama-3.1-8b.h100_sxm.vllm.tp1")
    assert isinstance(found, StepTable)
    with pytest.raises(InputError, match="Did you mean"):
        named_table("llama-3.1-8b.h100_sxm.vllm.tp2")


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda x: json.dumps(x).encode()
    )
)
def test_any_text_is_a_table_or_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        parse_table(text, "fuzz")


@given(
    st.sampled_from(sorted(json.loads(json.dumps({k: 0 for k in TABLE.__dataclass_fields__})))),
    st.none() | st.text() | st.lists(st.floats()),
)
def test_any_field_may_be_wrong(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: object
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.json"
    write_table(TABLE, path)
    raw = json.loads(path.read_text()) | {field: value}
    try:
        parse_table(json.dumps(raw).encode(), "fuzz")
    except InputError as refused:
        assert refused.problems


@pytest.mark.parametrize(
    ("power", "key"),
    [
        (PhasePower(1.0, 2.0, 3.0, np.array([4.0])), "power.decode"),
        (PhasePower(3.0, 2.0, 3.0, np.array([4.0, 5.0])), "power"),
        (PhasePower(1.0, 2.0, -3.0, np.array([4.0, 5.0])), "power"),
        (PhasePower(1.0, 2.0, 3.0, np.array([4.0, np.inf])), "power"),
    ],
)
def test_powers_that_cannot_be(power: PhasePower, key: str) -> None:
    assert [fault[0] for fault in power.faults(2)] == [key]


def test_the_busiest_phase_counts_for_a_cap() -> None:
    assert PhasePower(1.0, 2.0, 3.0, np.array([4.0, 9.0])).busiest() == 9.0
    assert PhasePower(1.0, 2.0, 30.0, np.array([4.0, 9.0])).busiest() == 30.0
    assert PhasePower(1.0, 2.0, 3.0, np.array([4.0, 9.0])).faults(2) == []
