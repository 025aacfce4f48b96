"""What an accelerator delivers of a product in an hour, and the converter that the plan
gets from it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.compute.hall_assets import busy_power, electricity, idle_power, working
from headrace.core.arrays import Hourly
from headrace.core.components import Asset, Bus, Converter, Port
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ConverterId, ConverterRole, ProductId
from headrace.core.quantities import month_text
from headrace.core.study import Measured, Model, Product, Study
from headrace.models.architecture import LanguageModel, shape_of, video_model
from headrace.models.serving import percentile_promises
from headrace.models.serving.frontier import corrected, frontier
from headrace.models.serving.operating_point import Frontier, ServingPoint
from headrace.models.step_time.roofline import Format
from headrace.models.step_time.speculation import speculation_of
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


@dataclass(frozen=True)
class ServedModel:
    """A model as a study serves it: its shape, the format of its weights, and what own measurements
    on an accelerator say of the law (None: there are none).
    """

    shape: LanguageModel
    precision: Format
    measured: Measured | None = None


def served(study: Study, product: Product, name: str) -> ServedModel | None:
    """The model of `product` on what the study's fleet calls `name`; None where no language model
    serves it. Raises InputError for an unknown shape.
    """
    if product.kind != "tokens":
        return None
    model = study.models[product.model]
    return ServedModel(shape_of(study, model.shape), model.precision, model.measured.get(name))


def offer(
    product: Product, model: Model, chip: str | Accelerator, own: ServedModel | None = None
) -> ServingOffer | None:
    """The best way to make `product` on `chip`; None where its promise cannot be kept there, or its
    model does not fit. own: where model or measurements are the study's own.
    """
    part = accelerator(chip) if isinstance(chip, str) else chip
    if product.kind == "tokens":
        return _tokens(product, model, part, own)
    if product.kind == "video":
        return _video(product, model, part)
    found = effective_flops(part, "production")
    made = [SECONDS * speed / 1e18 for speed in (found.value, found.low, found.high)]
    words = f"{found.value / 1e12:,.0f} TFLOP/s each, whole production runs, failures included"
    return ServingOffer(made[0], busy_power(part), idle_power(part), made[1], made[2], words)


def product_frontier(
    product: Product, model: Model, chip: str | Accelerator, own: ServedModel | None = None
) -> Frontier:
    """Every way to serve a product of tokens on `chip`, corrected by own measurements. Raises
    InputError where its model does not fit there.
    """
    asked = product.promise
    promise = percentile_promises.mean_promise(asked, product.isl, product.osl, product.cached)
    shape, precision = (own.shape, own.precision) if own else (model.shape, model.precision)
    found = frontier(shape, chip, precision, promise, speculation=speculation_of(model))
    return found if own is None or own.measured is None else corrected(found, own.measured)


def serving_point(
    product: Product, model: Model, chip: str | Accelerator, own: ServedModel | None = None
) -> ServingPoint | None:
    """How `product` is served on `chip` so that its percentiles are kept at `percentiles.load` of
    the rate; None: not at all.
    """
    try:
        return percentile_promises.best(product_frontier(product, model, chip, own))
    except InputError:
        return None


def refuse_impossible(
    product: Product,
    model: Model,
    chips: Collection[str | Accelerator],
    own: ServedModel | None = None,
) -> None:
    """Raise InputError, with the nearest promise that can be kept, where a product of tokens keeps
    its own on none of `chips`; a part that cannot hold the model is passed over for those that can.
    """
    if product.kind != "tokens" or not chips:
        return
    asked, found, unable = product.promise, {}, []
    for chip in chips:
        key = chip if isinstance(chip, str) else chip.key
        try:
            ways = product_frontier(product, model, chip, own)
            found[key] = percentile_promises.nearest(ways, asked)
        except InputError as error:
            unable.append(error)
    if not found:
        raise InputError([problem for error in unable for problem in error.problems])
    best = min(found, key=lambda chip: found[chip][0])
    late, kept = found[best]
    if late > 1.0:
        words = (
            f"no accelerator of the study serves {own.shape.key if own else model.shape} as "
            f"promised; the nearest is {late:,.3g} times too slow"
        )
        raise InputError(
            InputFault(Place(), words, fix=f"On {best} this can be kept: `promise: {{{kept}}}`.")
        )


def replica_size(point: ServingPoint) -> int:
    """Accelerators of the least that serves whole: a replica, and where prompts are read elsewhere
    one that reads beside it.
    """
    return point.accelerators + (point.reading.layout.accelerators if point.reading else 0)


def _tokens(
    product: Product, model: Model, part: Accelerator, own: ServedModel | None
) -> ServingOffer | None:
    point = serving_point(product, model, part, own)
    if point is None:
        return None
    load = percentile_promises.load(point.disaggregated, product.isl, product.osl)
    speed, scale = load * point.tokens_per_second, load * SECONDS / 1e6
    words = (
        f"{point.accelerators} a replica, {point.places} requests at most, "
        f"{speed:,.0f} tok/s each, {point.provider}, software of {month_text(point.date)}"
        + (f", drafts of {point.speculation.proposed}" if point.speculation else "")
    )
    band = (point.band.low * scale, point.band.high * scale)
    return ServingOffer(
        point.tokens_per_second * scale, point.busy_power / 1e3, idle_power(part), *band, words
    )


def _video(product: Product, model: Model, part: Accelerator) -> ServingOffer:
    shape = video_model(model.shape)
    found, seconds = clip_seconds(shape, part), shape.frames / shape.rate
    made = [SECONDS / each * seconds for each in (found.accelerator_seconds, found.high, found.low)]
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
