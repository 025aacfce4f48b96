"""Offers of products: what each kind needs, what it cannot have, and figures that contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from headrace.core.belief_checks import unit_faults
from headrace.core.product_units import BUS_UNITS, DEMAND_UNITS, PRICE_UNITS
from headrace.core.quantities import month_text
from headrace.core.study import OfferTerms, Product, RoyaltyTerms, Study
from headrace.core.study_bounds import Fault
from headrace.core.units import parse
from headrace.core.varying import series_file

HEADS = ("tier", "seats", "agents")
LEAST_SEEN = 4
"""Shares of a cohort, the first one included, from which a survival curve is fitted."""
PRICE_OF_A_HEAD, PRICE_OF_A_RESULT = "USD/user-month", "USD/result"
NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tier": ("users", "price", "use"),
        "seats": ("users", "price", "use"),
        "agents": ("users", "price", "use", "included", "overage"),
        "api": ("amount", "price"),
        "credits": ("amount", "price"),
        "results": ("amount", "price", "work"),
    }
)
"""Keys that an offer of each kind must have."""
_OF_HEADS = ("users", "use", "ads", "churn", "joins", "groups", "unserved_churn", "trust")
_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tier": _OF_HEADS,
        "seats": _OF_HEADS,
        "agents": (*_OF_HEADS, "included", "overage"),
        "api": ("amount", "input", "cached", "batch"),
        "credits": ("amount", "unused"),
        "results": ("amount", "work", "success"),
    }
)
_KINDLY = tuple(dict.fromkeys(key for keys in _OWN.values() for key in keys))


def offer_units(product: Product, terms: OfferTerms) -> dict[str, str]:
    """Unit of every quantity of an offer, by its key."""
    bus, use = BUS_UNITS[product.kind], PRICE_UNITS[product.kind]
    results = terms.kind == "results"
    price = PRICE_OF_A_HEAD if terms.kind in HEADS else PRICE_OF_A_RESULT if results else use
    return {
        "users": "user",
        "amount": "result/month" if results else DEMAND_UNITS[product.kind],
        "price": price,
        "included": f"{bus}/user-month",
        "overage": use,
        "ads": PRICE_OF_A_HEAD,
        "input": use,
        "cached": use,
        "work": f"{bus}/result",
        "joins": "user/month",
    }


def offer_faults(study: Study) -> Iterator[Fault]:
    """Every fault of every offer, and products that say too little or too much."""
    for name, product in study.products.items():
        path = ("products", name)
        if product.season:
            yield from season_faults(study, product, path)
        if product.royalty is not None:
            yield from royalty_faults(product, product.royalty, (*path, "royalty"))
        if not product.offers:
            yield from too_little(product, path)
            continue
        yield from too_much(study, name, product, path)
        for key, terms in product.offers.items():
            where = (*path, "offers", key)
            yield from key_faults(terms, where)
            yield from quantity_faults(product, terms, where)
            yield from share_faults(terms, where)
            yield from curve_faults(study, product, terms, where)
            yield from nothing_faults(product, terms, where)
            yield from trust_faults(study, terms, where)
            yield from covariate_faults(study, product, terms, where)


def royalty_faults(
    product: Product, terms: RoyaltyTerms, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Royalties that say too little, twice, or in another unit."""
    if bool(terms.rate) == bool(terms.licences):
        yield path, "neither `rate` nor `licences`, or both", "one of them", ""
    if terms.licences and not terms.clip:
        yield (*path, "clip"), "is missing", f"`clip: 8 {BUS_UNITS[product.kind]}/clip`", ""
    if bool(terms.licences) != bool(terms.asked):
        yield (*path, "asked"), "`asked` and `licences` go together", "both, or none", ""
    if terms.rate:
        unit = "USD/clip" if terms.clip else PRICE_UNITS[product.kind]
        yield from unit_faults((*path, "rate"), terms.rate, unit)
    if terms.clip:
        unit = f"{BUS_UNITS[product.kind]}/clip"
        found = list(unit_faults((*path, "clip"), terms.clip, unit))
        if not found and parse(terms.clip, unit) == 0:
            found = [((*path, "clip"), f"`{terms.clip}`", "above 0", "")]
        yield from found


