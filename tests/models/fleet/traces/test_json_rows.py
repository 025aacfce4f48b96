"""JSON lines: Mooncake, Qwen-Bailian, sessions whose turns follow one another."""

import json

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.models.fleet import read_trace
from headrace.models.fleet.traces.json_rows import json_row, odd_rows


def written(folder, *rows):
    path = folder / "trace.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def row(**told):
    return {"timestamp": 0, "input_length": 600, "output_length": 5} | told


@pytest.mark.parametrize(
    ("tokens", "blocks", "good"),
    [(512, 1, True), (513, 2, True), (513, 1, False), (1, 1, True), (512, 2, False), (9, 0, True)],
)
def test_n_blocks_hold_more_than_n_minus_one(tokens, blocks, good):
    assert odd_rows(np.array([tokens]), np.array([blocks]), 512)[0] != good


def test_blocks_that_do_not_hold_their_prompt_are_refused_with_line_and_size(tmp_path):
    path = written(tmp_path, row(hash_ids=[1, 2]), row(timestamp=10, hash_ids=list(range(10))))
    with pytest.raises(InputError, match=r"trace.jsonl:2  hash_ids: 10 blocks for 600 tokens"):
        read_trace(path)
    path = written(tmp_path, row(hash_ids=list(range(38))))
    with pytest.raises(InputError, match="--block 16"):
        read_trace(path)
    assert read_trace(path, block=16).blocks.tokens == 16


def test_bailian_counts_seconds_and_blocks_of_sixteen(tmp_path):
    told = {"chat_id": 159, "parent_chat_id": 55, "type": "text", "turn": 2}
    found = read_trace(
        written(
            tmp_path,
            row(**told, timestamp=61.114, input_length=521, hash_ids=list(range(33))),
            row(**told, timestamp=62.5, input_length=16, hash_ids=[0]),
        )
    )
    assert found.arrival.tolist() == pytest.approx([0.0, 1.386])
    assert (found.blocks.tokens, found.blocks.ids[-1]) == (16, 0)
    assert "Bailian" in found.source


def test_turns_follow_the_turn_before_in_their_session(tmp_path):
    """Two sessions: turns come 500 ms and 2 s after the end of the turn above."""
    first = {"input_length": 10, "output_length": 5}
    found = read_trace(
        written(
            tmp_path,
            {"session_id": "a", "timestamp": 0, **first},
            {"session_id": "b", "timestamp": 400, **first},
            {"session_id": "a", "delay": 500, **first},
            {"session_id": "a", "delay": 2000, **first},
        )
    )
    assert found.arrival.tolist() == [0.0, 0.4, 0.5, 2.5]
    assert found.followers.before.tolist() == [-1, -1, 0, 2]
    assert found.followers.pause.tolist() == [0.0, 0.0, 0.5, 2.0]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"session_id": "z", "delay": 5}, ":2.*nothing of session `z`"),
        ({"delay": 5}, ":2.*session_id"),
        ({"session_id": "a", "delay": -5}, ":2.*delay of -5"),
        ({"session_id": "a", "delay": "5"}, ":2.*delay is not a number"),
        ({}, ":2.*no 'timestamp'"),
    ],
)
def test_turns_that_follow_nothing_are_refused(tmp_path, told, words):
    other = {"input_length": 10, "output_length": 5, **told}
    with pytest.raises(InputError, match=words):
        read_trace(written(tmp_path, row(session_id="a"), other))


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"timestamp": 1, "input_length": 2},
        {"timestamp": True, "input_length": 2, "output_length": 3},
        {"timestamp": 1, "input_length": "2", "output_length": 3},
        {"timestamp": 1, "input_length": 2, "output_length": 3, "hash_ids": 7},
        {"timestamp": 1, "input_length": 2, "output_length": 3, "hash_ids": ["a"]},
        {"timestamp": 1, "input_length": 2, "output_length": 3, "hash_ids": [True]},
    ],
)
def test_what_is_no_request(told):
    with pytest.raises((TypeError, KeyError)):
        json_row(told, 1)


def test_rows_without_answer_are_left_out_with_their_blocks(tmp_path):
    found = read_trace(
        written(
            tmp_path,
            row(hash_ids=[1, 2]),
            row(timestamp=1, output_length=0, hash_ids=[3, 4]),
            row(timestamp=2, hash_ids=[1, 5]),
        ),
        drop_empty=True,
    )
    assert (len(found), found.dropped) == (2, 1)
    assert found.blocks.ids.tolist() == [0, 1, 0, 2]


HEADER = {"schema": "dynamo.agentic_mooncake", "version": 2, "block_size": 4}


def call(name, prompt, after="", *, at=0.0, pause=0.0, **told):
    """A request of an agentic trace."""
    waits = [{"request_id": after, "trigger": "completion", "delay_ms": pause}] if after else []
    blocks = [*range(-(-prompt // 4))]
    lengths = {"input_length": prompt, "output_length": 7, "hash_ids": blocks}
    base = {"request_id": name, "session_id": "s", "not_before_ms": at, "dependencies": waits}
    return base | lengths | told


def test_calls_of_an_agent_wait_for_the_call_they_name(tmp_path):
    """Two calls start by the clock, one follows each; in the order in which they may begin."""
    found = read_trace(
        written(
            tmp_path,
            HEADER,
            call("a", 10),
            call("b", 6, at=0.5),
            call("c", 12, "a", pause=250.0),
            call("d", 9, "b", pause=1.5),
        )
    )
    assert found.followers.before.tolist() == [-1, -1, 1, 0]
    assert found.followers.pause.tolist() == pytest.approx([0, 0, 0.0015, 0.25])
    assert found.arrival[:2].tolist() == pytest.approx([0.0, 0.0005])
    assert (found.blocks.tokens, found.input.tolist()) == (4, [10, 6, 9, 12])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([HEADER | {"schema": "other"}], "its schema is `other`"),
        ([HEADER | {"block_size": "x"}], "a block_size of x"),
        ([HEADER, call("c", 12, "nobody")], "nothing of session `nobody`"),
        ([call("a", 3), call("b", 3, dependencies=[{"request_id": "a"}] * 2)], "waits for several"),
        (
            [call("a", 3), call("b", 3, dependencies=[{"request_id": "a", "trigger": "start"}])],
            "something else than the completion",
        ),
        ([HEADER, call("a", 3), call("b", 3, "a", pause=-4.0)], "a delay of -4"),
    ],
)
def test_agentic_lines_that_are_not_understood_are_refused(tmp_path, rows, words):
    with pytest.raises(InputError, match=words):
        read_trace(written(tmp_path, *rows))
