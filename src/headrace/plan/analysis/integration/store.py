"""Integration as a file that grows: every answer and world as it comes, read again to go on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from headrace.core.atomic_write import write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.choices.coalitions import Bounds
from headrace.plan.analysis.integration.layer_prices import LayerPrice
from headrace.plan.analysis.integration.layers_file import LayersQuestion
from headrace.plan.analysis.integration.supplier_response import SupplierResponse
from headrace.plan.analysis.integration.value import Integration
from headrace.plan.analysis.integration.worlds import LayerWorld

NAME = "integration.json"


@dataclass(frozen=True)
class SolvedSoFar:
    """What an earlier run has found."""

    responses: Mapping[str, SupplierResponse]
    worlds: Mapping[frozenset[str], LayerWorld]


NOTHING = SolvedSoFar({}, {})


def write(
    folder: Path,
    question: LayersQuestion,
    responses: Iterable[SupplierResponse],
    worlds: Iterable[LayerWorld],
) -> Path:
    """Put what is known so far in place whole. Raises InputError, DiskFull."""
    told = {
        "integrate": question.file.integrate,
        "digest": question.digest,
        "responses": [asdict(one) for one in responses],
        "worlds": [
            {
                "made": sorted(w.made), "low": w.low, "high": w.high, "seconds": w.seconds,
                "prices": [asdict(one) for one in w.prices],
            }
            for w in worlds
        ],
    }  # fmt: skip
    return write_text(folder / NAME, json.dumps(told, allow_nan=False, indent=1) + "\n")


def read(folder: Path, question: LayersQuestion) -> SolvedSoFar:
    """What an earlier run of the same question found; nothing where there is none.

    Raises InputError where the folder belongs to another question, or its file is torn.
    """
    path = folder / NAME
    if not path.is_file():
        return NOTHING
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["digest"] != question.digest:
            found = "holds the answers to another text of the layers file or the study"
            fix = "Give another folder with --out, or remove it."
            raise InputError(InputFault(Place(str(path)), found, "the same question", fix))
        worlds = [
            LayerWorld(
                frozenset(w["made"]), float(w["low"]), float(w["high"]), float(w["seconds"]),
                tuple(LayerPrice(**one) for one in w.get("prices", ())),
            )
            for w in told["worlds"]
        ]  # fmt: skip
        responses = [
            SupplierResponse(
                str(r["layer"]), str(r["unit"]), tuple(r["prices"]), tuple(r["bought"]),
                tuple(r["profits"]), float(r["answer"]), float(r["paid"]),
            )
            for r in told["responses"]
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        found = f"is not what an integration writes: {error}"
        raise InputError(InputFault(Place(str(path)), found, "", "Remove it.")) from None
    return SolvedSoFar({one.layer: one for one in responses}, {one.made: one for one in worlds})


def as_json(found: Integration) -> dict[str, object]:
    """Everything as plain data: what `headrace integrate --json` prints."""

    def bounds(pair: Bounds | None) -> dict[str, float] | None:
        return None if pair is None else {"low_usd": pair[0], "high_usd": pair[1]}

    return {
        "integrate": found.question.file.integrate,
        "complete": found.complete,
        "value": bounds(found.whole),
        "makes": sorted(found.makes),
        "layers": [
            {
                "layer": share.player,
                **(bounds((share.low, share.high)) or {}),
                "matters": share.matters,
                "alone": bounds((found.alone or {}).get(share.player)),
            }
            for share in found.shares
        ],
        "pairs": [{"layers": [a, b], **(bounds(both) or {})} for a, b, both in found.pairs],
        "suppliers": [asdict(one) for one in found.responses],
        "transfer_prices": [
            {"made": sorted(w.made), **asdict(one)} for w in found.worlds for one in w.prices
        ],
        "sets": [
            {"may_make": sorted(chosen), **(bounds(value) or {})}
            for chosen, value in found.values.items()
        ],
        "seconds": sum(one.seconds for one in found.worlds),
    }
