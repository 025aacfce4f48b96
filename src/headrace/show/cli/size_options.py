"""What `headrace size` can be told; `size_setup` makes a question of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Asked:
    """What is to be served.

    Parameters
    ----------
    model
        Catalogue key of the model, or a name of the study's `shapes`.
    precision
        Number format of the weights.
    rate
        Requests a second.
    isl
        Input tokens of a request.
    osl
        Output tokens of a request.
    cached
        Share of the input that a prefix cache holds, for example "40%".
    ttft
        Time to first token that 95 % of the requests keep.
    tpot
        Mean time per further token that 95 % of the requests keep.
    means
        Take both promises as means over requests, with no room left for percentiles.
    study
        A study file whose accelerators, shapes, measurements and products may be named.
    product
        A product of the study: its model, lengths, promise and demand are what is asked.
    proposed
        Above 0: speculative decoding, a draft proposes so many tokens a step.
    accepted
        Mean tokens that a step of speculative decoding yields, at most one more than proposed.
    draft
        Time of one draft step over one of the model's.
    """

    model: str = ""
    precision: Literal["bf16", "fp8", "fp4", "int4"] = "fp8"
    rate: float = 0.0
    isl: int = 1000
    osl: int = 300
    cached: str = "0%"
    ttft: str = "2 s"
    tpot: str = "50 ms"
    means: bool = False
    study: Path | None = None
    product: str = ""
    proposed: int = 0
    accepted: float = 0.0
    draft: float = 0.05


@dataclass(frozen=True)
class Hardware:
    """What serves it, and what that costs.

    Parameters
    ----------
    accelerator
        Catalogue key of an accelerator, or a name of the study's; may be given several times.
    one_server
        Every replica lies within one server.
    no_disaggregation
        Prompts are read where answers are made.
    layout
        Only this layout: "tp4", "tp1dp8"; may be given several times.
    hour
        Cost of an accelerator-hour with everything, for example "2.5 USD/accelerator-h"; empty: the
        catalogue's price over its life, upkeep and energy.
    rented
        The catalogue's rent instead of its price.
    electricity
        Price of electricity.
    pue
        Facility power over IT power.
    discount
        Real rate of return on the price.
    """

    accelerator: tuple[str, ...] = ()
    one_server: bool = False
    no_disaggregation: bool = False
    layout: tuple[str, ...] = ()
    hour: str = ""
    rented: bool = False
    electricity: str = "66 USD/MWh"
    pue: float = 1.25
    discount: str = "8%"


ASKED, HARDWARE = Asked(), Hardware()
