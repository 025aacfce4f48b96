"""What `headrace size` was asked, as the rooms understand it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.errors import InputError, InputFault, Place, noting
from headrace.show.cli.fleet_setup import figure_of, seconds_of

if TYPE_CHECKING:
    from headrace.compute.accelerator import Accelerator
    from headrace.core.study import Model, Study
    from headrace.finance.serving_fleet import HourPrice, SizeQuestion
    from headrace.models.serving.layout_limits import LayoutLimits
    from headrace.models.step_time.speculation import Speculation
    from headrace.show.cli.size_options import Asked, Hardware


def question_of(asked: Asked, hardware: Hardware) -> SizeQuestion:
    """The question of the options. Raises InputError with all that is wrong with them."""
    from headrace.finance.serving_fleet import HourPrice
    from headrace.models.serving.layout_limits import ANY_LAYOUT

    study = study_in(asked.study)
    problems: list[InputFault] = []
    parts, price, limits = {}, HourPrice(), ANY_LAYOUT
    with noting(problems):
        parts = parts_of(hardware, study)
    with noting(problems):
        limits = limits_of(hardware)
    with noting(problems):
        price = price_of(hardware)
    if asked.product:
        question = None
        with noting(problems):
            question = product_question(asked, study, parts, limits, price)
    else:
        question = own_question(asked, study, problems, parts, limits, price)
    if problems or question is None:
        raise InputError(problems)
    return question


def own_question(
    asked: Asked,
    study: Study | None,
    problems: list[InputFault],
    parts: dict[str, Accelerator],
    limits: LayoutLimits,
    price: HourPrice,
) -> SizeQuestion | None:
    """The question of a model, a rate, lengths and promises; what is wrong with them is added to
    `problems`, and None comes of it.
    """
    from headrace.core.study import Promise
    from headrace.finance.serving_fleet import SizeQuestion
    from headrace.models.architecture import language_model, shape_of

    before = len(problems)
    known = study.models.get(asked.model) if study else None
    key, precision = (known.shape, known.precision) if known else (asked.model, asked.precision)
    share, shape, drafts = 0.0, None, None
    if not asked.model:
        words = "neither --model nor a --study with --product"
        problems.append(InputFault(Place(key="--model"), words, "a model"))
    else:
        with noting(problems):
            shape = shape_of(study, key) if study else language_model(key)
    if not 0 < asked.rate < float("inf"):
        problems.append(InputFault(Place(key="--rate"), f"{asked.rate}", "requests/s above 0"))
    for name in ("isl", "osl"):
        if (length := getattr(asked, name)) < 1:
            problems.append(InputFault(Place(key=f"--{name}"), f"{length}", "at least 1 token"))
    with noting(problems):
        share = figure_of("--cached", asked.cached, "1", "a share, for example `40%`")
        if not 0 <= share < 1:
            raise InputError(InputFault(Place(key="--cached"), asked.cached, "0 % to below 100 %"))
    ending, times = "" if asked.means else "_p95", {}
    for name in ("ttft", "tpot"):
        with noting(problems):
            times[f"{name}{ending}"] = f"{seconds_of(f'--{name}', getattr(asked, name))} s"
    with noting(problems):
        drafts = drafts_of(asked, known)
    if len(problems) > before or shape is None:
        return None
    return SizeQuestion(
        model=shape,
        precision=precision,
        rate=asked.rate,
        isl=asked.isl,
        osl=asked.osl,
        parts=parts,
        promise=Promise.model_validate(times),
        cached=round(share * asked.isl),
        measured=known.measured if known else {},
        limits=limits,
        price=price,
        speculation=drafts,
    )


def product_question(
    asked: Asked,
    study: Study | None,
    parts: dict[str, Accelerator],
    limits: LayoutLimits,
    price: HourPrice,
) -> SizeQuestion:
    """A product of a study as a question, at its mean demand of now. Raises InputError."""
    from headrace.core.product_units import DEMAND_UNITS
    from headrace.core.quantities import read_quantity
    from headrace.finance.serving_fleet import SizeQuestion
    from headrace.market.demand import demand
    from headrace.models.architecture import shape_of

    name = asked.product
    product = study.products.get(name) if study else None
    if study is None or product is None or product.kind != "tokens":
        known = [k for k, p in study.products.items() if p.kind == "tokens"] if study else []
        words = ", ".join(known) or "a --study with a product of tokens"
        raise InputError(InputFault(Place(key="--product"), f"`{name}`", words))
    model = study.models[product.model]
    if product.offers:
        hourly = demand(name, product, 0).reference
    else:
        hourly = read_quantity(product.demand, DEMAND_UNITS[product.kind])
    tokens = 1e6 * hourly
    return SizeQuestion(
        model=shape_of(study, model.shape),
        precision=model.precision,
        rate=tokens / product.osl / 3600.0,
        isl=product.isl,
        osl=product.osl,
        parts=parts,
        promise=product.promise,
        cached=product.cached,
        measured=model.measured,
        limits=limits,
        price=price,
        speculation=drafts_of(asked, model),
    )


def drafts_of(asked: Asked, model: Model | None) -> Speculation | None:
    """Decoding with drafts as asked, else as the study's model does. Raises InputError."""
    from headrace.models.step_time.speculation import Speculation, speculation_of

    if asked.proposed:
        return Speculation(asked.proposed, asked.accepted, asked.draft)
    if asked.accepted:
        found = f"{asked.accepted:g} tokens accepted of none proposed"
        raise InputError(InputFault(Place(key="--proposed"), found, "--proposed above 0"))
    return speculation_of(model) if model else None


