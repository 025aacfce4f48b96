"""What one key alone cannot tell: references, probabilities, trees.

Every fault is found, none stops the search.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from headrace.core.contract_checks import contract_faults
from headrace.core.product_units import DEMAND_UNITS, PRICE_UNITS
from headrace.core.quantities import read_quantity
from headrace.core.study import CLOUD, Study, Technology, TreeNode
from headrace.core.study_bounds import (
    Fault,
    hour_faults,
    length_faults,
    size_faults,
    standing_faults,
    weather_faults,
)
from headrace.core.uncertainty import (
    UNITS,
    Capex,
    DemandGrowth,
    FuelPrice,
    Uncertainty,
    uncertainty,
    unit_of,
)
from headrace.core.units import UnitError
from headrace.core.varying import series_file


def _unknown(
    path: tuple[str | int, ...], name: str, known: Iterable[str], what: str
) -> Iterator[Fault]:
    known = list(known)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known) or 'none'}."
        yield path, f"`{name}` is not {what}", "", fix


def _units(path: tuple[str | int, ...], written: str, unit: str) -> Iterator[Fault]:
    try:
        value = read_quantity(written, unit)
    except UnitError as error:
        yield path, str(error), "", ""
        return
    if unit == "1/year" and not -1 < value <= 10:
        yield path, f"`{written}` is no change of a year", "above -100 %/a, at most 1000 %/a", ""
    elif value < 0 and unit != "1/year":
        yield path, f"`{written}` is negative", "zero or more", ""


def product_faults(study: Study) -> Iterator[Fault]:
    """Products: units of demand and price, and who serves them."""
    for name, product in study.products.items():
        path = ("products", name)
        if series_file(product.demand) is None:
            yield from _units((*path, "demand"), product.demand, DEMAND_UNITS[product.kind])
        elif "shape" in product.model_fields_set:
            found = f"`demand: {product.demand}` has every hour already"
            yield (*path, "shape"), found, "one of them", "Leave `shape` out."
        yield from _units((*path, "price"), product.price, PRICE_UNITS[product.kind])
        if product.kind == "electricity":
            yield from _unknown((*path, "site"), product.site, study.sites, "a site")
            continue
        yield from _unknown((*path, "model"), product.model, study.models, "a model")
        if not study.fleet.parts():
            found = "there is no accelerator to serve this"
            yield path, found, "`fleet: {may_buy: ...}` or `may_rent`", ""


def own_faults(study: Study) -> Iterator[Fault]:
    """Shapes and prefix caches that contradict themselves, and measurements of nothing."""
    for name, shape in study.shapes.items():
        path = ("shapes", name)
        if shape.active > shape.parameters or shape.expert_parameters > shape.parameters:
            yield (*path, "active"), "more weights than `parameters`", f"{shape.parameters:g}", ""
        if bool(shape.experts) != bool(shape.experts_per_token and shape.expert_parameters):
            words = "experts without `experts_per_token` and `expert_parameters`, or the reverse"
            yield (*path, "experts"), words, "all three, or none", ""
        if shape.experts_per_token > shape.experts or shape.kv_layers > shape.layers:
            yield path, "more experts a token or KV layers than there are", "", ""
    for name, product in study.products.items():
        if product.cached >= product.isl:
            found = f"{product.cached} of {product.isl} tokens"
            yield ("products", name, "cached"), found, "fewer than `isl`", ""
    for name, model in study.models.items():
        for chip in model.measured:
            yield from _unknown(
                ("models", name, "measured", chip), chip, study.fleet.parts(), "a name of `fleet`"
            )


def fleet_faults(study: Study) -> Iterator[Fault]:
    """Accelerators: one name for one thing, and no site where rented ones stand."""
    for name, chip in study.fleet.may_buy.items():
        for site in chip.stands:
            path = ("fleet", "may_buy", name, "stands", site)
            yield from _unknown(path, site, study.sites, "a site")
            if site in study.sites and study.sites[site].hall is None:
                yield path, f"stands at `{site}`, which has no hall", "`hall` at that site", ""
    for name in sorted(set(study.fleet.may_buy) & set(study.fleet.may_rent)):
        yield (
            ("fleet", "may_rent", name),
            f"`{name}` is bought under the same name",
            "a name of its own",
            "",
        )
    if study.fleet.may_rent and CLOUD in study.sites:
        yield ("sites", CLOUD), f"`{CLOUD}` is where rented accelerators stand", "another name", ""


def belief_faults(study: Study) -> Iterator[Fault]:
    """Beliefs: probabilities, the stage of revelation, and values in the unit of their subject."""
    stages = len(study.horizon.stages)
    held_by: dict[Uncertainty, str] = {}
    for name, belief in study.beliefs.items():
        path = ("beliefs", name)
        total = math.fsum(case.probability for case in belief.cases.values())
        if abs(total - 1) > 1e-9:
            yield (
                (*path, "cases"),
                f"the probabilities add up to {total:g}",
                "1, but for rounding in the fourth digit",
                "Every case that may happen belongs here.",
            )
        if belief.reveal > stages:
            yield (
                (*path, "reveal"),
                f"stage {belief.reveal} is beyond the horizon's {stages} stages",
                f"2 to {stages}",
                "",
            )
        yield from _about(study, belief.about, (*path, "about"))
        about = uncertainty(belief.about)
        if about is not None:
            unit = unit_of(about)
            if about in held_by:
                yield (
                    (*path, "about"),
                    f"`{held_by[about]}` is about `{about}` too",
                    "one belief about one thing",
                    "",
                )
            held_by.setdefault(about, name)
            yield from _units((*path, "before"), belief.before, unit)
            for case, held in belief.cases.items():
                yield from _units((*path, "cases", case, "value"), held.value, unit)


def _about(study: Study, about: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    match uncertainty(about):
        case None:
            yield from _unknown(path, about, UNITS, "something a belief can be about")
        case DemandGrowth(product) if product is not None:
            yield from _unknown(path, product, study.products, "a product")
        case FuelPrice(fuel):
            yield from _unknown(path, fuel, study.fuels, "a fuel")
        case Capex(technology):
            used = {build.use for site in study.sites.values() for build in site.build.values()}
            yield from _unknown(path, technology, sorted(used), "a technology that may be built")
            own = study.technologies.get(technology)
            if own is not None and own.capex == 0:
                yield path, f"`{technology}` has no `capex` that could change", "a price", ""


def tree_faults(study: Study) -> Iterator[Fault]:
    """The nodes of a tree written by hand, one by one."""
    names = dict.fromkeys(node.node for node in study.tree)
    seen: set[str] = set()
    for position, node in enumerate(study.tree):
        path = ("tree", position)
        if node.node in seen:
            yield (*path, "node"), f"`{node.node}` is written twice", "a name of its own", ""
        seen.add(node.node)
        if node.parent:
            yield from _unknown((*path, "parent"), node.parent, names, "a node of the tree")
        yield from _demand_by_block(study, node, (*path, "demand"))
        for key, written in node.values.items():
            yield from _about(study, key, (*path, "values", key))
            about = uncertainty(key)
            if about is not None:
                unit = "1" if isinstance(about, DemandGrowth) else unit_of(about)
                yield from _units((*path, "values", key), written, unit)
        if study.goal.risk.omega > 0 and node.probability == 0:
            yield (
                (*path, "probability"),
                "0: what never happens has no place among the worst branches",
                "above 0",
                "Leave it out.",
            )


def _demand_by_block(study: Study, node: TreeNode, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Demand given outright: of an electricity product, one amount for each load block."""
    blocks = study.horizon.hours.blocks or ()
    for name, amounts in node.demand.items():
        yield from _unknown((*path, name), name, study.products, "a product")
        product = study.products.get(name)
        if product is not None and product.kind != "electricity":
            yield (*path, name), f"`{name}` is no electricity", "an electricity product", ""
        if len(amounts) != len(blocks):
            found = f"{len(amounts)} amounts for {len(blocks)} load blocks"
            yield (*path, name), found, "one for each of `horizon.hours.blocks`", ""
        if min(amounts, default=0.0) < 0:
            yield (*path, name), f"{min(amounts):g} MW is negative", "zero or more", ""


