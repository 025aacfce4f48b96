"""What the fleet of a study offers: own shapes, parts and measurements beside the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from headrace.compute.accelerator import Accelerator
from headrace.core.errors import InputError
from headrace.core.study import Product, Study
from headrace.models.serving import product_rate


def offer(
    study: Study, product: Product, name: str, part: Accelerator
) -> product_rate.ServingOffer | None:
    """The best way to make `product` on `part`, which the study's fleet calls `name`; None where
    there is none.
    """
    own = product_rate.served(study, product, name)
    return product_rate.offer(product, study.models[product.model], part, own)


def refuse_impossible(study: Study, product: Product, parts: Mapping[str, Accelerator]) -> None:
    """Raise InputError where a product keeps its promise on nothing of the fleet, whose names and
    parts are given.
    """
    model = study.models[product.model]
    for name, part in parts.items():
        own = product_rate.served(study, product, name)
        if own is None or product_rate.serving_point(product, model, part, own) is not None:
            return
    plain = product_rate.served(study, product, "")
    product_rate.refuse_impossible(product, model, tuple(parts.values()), plain)


def replica(study: Study, name: str, part: Accelerator) -> float:
    """Accelerators of the largest replica of a product of tokens on what the fleet calls `name`; 1
    where none is served there.
    """
    sizes = [1]
    for product in study.products.values():
        if product.kind == "tokens" and product.model in study.models:
            with suppress(InputError):  # an unknown shape is told where it is written
                own = product_rate.served(study, product, name)
                model = study.models[product.model]
                point = product_rate.serving_point(product, model, part, own)
                sizes.append(0 if point is None else product_rate.replica_size(point))
    return float(max(sizes))
