"""Accelerators and model shapes of the study's own, beside those of the catalogue."""

from __future__ import annotations

from pydantic import Field

from headrace.core.quantities import (
    AcceleratorHourPrice,
    AcceleratorPower,
    AcceleratorPrice,
    AcceleratorPriceYear,
    Accelerators,
    FlopRate,
    LinkBandwidth,
    Memory,
    MemoryBandwidth,
    Month,
    Months,
    Name,
    Whole,
    Years,
)
from headrace.core.study.part import StudyPart


class OwnAccelerator(StudyPart):
    """An accelerator of the study's own: like one of the catalogue but for what is written."""

    like: Name = Field(description="Catalogue key of the accelerator whose figures it shares.")
    title: str = Field("", description="In words.")
    vendor: str = Field(
        "",
        description=(
            "Whose software serves on it: a row of the catalogue, or any other name, which is then "
            "answered with a wide band; empty: that of `like`."
        ),
    )
    available_from: Month | None = Field(None, description="First month of delivery.")
    peak_bf16: FlopRate | None = Field(None, description="Dense peak in bf16.")
    peak_fp8: FlopRate | None = Field(None, description="Dense peak in fp8.")
    peak_fp4: FlopRate | None = Field(None, description="Dense peak in fp4.")
    memory: Memory | None = Field(None, description="Memory of one accelerator.")
    bandwidth: MemoryBandwidth | None = Field(None, description="Its bandwidth.")
    link: LinkBandwidth | None = Field(None, description="Scale-up bandwidth each way.")
    network: LinkBandwidth | None = Field(None, description="Scale-out bandwidth each way.")
    domain: Accelerators | None = Field(None, ge=1, description="Accelerators that `link` joins.")
    server: Accelerators | None = Field(None, ge=1, description="Accelerators of one server.")
    rack: Accelerators | None = Field(None, ge=1, description="Accelerators of one rack.")
    power_busy: AcceleratorPower | None = Field(
        None, description="At the wall while serving, with its share of the server."
    )
    power_idle: AcceleratorPower | None = Field(None, description="The same at rest.")
    price: AcceleratorPrice | None = Field(None, description="Installed price.")
    rent: AcceleratorHourPrice | None = Field(None, description="Rent of an hour.")
    fixed_cost: AcceleratorPriceYear | None = Field(None, description="Fixed cost a year.")
    lead: Months | None = Field(None, description="From the order to the first hour.")
    life: Years | None = Field(None, description="Years of operation.")
    source: str = Field("the study's own", description="Where the figures come from.")


class OwnShape(StudyPart):
    """A language model of the study's own, by its sizes; `headrace model config.json` writes them
    from the configuration that its vendor publishes.
    """

    title: str = Field("", description="In words.")
    parameters: float = Field(gt=0, le=1e15, description="Weights, in number.")
    active: float = Field(gt=0, le=1e15, description="Weights that one token uses.")
    layers: Whole = Field(ge=1, le=10_000, description="Layers.")
    hidden: Whole = Field(ge=1, le=1_000_000, description="Width of the residual stream.")
    heads: Whole = Field(ge=1, le=100_000, description="Query heads.")
    kv_heads: Whole = Field(
        ge=1, le=100_000, description="Key and value heads; 1 where all share one latent."
    )
    kv_width: Whole = Field(
        ge=1, le=1_000_000, description="Elements kept per token, layer and KV head."
    )
    attention_width: Whole = Field(ge=1, le=1_000_000, description="Width of a query head.")
    kv_layers: Whole = Field(
        ge=0, le=10_000, description="Layers whose keys and values grow with the context."
    )
    attended: Whole = Field(
        0, ge=0, le=100_000_000, description="Most positions a token attends to; 0: all."
    )
    experts: Whole = Field(0, ge=0, le=1_000_000, description="Routed experts; 0: dense.")
    experts_per_token: Whole = Field(0, ge=0, le=1_000_000, description="Of which serve a token.")
    expert_parameters: float = Field(
        0.0, ge=0, le=1e15, description="Weights of all routed experts."
    )
    context: Whole = Field(
        0, ge=0, le=100_000_000, description="Most positions of prompt and answer; 0: no limit."
    )
    source: str = Field("the study's own", description="Where the sizes come from.")
