"""What an accelerator delivers of a product in an hour, and the converter that the plan
gets from it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from headrace.compute.accelerator import accelerator
from headrace.compute.hall_assets import busy_power, electricity, idle_power, working
from headrace.core.arrays import Hourly
from headrace.core.components import Asset, Bus, Converter, Port
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ConverterId, ConverterRole, ProductId
from headrace.core.study import Model, Product
from headrace.models.architecture import video_model
from headrace.models.serving import percentile_promises
from headrace.models.serving.frontier import frontier
from headrace.models.serving.operating_point import ServingPoint
from headrace.models.training import effective_flops
from headrace.models.video import clip_seconds

SECONDS = 3600.0


@dataclass(frozen=True)
class ServingOffer:
    """One product on one accelerator.

    rate: units of the product an accelerator-hour. busy: IT power of one at this work [MW], idle:
        without work [MW].
    words: how it is served, for the report; low, high: the rate's 80 % band.
    """

    rate: float
    busy: float
    idle: float
    low: float
    high: float
    words: str


def offer(product: Product, model: Model, chip: str) -> ServingOffer | None:
    """The best way to make `product` on `chip`; None where its promise cannot be kept there."""
    if product.kind == "tokens":
        return _tokens(product, model, chip)
    if product.kind == "video":
        return _video(product, model, chip)
    part, found = accelerator(chip), effective_flops(chip, "production")
    made = [SECONDS * speed / 1e18 for speed in (found.value, found.low, found.high)]
    words = f"{found.value / 1e12:,.0f} TFLOP/s each, whole production runs, failures included"
    return ServingOffer(made[0], busy_power(part), idle_power(part), made[1], made[2], words)


def serving_point(product: Product, model: Model, chip: str) -> ServingPoint | None:
    """How `product` is served on `chip` so that its percentiles are kept at `percentiles.load` of
    the rate; None: not at all.
    """
    promise = percentile_promises.mean_promise(product.promise, product.isl, product.osl)
    return percentile_promises.best(frontier(model.shape, chip, model.precision, promise))


def refuse_impossible(product: Product, model: Model, chips: Collection[str]) -> None:
    """Raise InputError, with the nearest promise that can be kept, where a product of tokens keeps
    its own on none of `chips`.
    """
    if product.kind != "tokens" or not chips:
        return
    promise, asked = (
        percentile_promises.mean_promise(product.promise, product.isl, product.osl),
        product.promise,
    )
    found = {
        chip: percentile_promises.nearest(
            frontier(model.shape, chip, model.precision, promise), asked
        )
        for chip in chips
    }
    best = min(found, key=lambda chip: found[chip][0])
    late, kept = found[best]
    if late > 1.0:
        words = (
            f"no accelerator of the study serves {model.shape} as promised; "
            f"the nearest is {late:,.3g} times too slow"
        )
        raise InputError(
            InputFault(Place(), words, fix=f"On {best} this can be kept: `promise: {{{kept}}}`.")
        )


def _tokens(product: Product, model: Model, chip: str) -> ServingOffer | None:
    point = serving_point(product, model, chip)
    if point is None:
        return None
    load = percentile_promises.load(point.disaggregated, product.isl, product.osl)
    speed, scale = load * point.tokens_per_second, load * SECONDS / 1e6
    words = (
        f"{point.accelerators} a replica, {point.places} requests at most, "
        f"{speed:,.0f} tok/s each, {point.provider}"
    )
    band = (point.band.low * scale, point.band.high * scale)
    return ServingOffer(
        point.tokens_per_second * scale,
        point.busy_power / 1e3,
        idle_power(accelerator(chip)),
        *band,
        words,
    )


def _video(product: Product, model: Model, chip: str) -> ServingOffer:
    shape = video_model(model.shape)
    found, seconds = clip_seconds(shape, chip), shape.frames / shape.rate
    made = [SECONDS / each * seconds for each in (found.accelerator_seconds, found.high, found.low)]
    part = accelerator(chip)
    spent = found.accelerator_seconds / seconds
    words = f"{spent:,.0f} accelerator-seconds a second of {shape.title}, {found.provider}"
    return ServingOffer(made[0], busy_power(part), idle_power(part), made[1], made[2], words)


def converter(
    accelerators: Asset, product: ProductId, bus: Bus, found: ServingOffer, pue: Hourly
) -> Converter:
    """Accelerator-hours and electricity in, product out.

    Idle power is drawn by what stands, so only the rest is here, x `pue` [1].
    """
    made = ConverterId(ConverterRole.WORK, accelerators.id, product)
    return Converter(
        made,
        made.name,
        ports=(
            Port(working(accelerators.id), -1.0),
            Port(electricity(accelerators.site), -(found.busy - found.idle) * pue),
            Port(bus, found.rate),
        ),
    )