def branching_faults(study: Study) -> Iterator[Fault]:
    """A tree written by hand as a whole: one root, no cycle, no path longer than the horizon, and
    conditional probabilities that add up to 1.
    """
    if not study.tree:
        return
    parent = {node.node: node.parent for node in study.tree}
    roots = [name for name, above in parent.items() if not above]
    if len(roots) != 1:
        yield ("tree",), f"the tree has {len(roots)} roots", "one node without a parent", ""
    for name in parent:
        walked = _path_to_root(name, parent, len(study.horizon.stages))
        if walked is None:
            yield (
                ("tree",),
                f"`{name}` is its own ancestor: the tree has a cycle",
                "a root above every node",
                "",
            )
            return
        if len(walked) > len(study.horizon.stages):
            yield (
                ("tree",),
                f"`{name}` is at stage {len(walked)}",
                f"at most {len(study.horizon.stages)} stages",
                "Add a stage to the horizon.",
            )
    below: dict[str, list[float]] = defaultdict(list)
    for node in study.tree:
        if node.parent in parent:
            below[node.parent].append(node.probability)
    for name, shares in below.items():
        if abs(math.fsum(shares) - 1) > 1e-9:
            yield (
                ("tree",),
                f"the probabilities below `{name}` add up to {math.fsum(shares):g}",
                "1, but for rounding in the fourth digit",
                "",
            )


