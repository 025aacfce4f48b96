"""The hours of a plan as a set: digests that name them, and what is refused when one is altered."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from headrace.core import hourly_store, run_folder
from headrace.core.errors import InputError
from headrace.core.files.file_set import FileSet
from headrace.core.hourly_store import FlowSeries, NodeHours


def hours(node: int) -> NodeHours:
    values = np.arange(24.0) - node
    return NodeHours(
        node,
        np.full(24, 365.0),
        (
            FlowSeries("b", "electricity", "pv", "MW", values, item_id="2"),
            FlowSeries("a", "electricity", "load", "MW", -values, "market", "sold", "x", "1", "L"),
        ),
    )


@pytest.fixture
def run(tmp_path: Path) -> run_folder.RunFolder:
    return run_folder.create(tmp_path / "run", "study: toy\n")


@pytest.fixture
def digest(run: run_folder.RunFolder) -> str:
    """Three nodes as a plan writes them; what `plan.json` would name."""
    return hourly_store.write_hours_of_plan(FileSet(run.root), hours, 3, threads=2)


def test_every_node_comes_back_with_all_its_words(run: run_folder.RunFolder, digest: str) -> None:
    assert hourly_store.stored_nodes(run) == (0, 1, 2)
    for node in range(3):
        found, wanted = hourly_store.read_hourly(run, node), hours(node)
        assert found.weight.tolist() == wanted.weight.tolist()
        by_item = {one.item: one for one in found.series}
        for one in wanted.series:
            stored = by_item[one.item]
            assert stored.values.tolist() == one.values.tolist()
            assert {k: v for k, v in vars(stored).items() if k != "values"} == {
                k: v for k, v in vars(one).items() if k != "values"
            }


def test_the_digest_of_all_is_that_of_their_digests(run: run_folder.RunFolder, digest: str) -> None:
    text = run.read(hourly_store.DIGESTS)
    assert sha256(text.encode()).hexdigest() == digest
    named = json.loads(text)
    assert sorted(named) == [hourly_store.file_of(node) for node in range(3)]
    for name, known in named.items():
        assert sha256((run.root / name).read_bytes()).hexdigest() == known
    hourly_store.refuse_other_hours(run, digest)


def test_threads_change_nothing_that_is_named(tmp_path: Path, digest: str) -> None:
    other = run_folder.create(tmp_path / "other", "study: toy\n")
    assert hourly_store.write_hours_of_plan(FileSet(other.root), hours, 3, threads=1) == digest


def test_hours_of_another_plan_are_refused(run: run_folder.RunFolder, digest: str) -> None:
    with pytest.raises(InputError, match="hours that are not those of its plan"):
        hourly_store.refuse_other_hours(run, "0" * 64)
    (run.root / hourly_store.DIGESTS).unlink()
    with pytest.raises(InputError, match="Run the plan again"):
        hourly_store.refuse_other_hours(run, digest)


def test_a_plan_that_names_no_hours_or_has_none_is_not_refused(
    run: run_folder.RunFolder, digest: str
) -> None:
    """Plans of before hours were named, and folders that somebody sent without their hours."""
    hourly_store.refuse_other_hours(run, "")
    shutil.rmtree(run.root / "hourly")
    hourly_store.refuse_other_hours(run, digest)


def test_a_node_that_was_put_in_anothers_place_is_refused(
    run: run_folder.RunFolder, digest: str
) -> None:
    """Both are sound Parquet of this very plan: only the digest tells them apart."""
    first, second = (run.root / hourly_store.file_of(node) for node in (0, 1))
    shutil.copyfile(first, second)
    assert hourly_store.read_hourly(run, 0).node == 0
    with pytest.raises(InputError, match="was altered since its plan was written"):
        hourly_store.read_hourly(run, 1)


@pytest.mark.parametrize("text", ["{", "[]", '{"hourly/node=000.parquet": 7}', "[" * 50_000, "{}"])
def test_digests_that_cannot_be_read_prove_nothing(
    run: run_folder.RunFolder, digest: str, text: str
) -> None:
    (run.root / hourly_store.DIGESTS).write_text(text)
    with pytest.raises(InputError, match="was altered"):
        hourly_store.read_hourly(run, 0)


def test_a_node_without_hours_is_named(run: run_folder.RunFolder, digest: str) -> None:
    with pytest.raises(InputError, match="node 7 has no stored hours"):
        hourly_store.read_hourly(run, 7)


def test_other_files_beside_the_hours_are_no_nodes(run: run_folder.RunFolder, digest: str) -> None:
    folder = run.root / "hourly"
    for name in ("node=3.parquet", "node=abc.parquet", "node=003.parquet.tmp", "node=0003.csv"):
        (folder / name).write_bytes(b"")
    (folder / "node=000012.parquet").write_bytes(b"")
    assert hourly_store.stored_nodes(run) == (0, 1, 2, 12)


def test_a_pipe_in_the_place_of_a_node_is_not_waited_for(run: run_folder.RunFolder) -> None:
    (run.root / "hourly").mkdir()
    os.mkfifo(run.root / hourly_store.file_of(0))
    with pytest.raises(InputError):
        hourly_store.read_hourly(run, 0)


def test_one_bad_node_writes_no_digests(tmp_path: Path) -> None:
    """The set is not named, so nothing counts of it."""

    def third_is_bad(node: int) -> NodeHours:
        good = hours(node)
        if node < 2:
            return good
        bad = FlowSeries("a", "b", "c", "MW", np.array([1.0, np.inf] * 12))
        return NodeHours(node, good.weight, (bad,))

    with pytest.raises(InputError, match="is not a number at hour 1"):
        hourly_store.write_hours_of_plan(FileSet(tmp_path), third_is_bad, 3, threads=1)
    assert not (tmp_path / hourly_store.DIGESTS).exists()


def test_a_node_in_which_nothing_flows_is_stored_as_that(run: run_folder.RunFolder) -> None:
    hourly_store.write_hourly(run, NodeHours(0, np.ones(5), ()))
    assert hourly_store.read_hourly(run, 0).series == ()
