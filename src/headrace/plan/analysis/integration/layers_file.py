"""The layers file: which layers of a study may be made or bought, as changes of the study.

    integrate: small_stack
    study: campus.yaml
    layers:
      energy:
        bought: {sites.here.build.engines.at_most: 0 MW}
        fixed: 20 MUSD
        supplier: {price: technologies.bought.variable, unit: USD/MWh, cost: 40, to: 120}
      product:
        factors: {products.chat.price: 0.85}

The study as it stands makes every layer. `bought` is what it becomes while a layer is only bought,
`factors` multiply what is written (a partner's share of a price), `fixed` is what making it costs
once, whatever the size. Smallest sizes of what is made are the study's own units.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from headrace.core.errors import InputError, InputFault
from headrace.core.quantities import Dollars, Name, Share, read_quantity
from headrace.core.study_changes import Key, located
from headrace.core.study_reader import Document, parse_text, text_of

Ratio = Annotated[float, BeforeValidator(lambda told: read_quantity(told, "1")), Field(gt=0, le=10)]
NUMBER = re.compile(r"^\s*([-+]?[\d_]*\.?\d+(?:[eE][-+]?\d+)?)(.*)$", re.DOTALL)


class LayersPart(BaseModel):
    """Base of every part of a layers file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SupplierPart(LayersPart):
    """Who sells the layer, and how it finds its price, in `unit`.

    price: the key of the study at which it stands; cost: what it costs the supplier; from_, to,
        steps: the grid of prices; suppliers: how many compete in quantities.
    alternative: what the next best source asks: nobody pays more than that and `switching`, what it
        takes to change over. renewal: how likely the price is set anew once one depends on it.
    """

    price: str
    unit: str
    cost: float
    from_: float | None = Field(None, alias="from")
    to: float
    steps: int = Field(9, ge=2, le=201)
    suppliers: int = Field(1, ge=1, le=1000)
    alternative: float | None = None
    switching: float = Field(0.0, ge=0)
    renewal: Share = 0.0


class LayerPart(LayersPart):
    """One layer."""

    words: str = ""
    bought: dict[str, str | float | None] = {}
    factors: dict[str, Ratio] = {}
    fixed: Dollars = 0.0
    supplier: SupplierPart | None = None


class LayersFile(LayersPart):
    """A whole layers file."""

    integrate: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    title: str = ""
    study: str
    gap: Annotated[float, BeforeValidator(lambda told: read_quantity(told, "1"))] = Field(
        1e-3, gt=0, le=0.2
    )
    source: str = ""
    layers: dict[Name, LayerPart] = Field(min_length=1, max_length=6)


@dataclass(frozen=True)
class LayersQuestion:
    """A layers file with its study: `text` as written, `folder` where its files lie, `digest` of
    both texts.
    """

    file: LayersFile
    text: str
    folder: Path
    digest: str

    @property
    def players(self) -> tuple[str, ...]:
        """The layers, in the order of the file."""
        return tuple(self.file.layers)

    def changes(self, made: frozenset[str], prices: Mapping[str, float]) -> dict[Key, object]:
        """What the study becomes where only `made` layers are made; prices: of the suppliers of
        the others, in their own units.
        """
        found: dict[Key, object] = {}
        factors: dict[str, float] = {}
        for name, layer in self.file.layers.items():
            if name in made:
                continue
            found.update({key: value for key, value in layer.bought.items()})
            for key, factor in layer.factors.items():
                factors[key] = factors.get(key, 1.0) * factor
            if layer.supplier is not None and name in prices:
                found[layer.supplier.price] = f"{prices[name]!r} {layer.supplier.unit}"
        for key, factor in factors.items():
            found[key] = times(found.get(key, written_at(self.text, key)), factor)
        return found


def written_at(text: str, key: str) -> object:
    """What a study's text has at a key. Raises InputError where nothing is written there."""
    here: object = parse_text(text, "study.yaml").data
    for step in located(here, key):  # type: ignore[arg-type]
        try:
            here = here[step]  # type: ignore[index]
        except (KeyError, TypeError, IndexError):
            raise InputError(
                f"`{key}` is not written in the study: a factor needs a number"
            ) from None
    return here


def times(value: object, factor: float) -> str:
    """A quantity as written, its number times `factor` [1]. Raises InputError for others."""
    match = NUMBER.match(str(value))
    if match is None:
        raise InputError(f"`{value}` is not a number with a unit, which a factor could multiply")
    return f"{float(match[1].replace('_', '')) * factor!r}{match[2]}"


def read_layers(path: Path, named: Mapping[str, Path]) -> LayersQuestion:
    """The layers file at a path with its study. named: studies that come along, by name.

    Raises InputError with every problem at its line, those of the keys included.
    """
    text = text_of(path)
    written = parse_text(text, path.name)
    found = _checked(written)
    beside = path.parent / found.study
    study = named.get(found.study, beside) if not beside.is_file() else beside
    study_text = text_of(study)
    told = [InputFault(written.place(p), *words) for p, words in _faults(found, study_text)]
    if told:
        raise InputError(told)
    both = json.dumps([text, study_text]).encode("utf-8")
    return LayersQuestion(found, study_text, study.parent, hashlib.sha256(both).hexdigest())


def _checked(written: Document) -> LayersFile:
    if not isinstance(written.data, dict):
        fault = InputFault(written.place(()), "the document is not a mapping", "keys: integrate")
        raise InputError(fault)
    try:
        return LayersFile.model_validate(written.data)
    except ValidationError as error:
        raise InputError(_told(dict(one), written) for one in error.errors()) from None


def _told(one: dict[str, object], written: Document) -> InputFault:
    path: tuple[str | int, ...] = one["loc"]  # type: ignore[assignment]
    place = written.place(tuple(step for step in path if step != "[key]"))
    if one["type"] == "extra_forbidden":
        parts: list[type[LayersPart]] = [LayersFile, LayerPart, SupplierPart]
        known = [field.alias or name for p in parts for name, field in p.model_fields.items()]
        near = get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."
        return InputFault(place, "not a known key", fix=fix)
    if one["type"] == "missing":
        return InputFault(place, f"`{path[-1]}` is missing")
    return InputFault(place, str(one["msg"]).removeprefix("Value error, "))


Fault = tuple[tuple[str, ...], tuple[str, str]]


def _faults(found: LayersFile, text: str) -> Iterator[Fault]:
    """Keys that the study has not, grids that do not rise, layers in which nothing differs."""
    for name, layer in found.layers.items():
        here = ("layers", name)
        if not (layer.bought or layer.factors or layer.supplier or layer.fixed):
            yield here, ("making and buying are the same", "bought, factors, supplier or fixed")
        keys = [("bought", key) for key in layer.bought]
        keys += [("factors", key) for key in layer.factors]
        keys += [("supplier", layer.supplier.price)] if layer.supplier is not None else []
        for part, key in keys:
            try:
                located(parse_text(text, "study.yaml").data, key)  # type: ignore[arg-type]
                if part == "factors":
                    times(written_at(text, key), 1.0)
            except InputError as error:
                yield (*here, part), (f"{key}: {error.problems[0].found}", "a key of the study")
        one = layer.supplier
        if one is not None:
            low = one.cost if one.from_ is None else one.from_
            if not low < one.to:
                yield (*here, "supplier"), (f"a grid from {low:g} to {one.to:g}", "it rises")
            if one.to < one.cost:
                yield (*here, "supplier"), (f"no price covers the cost of {one.cost:g}", "`to`")
