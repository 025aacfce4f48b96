"""`headrace tree` where it makes a tree: joins, paths, nodes, stability, and what is refused."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from tests.beliefs.test_tree import PATHS, STUDY

from headrace.beliefs.tree import StagedPaths
from headrace.core.study_reader import read
from headrace.core.units import parse
from headrace.show import cli
from headrace.show.cli import reduced_tree
from headrace.show.cli.reduced_tree import SolvedTree, beside, joins_of, steady

KNOWN = "series,date,value,unit,meaning,source,status,class\n" + "".join(
    f"users,{2015 + i}-12-31,{100 * 1.3**i:.0f},M,users,made,assumption,adoption\n"
    f"gas,{2015 + i}-12-31,{3 + i % 3},USD/MMBtu,spot,made,assumption,price\n"
    for i in range(8)
)


RENTED = """\
study: rented
horizon: {start: 2026-01, stages: [12 months, 12 months], hours: {blocks: [8760 h]}}
sites: {here: {grid: {limit: 1 MW, stands: 1 MW, energy: 0 USD/MWh}}}
fleet: {may_rent: {cloud: h100.cloud}}
models: {m: {shape: meta-llama/Llama-3.1-70B}}
products: {chat: {model: m, isl: 1000, osl: 300, demand: 5 Gtok/h, price: 4 USD/Mtok}}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    (tmp_path / "known.csv").write_text(KNOWN, encoding="utf-8")
    (tmp_path / "paths.csv").write_text(PATHS, encoding="utf-8")
    return path


def joined(study, *words):
    return [
        *("tree", str(study), "--join", "demand=users", "--join", "fuel:gas=gas", "--known"),
        *(str(study.parent / "known.csv"), "--cutoff", "2025-10-08", "--draws", "400"),
        *map(str, words),
    ]


def test_a_tree_of_joins_is_drawn_judged_and_written(study, tmp_path, capsys):
    out = tmp_path / "new.yaml"
    assert cli.main(joined(study, "--leaves", 6, "--seeds", 3, "--out", out)) == 0
    told = capsys.readouterr().out
    assert "branches keep" in told
    assert "over 3 seeds" in told
    assert "--solve says" in told
    made = read(out)
    assert len({n.parent for n in made.tree}) > 1
    assert {key for n in made.tree for key in n.values} == {"demand", "fuel:gas"}
    assert cli.main(["check", str(out)]) == 0


def test_the_shipped_index_of_rents_moves_what_is_rented(tmp_path, capsys):
    """As the price of an hour, in the USD/h of the index, and as a factor on what is written."""
    source, out = tmp_path / "rented.yaml", tmp_path / "new.yaml"
    source.write_text(RENTED, encoding="utf-8")
    known = files("headrace.beliefs") / "catalogue" / "known_2025-10-08.csv"
    words = ["tree", str(source), "--known", str(known), "--cutoff", "2025-10-08", "--draws", "400"]
    words += ["--leaves", "2", "--seeds", "1", "--out", str(out), "--join"]
    assert cli.main([*words, "rent:cloud=h100_rent_sdh100rt"]) == 0
    first, *later = read(out).tree
    rent = parse(first.values["rent:cloud"], "USD/accelerator-h")
    assert 1.0 < rent < 4.0  # 2.16 USD in September 2025
    assert len({node.values["rent:cloud"] for node in later}) == 2
    assert cli.main([*words, "rent=h100_rent_sdh100rt"]) == 0
    assert 0.5 < float(read(out).tree[0].values["rent"]) < 2.0
    assert cli.main([*words, "rent:cloud=openai_api_tokens"]) == 2
    assert "is in bn/min; expected USD/accelerator-h" in " ".join(capsys.readouterr().err.split())


