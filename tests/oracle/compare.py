"""One study rebuilt and planned: do they agree?

`python -m tests.oracle.compare FIRST LAST` compares the random studies of these seeds and prints
one line each; `python -m tests.oracle.compare FILE ...` compares study files.
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
from tests.oracle.formulation import AssetKey, Formulation, Rebuilt, formulate
from tests.oracle.linear_program import Infeasible
from tests.oracle.plain_study import NotCovered, read

TOLERANCE = 1e-5
"""Of the value, beyond the certified bounds; and of 1 % of a study's size where its value is
small."""


SMALL = 800
"""Columns up to which the range of every order among the best plans is found too."""


@dataclass(frozen=True)
class Comparison:
    """value: of the rebuild [USD], None where no plan is feasible. planned: the library's plan, or
    why there is none. strange_orders: orders of the root that no best plan of the rebuild places.
    """

    value: float | None
    planned: adapter.Planned | str
    agrees: bool
    strange_orders: Mapping[AssetKey, str]

    def __str__(self) -> str:
        planned = self.planned
        if isinstance(planned, adapter.Planned):
            planned = f"{planned.lower:.10g} to {planned.upper:.10g}"
        orders = "".join(f"; {key}: {why}" for key, why in self.strange_orders.items())
        return f"rebuilt {self.value}, planned {planned}{orders}"


def text_of(written: Mapping[str, Any]) -> str:
    """The mapping as YAML text; JSON is YAML, and quotes every name."""
    return json.dumps(written, ensure_ascii=False, indent=1)


def formulated(written: Mapping[str, Any]) -> Formulation:
    """The rebuild's program of a study. Raises NotCovered."""
    return formulate(read(written), adapter.library_data(text_of(written)))


def rebuild(written: Mapping[str, Any]) -> Rebuilt | None:
    """The best plan of the rebuild, None where none is feasible. Raises NotCovered."""
    try:
        return formulated(written).solve()
    except Infeasible:
        return None


def plan(written: Mapping[str, Any]) -> adapter.Planned | str:
    """The library's plan, or in words why there is none."""
    try:
        return adapter.solve(text_of(written))
    except Exception as error:  # whatever the library ends in is a finding, not a crash of the test
        return f"{type(error).__name__}: {error}"[:160]


def agree(found: Rebuilt | None, planned: adapter.Planned | str) -> bool:
    """Whether the rebuilt value lies within the certified bounds."""
    if found is None or isinstance(planned, str):
        return found is None and isinstance(planned, str) and planned.startswith("Infeasible")
    slack = TOLERANCE * max(abs(found.objective), 1e3)
    return planned.lower - slack <= found.objective <= planned.upper + slack


def compare(written: Mapping[str, Any], with_orders: bool = True) -> Comparison:
    """Rebuild and plan of one study."""
    found, planned = rebuild(written), plan(written)
    value = found.objective if found else None
    if not agree(found, planned):
        return Comparison(value, planned, False, {})
    return Comparison(
        value, planned, True, _strange_orders(written, planned) if with_orders else {}
    )


def _strange_orders(
    written: Mapping[str, Any], planned: adapter.Planned | str
) -> dict[AssetKey, str]:
    """Root orders of the plan beyond the range that the best plans of the rebuild leave them."""
    program = formulated(written)
    if isinstance(planned, str) or program.program.columns > SMALL:
        return {}
    best = program.solve()
    slack = planned.gap + 1e-7 * abs(best.objective) + 1e-3
    strange = {}
    for key, (least, most) in program.ranges(best, slack).items():
        placed, room = planned.orders.get(key, 0.0), 1e-4 * (1 + most)
        if not least - room <= placed <= most + room:
            strange[key] = f"{placed:g} placed, {least:g} to {most:g} rebuilt"
    return strange


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
            verdict = "agrees" if found.agrees else "DISAGREES"
            verdict += f" ({found})"
        except NotCovered as error:
            verdict = f"not covered: {error}"
        print(f"{name:>6} {time.perf_counter() - begun:5.2f} s {verdict}", flush=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