def study_in(path: Path | None) -> Study | None:
    """The study in a file, checked; None where none is named. Raises InputError."""
    from headrace.core.study_reader import read

    return None if path is None else read(path)


def parts_of(hardware: Hardware, study: Study | None) -> dict[str, Accelerator]:
    """The accelerators asked about, by name; without a name those that the study may buy. Raises
    InputError with every name that is none.
    """
    from headrace.compute.accelerator import accelerator, part_of

    bought = study.fleet.may_buy if study else {}
    names = hardware.accelerator or tuple(bought)
    if not names:
        words = "no accelerator"
        raise InputError(InputFault(Place(key="--accelerator"), words, "at least one, or a study"))
    found: dict[str, Accelerator] = {}
    problems: list[InputFault] = []
    for name in names:
        with noting(problems):
            use = bought[name].use if name in bought else name
            found[name] = part_of(study, use) if study else accelerator(use)
    if problems:
        raise InputError(problems)
    return found


def limits_of(hardware: Hardware) -> LayoutLimits:
    """The layouts that may be chosen. Raises InputError."""
    from headrace.models.serving.layout_limits import LayoutLimits, layout

    own = tuple(layout(written) for written in hardware.layout)
    return LayoutLimits(hardware.one_server, hardware.no_disaggregation, own)


def price_of(hardware: Hardware) -> HourPrice:
    """What an hour costs, as asked. Raises InputError."""
    from headrace.finance.serving_fleet import HourPrice

    problems: list[InputFault] = []
    flat = power = discount = 0.0
    with noting(problems):
        if hardware.hour:
            flat = figure_of(
                "--hour", hardware.hour, "USD/accelerator-h", "`2.5 USD/accelerator-h`"
            )
        if flat < 0:
            raise InputError(InputFault(Place(key="--hour"), hardware.hour, "a cost >= 0"))
    with noting(problems):
        power = figure_of("--electricity", hardware.electricity, "USD/MWh", "`66 USD/MWh`")
        if power < 0:
            words = hardware.electricity
            raise InputError(InputFault(Place(key="--electricity"), words, "a price >= 0"))
    with noting(problems):
        discount = figure_of("--discount", hardware.discount, "1", "a share, for example `8%`")
    if not 1 <= hardware.pue <= 5:
        problems.append(InputFault(Place(key="--pue"), f"{hardware.pue:g}", "1 to 5"))
    if problems:
        raise InputError(problems)
    return HourPrice(flat, hardware.rented, power, hardware.pue, discount)
