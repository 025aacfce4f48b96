"""Rubin's first steps beside a law that has seen none."""

import pytest
from tests.builders.checks import failed, ids_of, rows_of

from headrace.compute.accelerator import accelerator
from headrace.models.architecture import language_model
from headrace.models.step_time.providers import roofline_table
from headrace.models.step_time.roofline import Layout
from headrace.verification import rubin_steps
from headrace.verification.rubin_steps import decode_step


def test_decode_steps_lie_near_and_the_prompt_is_told():
    assert ids_of("rubin_steps") == {"models.rubin.decode"}
    rows = rows_of("models.rubin.decode")
    assert set(rows) == {".1024", ".8192", ".32768"}
    assert failed(rows) == set()
    assert "took 0.202 s" in rows[".1024"].reason
    assert "not claimed" in rows[".1024"].reason


def test_a_step_twice_as_long_fails(monkeypatch):
    twice = tuple((context, 2 * seconds) for context, seconds in rubin_steps.DECODE)
    monkeypatch.setattr(rubin_steps, "DECODE", twice)
    assert len(failed(rows_of("models.rubin.decode"))) == 3


def test_a_step_is_that_of_the_batch_and_grows_with_every_cached_token():
    part, shape = accelerator("rubin"), language_model("zai-org/GLM-5")
    table = roofline_table(shape, part, "fp4", Layout(4))
    at = int((table.batches == 32).argmax())
    assert table.batches[at] == 32
    rest = decode_step(table, 0.0)
    assert rest == pytest.approx(table.fixed[at])
    assert decode_step(table, 1000.0) - rest == pytest.approx(32_000 * table.per_kv[at])
