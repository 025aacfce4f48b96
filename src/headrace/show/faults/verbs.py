"""The commands that are tried: what each finds, what it writes, and what a reader then sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# Two nodes: hours of a plan are a set of files, and every further one is the same calls once more.
STUDY = """study: tiny
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh, lead: 6 months, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""
SERVING = """study: small
horizon: {start: 2027-01, stages: [1 month]}
sites: {here: {grid: {limit: 9 MW, energy: 60 USD/MWh}, hall: hall.ai}}
fleet: {may_buy: {own: {use: b200, stands: {here: 500}}}}
models: {m: {shape: Qwen/Qwen3-32B}}
products:
  chat:
    {model: m, isl: 1000, osl: 300, promise: {ttft_p95: 2 s, tpot_p95: 50 ms}, demand: 0.2 Mtok/h,
     price: 4 USD/Mtok}
"""
TRACE = "timestamp,input_tokens,output_tokens\n" + "".join(f"{n},100,20\n" for n in range(9))
ENTRY = {
    "key": "2026-01:acme",
    "booked": "2026-01-31T00:00:00Z",
    "kind": "advance",
    "memo": "",
    "postings": [
        {"account": "Assets:Advances:N-acme", "currency": "USD", "amount": "1000.00"},
        {"account": "Assets:Bank", "currency": "USD", "amount": "-1000.00"},
    ],
}
NOT_COMPARED = (".jsonl", ".bean")
"""Events are a log; a ledger has a random name, and is verified instead."""
_TIMES = re.compile(r'"(?:[a-z]+_)?seconds": *[0-9.e+-]+')

Words = list[str]


@dataclass(frozen=True)
class FaultVerb:
    """A command that writes into a folder. before: run without faults first, so that there is
    something to lose. sets: whether its files belong together.
    """

    name: str
    words: Callable[[Path], Words]
    before: Callable[[Path], Words] | None = None
    sets: bool = True


def inputs(folder: Path) -> None:
    """Write what the commands read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "s.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "serving.yaml").write_text(SERVING, encoding="utf-8")
    (folder / "trace.csv").write_text(TRACE, encoding="utf-8")
    (folder / "feed.jsonl").write_text(json.dumps(ENTRY) + "\n", encoding="utf-8")
    rows = "".join(
        f"{q},{rank},{(q * rank) % 3 == 0:d},{(q * 7 + rank * 3) % 11}\n"
        for q in range(60)
        for rank in range(1, 5)
    )
    log = folder / "log.csv"
    log.write_text(f"query,rank,paid,relevance\n{rows}", encoding="utf-8")


def verbs(given: Path) -> tuple[FaultVerb, ...]:
    """Every command that writes. given: the folder of `inputs`."""
    study, feed = str(given / "s.yaml"), str(given / "feed.jsonl")

    def settle(rule: str) -> Callable[[Path], Words]:
        return lambda root: ["settle", "studio", "--rule", rule, "--out", str(root / "out")]

    def plan(root: Path) -> Words:
        return ["plan", study, "--out", str(root / "run")]

    def append(root: Path) -> Words:
        return ["ledger", "append", str(root / "l.ledger"), feed]

    def sweep(root: Path) -> Words:
        about = ["--about", "capex:plant", "--from", "200", "--to", "400"]
        return ["sweep", study, *about, "--out", str(root / "sweep")]

    log, trace = str(given / "log.csv"), str(given / "trace.csv")
    return (
        FaultVerb("ledger append", append),
        FaultVerb(
            "ledger export",
            lambda root: [
                "ledger",
                "export",
                str(root / "l.ledger"),
                "--out",
                str(root / "l.bean"),
            ],
            append,
        ),
        FaultVerb("examples", lambda root: ["examples", "piedmont", "--to", str(root / "ex")]),
        FaultVerb("audit", lambda root: ["audit", log, "--report", str(root / "audit.html")]),
        FaultVerb("settle", settle("user_centric")),
        FaultVerb("settle again", settle("user_centric"), settle("pro_rata")),
        FaultVerb("plan", plan),
        FaultVerb("plan again", lambda root: [*plan(root), "--gap", "0.01"], plan),
        FaultVerb("report", lambda root: ["report", str(root / "run")], plan),
        FaultVerb(
            "replay",
            lambda root: ["replay", str(root / "run")],
            lambda root: ["plan", str(given / "serving.yaml"), "--out", str(root / "run")],
        ),
        FaultVerb("sweep", sweep),
        FaultVerb(
            "fleet",
            lambda root: ["fleet", trace, "--replicas", "1", "--report", str(root / "fleet.html")],
        ),
    )


def seen(root: Path) -> Mapping[str, str]:
    """What a reader who knows nothing of us finds: the digest of every file that is not hidden,
    but for times and pages (which are checked to be whole).
    """
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        content = path.read_bytes()
        if path.suffix == ".html":
            content = page(content)
        elif path.suffix == ".json":
            content = _TIMES.sub("", content.decode()).encode()
        elif (
            ".ledger" in path.name
            or path.suffix in (".jsonl", ".bean")
            or path.name == "study.lock.yaml"
        ):
            continue  # the ledger is verified, events are a log, and a ledger's name is random
        found[name.as_posix()] = sha256(content).hexdigest()[:16]
    return found


def state(root: Path) -> str:
    """Digest of all that stands in a folder, hidden files included, but for times: a command finds
    the same in two folders of one digest.
    """
    found = sha256()
    for path in sorted(root.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".html":
            content = page(content)
        elif path.suffix in (".json", ".jsonl"):
            content = _TIMES.sub("", content.decode("utf-8", "replace")).encode()
        elif path.name == ".lock":  # the number of a process that is gone
            content = b""
        name = str(path.relative_to(root)) + ("/" if path.is_dir() else "")
        if name.endswith((".tmp", ".tmp/")):
            name = re.sub(r"\d+", "", name)
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def page(content: bytes) -> bytes:
    """What counts of a page: whether it is whole."""
    return b"page" if content.rstrip().endswith(b"</html>") else b"a torn page"


def left_over(root: Path) -> list[str]:
    """Temporary files and folders of ours that stand in a folder."""
    return [
        path.name for path in root.rglob("*") if path.name.endswith(".tmp") or path.name == ".next"
    ]
