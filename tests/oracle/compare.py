"""One study rebuilt and planned: do they agree, and if not, which known fault explains it?

`python -m tests.oracle.compare FIRST LAST` compares the random studies of these seeds and prints one
line each; `python -m tests.oracle.compare FILE ...` compares study files.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.oracle import adapter, study_generator
from tests.oracle.formulation import Rebuilt, formulate
from tests.oracle.known_faults import OPEN
from tests.oracle.linear_program import Infeasible
from tests.oracle.plain_study import NotCovered, read
from tests.oracle.renaming import with_plain_names

TOLERANCE = 1e-5
"""Of the value, beyond the certified bounds; and of 1 % of a study's size where its value is small."""


@dataclass(frozen=True)
class Comparison:
    """value: of the rebuild, None where no plan is feasible. explained_by: the open faults without
    which the library's plan would differ from the rebuild, empty where they agree. why: in words."""

    value: float | None
    planned: adapter.Planned | None
    agrees: bool
    explained_by: tuple[str, ...]
    why: str

    @property
    def unexplained(self) -> bool:
        return not self.agrees and not self.explained_by


def text_of(written: Mapping[str, Any]) -> str:
    """The mapping as YAML text; JSON is YAML, and quotes every name."""
    return json.dumps(written, ensure_ascii=False, indent=1)


def rebuild(
    written: Mapping[str, Any], text: str, faults: frozenset[str] = frozenset()
) -> Rebuilt | None:
    """The rebuild of a study, None where it has no feasible plan. Raises NotCovered."""
    in_study_money = "money year of halls and accelerators" not in faults
    study = read(written)
    try:
        data = adapter.library_data(text, in_study_money)
        return formulate(study, data, faults).solve()
    except Infeasible:
        return None


def plan(text: str) -> adapter.Planned | str:
    """The library's plan, or in words why there is none."""
    try:
        return adapter.solve(text)
    except Exception as error:  # whatever the library ends in is a finding, not a crash of the test
        return f"{type(error).__name__}: {error}"[:160]


def agree(found: Rebuilt | None, planned: adapter.Planned | str) -> bool:
    """Whether the rebuilt value lies within the certified bounds."""
    if found is None or isinstance(planned, str):
        return found is None and isinstance(planned, str) and planned.startswith("Infeasible")
    slack = TOLERANCE * max(abs(found.objective), 1e3)
    return planned.lower - slack <= found.objective <= planned.upper + slack


def compare(written: Mapping[str, Any]) -> Comparison:
    """Rebuild and plan of one study."""
    text = text_of(written)
    found, planned = rebuild(written, text), plan(text)
    value = found.objective if found else None
    certified = planned if isinstance(planned, adapter.Planned) else None
    if agree(found, planned):
        return Comparison(value, certified, True, (), "")
    faults, why = _explained(written, text, found, planned)
    return Comparison(value, certified, False, faults, why)


def _explained(
    written: Mapping[str, Any],
    text: str,
    found: Rebuilt | None,
    planned: adapter.Planned | str,
) -> tuple[tuple[str, ...], str]:
    """The open faults that explain a disagreement, and both values in words."""
    why = f"rebuilt {found and found.objective}, planned {planned}"
    built = rebuild(written, text, OPEN)
    by_name = False
    if not agree(built, planned) and "names are keys" in OPEN:
        plain = with_plain_names(written)
        planned = plan(text_of(plain))
        by_name = agree(found, planned) or agree(built, planned)
        if agree(found, planned):
            return ("names are keys",), why
    if not agree(built, planned):
        return (), f"{why}; with every open fault {built and built.objective}"
    needed = [
        fault
        for fault in sorted(OPEN)
        if not agree(rebuild(written, text, OPEN - {fault}), planned)
    ]
    if by_name:
        needed.append("names are keys")
    return tuple(needed) or ("several, each enough",), why


def _main(arguments: list[str]) -> None:
    if arguments[0].isdigit():
        first, last = int(arguments[0]), int(arguments[1])
        studies = {str(seed): study_generator.study(seed) for seed in range(first, last)}
    else:
        loader = YAML(typ="safe", pure=True)
        studies = {
            name: json.loads(json.dumps(loader.load(Path(name).read_text()))) for name in arguments
        }
    for name, written in studies.items():
        begun = time.perf_counter()
        try:
            found = compare(written)
            verdict = "agrees" if found.agrees else ", ".join(found.explained_by) or "DISAGREES"
            value = "infeasible" if found.value is None else f"{found.value:.6g}"
        except NotCovered as error:
            verdict, value, found = f"not covered: {error}", "", None
        spent = time.perf_counter() - begun
        print(f"{name:>6} {spent:5.2f} s {value:>12} {verdict} {found.why if found else ''}", flush=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
