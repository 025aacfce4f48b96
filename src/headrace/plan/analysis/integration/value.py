"""Values of sets of layers, what each layer brings, and how two go together.

    v(S) = max over T within S of (worth of the world in which T is made - fixed costs of T)

A layer in S *may* be made; whether it is pays off or not is a choice of whole layers, so v never
falls as S grows. Worths are certified intervals, hence all that follows are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headrace.finance.choices.coalitions import (
    Bounds,
    PlayerShare,
    coalitions,
    interactions,
    shapley,
)
from headrace.plan.analysis.integration.layers_file import LayersQuestion
from headrace.plan.analysis.integration.supplier_response import SupplierResponse
from headrace.plan.analysis.integration.worlds import LayerWorld


@dataclass(frozen=True)
class Integration:
    """What integration is worth [USD]: of all layers against none, of each layer, of pairs.

    values: of every set; makes: the layers that the best plan makes where all may be; alone: what a
    layer brings where all others are bought. complete: whether every world was solved.
    """

    question: LayersQuestion
    responses: tuple[SupplierResponse, ...]
    worlds: tuple[LayerWorld, ...]
    complete: bool
    values: Mapping[frozenset[str], Bounds]
    whole: Bounds | None = None
    shares: tuple[PlayerShare, ...] = ()
    pairs: tuple[tuple[str, str, Bounds], ...] = ()
    makes: frozenset[str] = frozenset()
    alone: Mapping[str, Bounds] | None = None


def integration(
    question: LayersQuestion,
    responses: Mapping[str, SupplierResponse],
    solved: Mapping[frozenset[str], LayerWorld],
) -> Integration:
    """All values that the solved worlds give; shares only where every world is solved."""
    fixed = {name: layer.fixed for name, layer in question.file.layers.items()}
    every = coalitions(question.players)
    net = {
        made: (one.low - sum(fixed[n] for n in made), one.high - sum(fixed[n] for n in made))
        for made, one in solved.items()
    }
    values: dict[frozenset[str], Bounds] = {}
    for chosen in every:
        within = [made for made in every if made <= chosen]
        if all(made in net for made in within):
            low = max(net[made][0] for made in within)
            values[chosen] = (low, max(max(net[made][1] for made in within), low))
    told = Integration(
        question,
        tuple(responses.values()),
        tuple(solved.values()),
        len(solved) == len(every),
        values,
    )
    if not told.complete:
        return told
    nobody, all_ = values[frozenset()], values[frozenset(question.players)]
    alone = {name: difference(values[frozenset({name})], nobody) for name in question.players}
    return Integration(
        **{name: getattr(told, name) for name in (
            "question", "responses", "worlds", "complete", "values")},
        whole=difference(all_, nobody),
        shares=tuple(
            PlayerShare(s.player, max(0.0, s.low), s.high)
            for s in shapley(question.players, values)
        ),
        pairs=interactions(question.players, values) if len(question.players) > 1 else (),
        makes=max(net, key=lambda made: (net[made][0], -len(made))),
        alone=alone,
    )  # fmt: skip


def dominating(found: Integration) -> tuple[str, ...]:
    """Layers whose making is better in every world, costs nothing fixed and has no supplier that
    answers: either one is sure of it, or what buying costs is written too dear.
    """
    worth = {one.made: one for one in found.worlds}
    names = []
    for name, layer in found.question.file.layers.items():
        without = [made for made in worth if name not in made]
        both = [(worth[made], worth.get(made | {name})) for made in without]
        free = layer.fixed == 0 and layer.supplier is None
        if free and both and all(b is not None and b.low > a.high for a, b in both):
            names.append(name)
    return tuple(names)


def difference(a: Bounds, b: Bounds) -> Bounds:
    """Least and most of a - b, of values of which the first is never the smaller [USD]."""
    return max(0.0, a[0] - b[1]), max(0.0, a[1] - b[0])
