"""One engine step of the reference, by hand from the round table."""

import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.models.fleet.reference import twin
from headrace.models.fleet.reference.engine import Engine, attention
from headrace.models.fleet.types import Fleet, Pool

TABLE = round_table()


def test_items_of_one_time_keep_their_order():
    engine = Engine(trace([0.0], [1], [1]), Fleet((Pool("a", TABLE, 1),)))
    engine.schedule(2.0, "warm", 1)
    engine.schedule(1.0, "fail", 2)
    engine.schedule(2.0, "tick", 3)
    assert [entry[2] for entry in sorted(engine.agenda)] == ["fail", "warm", "tick"]


@pytest.mark.parametrize(
    ("chunk", "prefix", "seconds"),
    [(1000, 0, 0.001), (1000, 10_000, 0.011), (500, 5000, 0.003), (10_000, 0, 0.1)],
)
def test_attention_between_knots(chunk, prefix, seconds):
    """At 500 tokens half of 1,000's; after 5,000 tokens half way from 1 to 11 ms."""
    dense = TABLE.dense(10_000, 10)
    assert attention(dense, chunk, prefix) == pytest.approx(seconds)


def test_one_request_takes_a_prompt_and_two_decodes():
    """11.1 ms to the first token, then 10.11 and 10.1101 ms (test_simulator has the sum)."""
    found = twin(trace([0.0], [100], [3]), Fleet((Pool("a", TABLE, 1),)))
    assert found.ttft[0] == pytest.approx(0.0111)
    assert found.e2e[0] == pytest.approx(0.0111 + 0.01011 + 0.0101101)
    assert found.steps == 3


def test_a_full_cache_preempts_the_youngest_and_loses_no_token():
    """Two answers of 200 tokens beside 100-token prompts need 600 tokens of KV; 450 are there."""
    load = trace([0.0, 0.0], [100, 100], [200, 200])
    tight = twin(load, Fleet((Pool("a", round_table(kv_tokens=450), 1),)))
    roomy = twin(load, Fleet((Pool("a", TABLE, 1),)))
    assert tight.preempted > 0
    assert roomy.preempted == 0
    assert tight.e2e[0] <= tight.e2e[1]
    assert tight.e2e[1] > roomy.e2e[1]