def _path_to_root(name: str, parent: dict[str, str], most: int) -> list[str] | None:
    """The nodes from `name` up to its root, or the first of them where they are more than `most`;
    None where they run in a circle.
    """
    walked = {name: None}
    here = name
    while len(walked) <= most and (here := parent.get(here, "")):
        if here in walked:
            return None
        walked[here] = None
    return list(walked)


BATTERY_ONLY = ("efficiency", "energy_capex")
GENERATOR_ONLY = ("heat_rate", "fuel", "units", "rent", "least")
PURCHASE_ONLY = ("take_or_pay",)
NOT_OF_A_PURCHASE = (*BATTERY_ONLY, *GENERATOR_ONLY, "capex", "fixed")


def technology_faults(study: Study) -> Iterator[Fault]:
    """Technologies of the study's own: no key without effect, nothing that cannot work."""
    for name, technology in study.technologies.items():
        for key, found, expected in _without_effect(technology):
            yield ("technologies", name, key), found, expected, ""
    for site, written in study.sites.items():
        for key, build in written.build.items():
            own = study.technologies.get(build.use)
            for word in ("at_most_energy", "stands_energy"):
                if own and own.kind == "generator" and word in build.model_fields_set:
                    where = ("sites", site, "build", key, word)
                    yield where, f"`{build.use}` stores no energy", "a battery", "Leave it out."
            if build.learns and (build.capex is None or own is not None):
                learns = ("sites", site, "build", key, "learns")
                expected = "`capex` beside it, and `use` of the catalogue"
                yield learns, "has no effect here", expected, "Leave it out."


def _without_effect(technology: Technology) -> Iterator[tuple[str, str, str]]:
    """Keys of a technology that nothing reads, or that nothing could work with: key, what is found,
    what is expected.
    """
    written, battery = technology.model_fields_set, technology.kind == "battery"
    none = {
        "battery": (*GENERATOR_ONLY, *PURCHASE_ONLY),
        "generator": (*BATTERY_ONLY, *PURCHASE_ONLY),
        "ppa": NOT_OF_A_PURCHASE,
    }
    for key in none[technology.kind]:
        if key in written:
            yield key, f"has no effect on a {technology.kind}", "nothing"
    if battery and technology.efficiency <= 0:
        yield "efficiency", "0: nothing comes back", "above 0"
    if technology.heat_rate > 0 and not technology.fuel and not battery:
        yield "heat_rate", "burns no fuel", "`fuel`, a name of `fuels`"
    if "least" in written and technology.rent == 0:
        yield "least", "is a shortest rent, and nothing is rented", "`rent`"


def fuel_faults(study: Study) -> Iterator[Fault]:
    """Technologies of the study's own: their fuels exist."""
    for name, technology in study.technologies.items():
        if technology.fuel:
            yield from _unknown(
                ("technologies", name, "fuel"), technology.fuel, study.fuels, "a fuel"
            )


CHECKS = (
    contract_faults,
    product_faults,
    fleet_faults,
    own_faults,
    belief_faults,
    tree_faults,
    branching_faults,
    technology_faults,
    fuel_faults,
    length_faults,
    hour_faults,
    size_faults,
    standing_faults,
    weather_faults,
)
"""Every check, in the order in which its faults are told."""


def faults(study: Study) -> Iterator[Fault]:
    """Every inconsistency of a study, with the path of the key it is about."""
    for check in CHECKS:
        yield from check(study)
