"""What one key alone cannot tell: references, probabilities, trees.

Every fault is found, none stops the search.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from headrace.core.belief_checks import (
    about_faults,
    belief_faults,
    unit_faults,
    unknown,
    value_faults,
)
from headrace.core.contract_checks import contract_faults
from headrace.core.offer_checks import offer_faults
from headrace.core.product_units import DEMAND_UNITS, PRICE_UNITS
from headrace.core.study import CLOUD, Study, Technology, TreeNode
from headrace.core.study_bounds import (
    Fault,
    cash_faults,
    currency_faults,
    hour_faults,
    length_faults,
    reliability_faults,
    size_faults,
    standing_faults,
    weather_faults,
)
from headrace.core.uncertainty import Growing, uncertainty, unit_at_node
from headrace.core.varying import series_file


def product_faults(study: Study) -> Iterator[Fault]:
    """Products: units of demand and price, and who serves them."""
    for name, product in study.products.items():
        path = ("products", name)
        if product.demand and series_file(product.demand) is None:
            yield from unit_faults((*path, "demand"), product.demand, DEMAND_UNITS[product.kind])
        elif product.demand and "shape" in product.model_fields_set:
            found = f"`demand: {product.demand}` has every hour already"
            yield (*path, "shape"), found, "one of them", "Leave `shape` out."
        if product.price:
            yield from unit_faults((*path, "price"), product.price, PRICE_UNITS[product.kind])
        if product.kind == "electricity":
            yield from unknown((*path, "site"), product.site, study.sites, "a site")
            continue
        yield from unknown((*path, "model"), product.model, study.models, "a model")
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
            yield from unknown(
                ("models", name, "measured", chip), chip, study.fleet.parts(), "a name of `fleet`"
            )


def fleet_faults(study: Study) -> Iterator[Fault]:
    """Accelerators: one name for one thing, and no site where rented ones stand."""
    for name, chip in study.fleet.may_buy.items():
        for site in chip.stands:
            path = ("fleet", "may_buy", name, "stands", site)
            yield from unknown(path, site, study.sites, "a site")
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
            yield from unknown((*path, "parent"), node.parent, names, "a node of the tree")
        yield from _demand_by_block(study, node, (*path, "demand"))
        for key, written in node.values.items():
            yield from about_faults(study, key, (*path, "values", key))
            about = uncertainty(key)
            if about is not None:
                unit = unit_at_node(about)
                if isinstance(about, Growing):
                    yield from unit_faults((*path, "values", key), written, unit)
                elif unit:
                    yield from value_faults((*path, "values", key), written, about, moves=False)
                else:
                    found = f"`{key}` is a name, which a tree by hand cannot hold"
                    yield (*path, "values", key), found, "`beliefs`", ""
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
        yield from unknown((*path, name), name, study.products, "a product")
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
PURCHASE_ONLY = ("take_or_pay", "take_or_pay_period")
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
    in_units = technology.units.model_fields_set & {"repair", "planned"}
    if in_units and technology.units.size <= 0:
        for key in sorted(in_units):
            yield "units", f"`{key}` of a unit that has no size", "`size`, of one unit"
    if "least" in written and technology.rent == 0:
        yield "least", "is a shortest rent, and nothing is rented", "`rent`"


def fuel_faults(study: Study) -> Iterator[Fault]:
    """Technologies of the study's own: their fuels exist."""
    for name, technology in study.technologies.items():
        if technology.fuel:
            yield from unknown(
                ("technologies", name, "fuel"), technology.fuel, study.fuels, "a fuel"
            )


CHECKS = (
    contract_faults,
    product_faults,
    offer_faults,
    fleet_faults,
    own_faults,
    belief_faults,
    tree_faults,
    branching_faults,
    technology_faults,
    fuel_faults,
    currency_faults,
    cash_faults,
    length_faults,
    hour_faults,
    reliability_faults,
    size_faults,
    standing_faults,
    weather_faults,
)
"""Every check, in the order in which its faults are told."""


def faults(study: Study) -> Iterator[Fault]:
    """Every inconsistency of a study, with the path of the key it is about."""
    for check in CHECKS:
        yield from check(study)
