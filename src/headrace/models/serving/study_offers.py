"""What the fleet of a study offers: own shapes, parts and measurements beside the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from headrace.compute.accelerator import Accelerator
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Product, Study
from headrace.models.serving import percentile_promises, product_rate


def offer(
    study: Study, product: Product, name: str, part: Accelerator
) -> product_rate.ServingOffer | None:
    """The best way to make `product` on `part`, which the study's fleet calls `name`; None where
    there is none.
    """
    own = product_rate.served(study, product, name)
    return product_rate.offer(product, study.models[product.model], part, own)


def slowest_percentiles(
    study: Study, product: Product, parts: Mapping[str, Accelerator]
) -> dict[str, float]:
    """95th percentiles [s] by name (`ttft_p95`, `tpot_p95`) at which `product` is served by the
    slowest of the fleet's `parts` that keep its promise, by name.

    Raises InputError where none of them serves it.
    """
    model, found = study.models[product.model], []
    for name, part in parts.items():
        own = product_rate.served(study, product, name)
        point = product_rate.serving_point(product, model, part, own)
        if point is not None:
            found.append(percentile_promises.percentiles(point, product.isl, product.osl))
    if not found:
        fault = "nothing of the fleet serves it, so there is no percentile that users see"
        raise InputError(InputFault(Place(), fault, "a part under `fleet.may_buy` or `may_rent`"))
    ttft, tpot = (max(column) for column in zip(*found))
    return {"ttft_p95": ttft, "tpot_p95": tpot}


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
