"""What the guides show works: Python is executed, command lines are parsed by the command line.

A guide's blocks run one after the other in a folder of their own, with the files that its words
speak of.
"""

from __future__ import annotations

import ast
import re
import shlex
from types import SimpleNamespace

import cyclopts
import pytest
from tests.builders.documents import DOCS, PAGES, ROOT, Block, blocks, read

from headrace.show import cli

GUIDES = sorted((DOCS / "guides").glob("*.md"))
TEXTS = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
STUDY = """\
study: campus
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 120 months, 240 months], hours: {blocks: [5000 h,
    3760 h]}}
carbon: 50 USD/t
fuels: {gas: {price: 6 USD/MMBtu, co2: 53.06 kg/MMBtu, source: "assumption of a test"}}
sites:
  greensboro:
    weather: tmy3:723170
    build: {smr: {use: nuclear.smr, at_most: 60 MW}, engines: {use: gas.engine, at_most: 200 MW}}
products:
  campus: {kind: electricity, site: greensboro, demand: 100 MW, price: 300 USD/MWh,
      source: "assumption of a test"}
"""
TRACE = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join(
    f"2023-11-16 18:{i // 60:02d}:{i % 60:02d}.0000000,{200 + 7 * (i % 90)},{20 + i % 60}\n"
    for i in range(300)
)
SEEN = "series,date,value,unit,meaning,source,status,class\n"
USERS = "users,{},{},M,weekly active users,made up,assumption,adoption\n"
HISTORY = SEEN + "".join(USERS.format(f"20{y}-10-01", 100 * 2 ** (y - 20)) for y in range(20, 25))
FILES = {
    "energy": {"study.yaml": STUDY},
    "fleet": {"trace.csv": TRACE},
    "beliefs": {"history.csv": HISTORY, "outcomes.csv": SEEN + USERS.format("2026-03-31", 2500)},
}
ROWS = range(60 * 4)
FRAME = {
    "query": [k // 4 for k in ROWS],
    "place": [1 + k % 4 for k in ROWS],
    "stars": [k * 7 % 11 for k in ROWS],
    "reviews": [k * 5 % 13 for k in ROWS],
    "own": [k * 3 % 7 < 2 for k in ROWS],
    "spend": [k * 11 % 17 for k in ROWS],
    "paid": [k % 5 == 0 for k in ROWS],
}
NAMES = {
    "trust": {
        "verdict": SimpleNamespace(design=SimpleNamespace(power=lambda beta: min(1.0, beta))),
        "frame": FRAME,
    }
}
NEEDS_DATA = {"stochastic-network.nc", 'hr.open("runs/piedmont")'}
"""Files that the tests do not carry, others' and the minutes-long embedded plan (small plans of the
tutorials run the same calls): a block that reads one is imported, not run.
"""


def imports_of(text: str) -> str:
    """The import statements of a block."""
    return ast.unparse(
        ast.Module(
            [n for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)], []
        )
    )


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "guide", [g for g in GUIDES if blocks(g, "python")], ids=lambda guide: guide.stem
)
def test_the_python_of_a_guide_runs(guide, tmp_path, monkeypatch, capsys):
    pytest.importorskip("pypsa")
    for name, text in FILES.get(guide.stem, {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": guide.stem, **NAMES.get(guide.stem, {})}
    for block in blocks(guide, "python"):
        text = imports_of(block.text) if any(n in block.text for n in NEEDS_DATA) else block.text
        exec(compile(text, str(block), "exec"), names)


def command_lines(page) -> list[tuple[Block, list[str]]]:
    """Words of every line that begins with `headrace`, comments left out, continued lines
    joined.
    """
    return [
        (block, shlex.split(line, comments=True)[1:])
        for language in ("", "sh")
        for block in blocks(page, language)
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.startswith("headrace ")
    ]


def parsed(words: list[str]):
    """The function that a command line calls. Raises what cyclopts raises."""
    return cli.build().parse_args(words, exit_on_error=False, print_error=False)[0]


LINES = [line for page in TEXTS for line in command_lines(page)]


@pytest.mark.parametrize(("block", "words"), LINES, ids=[" ".join(w[:3]) for _, w in LINES])
def test_a_command_line_is_understood(block, words):
    assert callable(parsed(words)), block


@pytest.mark.parametrize("words", [["plann"], ["plan", "--depe"], ["sweep"]])
def test_a_wrong_command_line_is_found_out(words):
    with pytest.raises(cyclopts.CycloptsError):
        parsed(words)


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_verbs_named_in_a_sentence_exist(page):
    known = {verb.name for verb in cli.VERBS}
    shown = set(re.findall(r"`headrace (\w[\w-]*)", read(page)))
    assert shown <= known, shown - known


def test_words_of_make_exist():
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in TEXTS:
        shown = set(re.findall(r"`make ([a-z]+)|^make ([a-z]+) +#", read(page), re.M))
        shown = {word for found in shown for word in found if word}
        assert shown <= known, f"{page.name}: {shown - known}"


def test_there_is_something_to_run():
    assert len(LINES) > 20
    assert sum(len(blocks(guide, "python")) for guide in GUIDES) > 6