def test_json_tells_the_stability(study, capsys):
    assert cli.main(joined(study, "--leaves", 4, "--seeds", 2, "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["leaves"] == 4
    assert 0 < told["kept"] < 1
    assert len(told["stability"]["kept"]) == 2


def test_the_tree_is_the_same_for_the_same_seed_and_another_for_another(study, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        words = ("--leaves", 4, "--seeds", 1, "--seed", seed, "--out", tmp_path / f"{name}.csv")
        assert cli.main(joined(study, *words)) == 0
    texts = [(tmp_path / f"{name}.csv").read_text() for name in "abc"]
    assert texts[0] == texts[1] != texts[2]


def test_paths_and_nodes_of_others_make_a_tree(study, tmp_path, capsys):
    out = tmp_path / "nodes.csv"
    words = ["tree", str(study), "--paths", str(tmp_path / "paths.csv"), "--leaves", "2"]
    assert cli.main([*words, "--out", str(out)]) == 0
    assert "keep 100% of the paths' variance" in capsys.readouterr().out
    assert cli.main(["tree", str(study), "--nodes", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["leaves"] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--join", "demand=users"], "--known and --cutoff"),
        (["--join", "demand", "--known", "k", "--cutoff", "2025-10-08"], "for example demand="),
        (["--join", "demand=users", "--nodes", "x.csv"], "2 ways to make a tree"),
        (["--nodes", "x.csv"], "no such file"),
        (["--paths", "paths.csv", "--seeds", "0"], "--seeds"),
        (["--paths", "paths.csv", "--leaves", "2", "--out", "x.txt"], "neither .yaml nor .csv"),
    ],
)
def test_options_that_do_not_go_together_are_refused(study, monkeypatch, words, told, capsys):
    monkeypatch.chdir(study.parent)
    assert cli.main(["tree", str(study), *words]) == 2
    assert told in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("join", "told"),
    [
        ("demand=nobody", "was not forecast"),
        ("fuel:gas=users", "`users` is in M; expected USD/MMBtu"),
        ("rain=users", "nothing a belief can be about"),
    ],
)
def test_a_join_to_nothing_or_another_unit_is_refused(study, join, told, capsys):
    words = ["tree", str(study), "--join", join, "--known", str(study.parent / "known.csv")]
    assert cli.main([*words, "--cutoff", "2025-10-08", "--draws", "200"]) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_study_must_start_after_the_cutoff(study, capsys):
    words = joined(study)
    words[words.index("2025-10-08")] = "2027-06-01"
    assert cli.main(words) == 2
    assert "before the cut-off" in capsys.readouterr().err


def test_joins_are_read_once_each():
    assert joins_of(["demand=users", "fuel:gas=gas"]) == {"demand": "users", "fuel:gas": "gas"}


def test_an_order_that_moves_is_unstable_and_an_unsure_one_undecided():
    solved = [
        SolvedTree(
            100e6 + i, 1e-3, {"a": 10.0, "b": 10.0 * (i % 2), "c": float(i)}, frozenset("ab")
        )
        for i in range(4)
    ]
    lines, told = steady(solved)
    assert "steady: at most" in lines[0]
    assert {name: row["word"] for name, row in told["orders"].items()} == {
        "a": "steady", "b": "unstable", "c": "undecided",
    }  # fmt: skip
    lines, _ = steady([SolvedTree(v, 0.0, {}, frozenset()) for v in (1e8, 2e8)])
    assert "NOT steady" in lines[0]


def test_a_file_beside_another_is_gone_afterwards(tmp_path):
    with beside(tmp_path / "study.yaml", "study: x\n") as made:
        assert made.parent == tmp_path
        assert made.read_text() == "study: x\n"
    assert not list(tmp_path.iterdir())


def test_solving_says_what_it_does_to_the_plan(study, capsys):
    assert cli.main(joined(study, "--leaves", 2, "--seeds", 2, "--solve")) == 0
    told = capsys.readouterr().out
    assert "objective over 2 trees" in told
    assert np.isfinite(float(told.split("mean ")[1].split(" M USD")[0].replace(",", "")))


def test_an_expectation_that_hangs_on_a_hundredth_of_the_paths_is_said():
    """A hundred paths: one of them ends at 400, the others at 1, which is 80 % of the mean."""
    values = np.ones((100, 2, 2))
    values[7, 1, 0] = 400.0
    paths = StagedPaths(("demand", "fuel:gas"), values, np.full(100, 0.01))
    (told,) = reduced_tree.heavy_tails(paths)
    assert told.startswith("`demand`: one path in a hundred carries 80%")
    values[7, 1, 0] = 90.0  # less than half
    assert reduced_tree.heavy_tails(paths) == []