def trust_faults(study: Study, terms: OfferTerms, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Trust of users who do not leave, and lists that are not of the stages."""
    if terms.trust is None:
        return
    if terms.churn is None:
        yield (*path, "trust"), "there is no `churn` that it could move", "`churn: {rate: 4 %}`", ""
    count = len(study.horizon.stages)
    for key in ("ads", "failed"):
        given = len(getattr(terms.trust, key))
        if given not in (1, count):
            yield (
                (*path, "trust", key),
                f"{given} numbers",
                f"one, or one for each of {count} stages",
                "",
            )


def covariate_faults(
    study: Study, product: Product, terms: OfferTerms, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Covariates of churn without a value, or with two, and percentiles that nothing serves."""
    count = len(study.horizon.stages)
    for name, one in ({} if terms.churn is None else terms.churn.covariates).items():
        where = (*path, "churn", "covariates", name)
        if bool(one.values) == bool(one.served):
            found = "neither `values` nor `served`, or both"
            yield where, found, "`values: 0.25`, or `{served: ttft_p95, against: 1 s}`", ""
        if one.values and len(one.values) not in (1, count):
            expected = f"one, or one for each of {count} stages"
            yield (*where, "values"), f"{len(one.values)} numbers", expected, ""
        if bool(one.served) != (one.against is not None):
            found = "`served` and `against` go together"
            yield (*where, "against"), found, "both, or none", ""
        if one.served and product.kind != "tokens":
            found = f"the fleet room knows no percentiles of {product.kind}"
            yield (*where, "served"), found, "`values`", ""


def season_faults(study: Study, product: Product, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A season that is not twelve factors, or has no months to apply to."""
    if len(product.season) != 12:
        yield (*path, "season"), f"{len(product.season)} factors", "twelve, one a month", ""
    elif not min(product.season) >= 0 < sum(product.season):
        yield (*path, "season"), "a factor below 0, or none above", "0 or more", ""
    elif study.horizon.hours.blocks or series_file(product.demand):
        found = "load blocks and tables of every hour have no months"
        yield (*path, "season"), found, "a shape in words", ""


def too_little(product: Product, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A product without offers that lacks what they would say."""
    for key in ("demand", "price"):
        if not getattr(product, key):
            yield (*path, key), "is missing", "`demand` and `price`, or `offers`", ""
    if product.refund:
        yield (*path, "refund"), "there are no `offers`", "a product with `offers`", ""


def too_much(
    study: Study, name: str, product: Product, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """A product with offers that says it twice."""
    for key in ("demand", "price"):
        if getattr(product, key):
            found = f"`{key}` beside `offers`, which say it"
            yield (*path, key), found, "one of them", "Leave it out."
    if product.refund:
        yield from unit_faults((*path, "refund"), product.refund, PRICE_UNITS[product.kind])
    if any(name in node.demand for node in study.tree):
        found = f"demand for `{name}`, whose offers are decided"
        yield ("tree",), found, "products with `demand`", ""


def key_faults(terms: OfferTerms, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Keys that the kind needs, and those that it cannot have."""
    written = terms.model_fields_set
    for key in NEEDS[terms.kind]:
        if key not in written:
            yield (*path, key), "is missing", f"what `{terms.kind}` needs", ""
    for key in _KINDLY:
        if key in written and key not in _OWN[terms.kind]:
            having = ", ".join(f"`{k}`" for k, keys in _OWN.items() if key in keys)
            yield (*path, key), f"`{terms.kind}` has no `{key}`", f"an offer of {having}", ""


def quantity_faults(
    product: Product, terms: OfferTerms, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Quantities in another unit than their key's."""
    units = offer_units(product, terms)
    written: list[tuple[tuple[str | int, ...], str, str]] = [
        ((key,), getattr(terms, key), unit) for key, unit in units.items()
    ]
    if terms.use is not None:
        use = f"{BUS_UNITS[product.kind]}/user-month"
        written += [(("use", key), getattr(terms.use, key), use) for key in ("median", "cap")]
    for key, group in terms.groups.items():
        written.append((("groups", key, "price"), group.price, units["price"]))
    for number, posted in enumerate(terms.prices):
        written.append((("prices", number), posted, units["price"]))
    for where, text, unit in written:
        if text:
            yield from unit_faults((*path, *where), text, unit)
    if (terms.input or terms.cached) and product.kind != "tokens":
        yield path, f"input and cached prices of {product.kind}", "a product of tokens", ""


def share_faults(terms: OfferTerms, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Shares that add up to more than all, and churn that says too little."""
    groups = sum(group.share for group in terms.groups.values())
    if groups > 1 + 1e-9:
        yield (*path, "groups"), f"{groups:.0%} of the users", "at most all of them", ""
    largest = sum(terms.largest)
    if largest > 1 + 1e-9:
        yield (*path, "largest"), f"{largest:.0%} of the revenue", "at most all of it", ""
    if terms.unused >= 1 or (terms.kind == "results" and terms.success <= 0):
        yield path, "nothing is ever used, or nothing succeeds", "some use", ""
    for key in ("partner", "creators"):
        if getattr(terms, key) >= 1:
            yield (*path, key), "keeps all of the price", "less than all", ""
    churn = terms.churn
    if churn is not None:
        mixed = churn.alpha is not None and churn.beta is not None
        given = (churn.rate is not None) + mixed + bool(churn.seen)
        if given != 1 or (churn.alpha is None) != (churn.beta is None):
            found = "neither a rate, nor `alpha` and `beta`, nor `seen`, or more than one of them"
            yield (*path, "churn"), found, "`rate`, or `alpha` and `beta`, or `seen`", ""
        yield from survival_faults(churn.seen, (*path, "churn", "seen"))
    elif terms.joins or terms.unserved_churn:
        key = "joins" if terms.joins else "unserved_churn"
        yield (*path, key), "there is no `churn`", "`churn: {rate: 4 %}`", ""


def survival_faults(seen: Sequence[float], path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Shares of a cohort that begin below all, rise, or are too few to fit anything to."""
    if not seen:
        return
    if len(seen) < LEAST_SEEN:
        yield path, f"{len(seen)} shares", f"{LEAST_SEEN} or more, the first of them 1", ""
    if seen[0] != 1.0:
        yield (*path, 0), f"it begins with {seen[0]:g}", "1: all who joined", ""
    for month, (before, now) in enumerate(pairwise(seen), 1):
        if now > before:
            fix = "Those who come back join anew: they are of `joins`."
            found = f"it rises from {before:g} to {now:g} in month {month}"
            yield (*path, month), found, "a share that never rises", fix


def curve_faults(
    study: Study, product: Product, terms: OfferTerms, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Curves, rivals and menus that lack what they rest on."""
    for key in ("market_share", "prices"):
        if getattr(terms, key) and terms.elasticity is None:
            yield (*path, key), "there is no `elasticity`", "`elasticity: 1.5`", ""
    yield from price_faults(product, terms, path)
    share = terms.market_share
    if share is not None and not 0 < share < 1:
        yield (*path, "market_share"), f"{share:.0%} of the market", "above 0, below 100 %", ""
    if terms.rivals is not None:
        if share is None:
            yield (*path, "rivals"), "there is no `market_share`", "`market_share: 30 %`", ""
        elif share + terms.rivals.share > 1 + 1e-9:
            found = f"{share + terms.rivals.share:.0%} of the market with the offer's own"
            yield (*path, "rivals", "share"), found, "at most all of it", ""
        last = study.horizon.start + sum(study.horizon.stages)
        if terms.rivals.since is not None and terms.rivals.since >= last:
            found = f"{month_text(terms.rivals.since)} is after the horizon"
            yield (*path, "rivals", "since"), found, "a month within it", ""
        if terms.rivals.since is not None and not terms.rivals.cut:
            yield (*path, "rivals", "cut"), "is missing", "`cut: 80 %`", ""
    if terms.elasticity is None and terms.most is not None and terms.most > 1:
        found = f"{terms.most:g} of the reference at the reference price"
        yield (*path, "most"), found, "at most 1 without `elasticity`", ""


def price_faults(
    product: Product, terms: OfferTerms, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Prices of a menu at which nobody buys, or that stand twice, and curves through a price of
    0.
    """
    if any(True for _ in quantity_faults(product, terms, path)):
        return
    unit = offer_units(product, terms)["price"]
    price = parse(terms.price or f"0 {unit}", unit)
    if terms.elasticity is not None and price == 0:
        found = "a curve through a price of 0 stays there"
        yield (*path, "elasticity"), found, "a `price` above 0", "Leave `elasticity` out."
    elif terms.elasticity is not None and terms.market_share is None:
        last = price * (1.0 + 1.0 / terms.elasticity)
        for number, words in enumerate(terms.prices):
            if parse(words, unit) >= last:
                where, found = (*path, "prices", number), f"nobody buys at {words}"
                yield where, found, f"below {last:.4g} {unit}, where the line ends", ""
    told = [parse(words, unit) for words in terms.prices]
    for number, words in enumerate(terms.prices):
        if told[number] in told[:number]:
            yield (*path, "prices", number), f"{words} stands twice", "prices that differ", ""


def nothing_faults(
    product: Product, terms: OfferTerms, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Caps of nothing, and users of none whom others would join."""
    if any(True for _ in quantity_faults(product, terms, path)):
        return
    if terms.use is not None and terms.use.cap:
        use = f"{BUS_UNITS[product.kind]}/user-month"
        if parse(terms.use.cap, use) == 0:
            yield (*path, "use", "cap"), "serves nobody anything", "above 0, or no cap", ""
    if terms.joins and parse(terms.users, "user") == 0:
        found = "no users to begin with, which `joins` would add to"
        yield (*path, "users"), found, "above 0", "Write those of the first month."
