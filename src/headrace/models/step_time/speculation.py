"""Speculative decoding: a draft proposes k tokens, one step of the model checks them all.

A step of b requests then works on b (k + 1) tokens and reads the cache once; on average it yields
`accepted` tokens a request (between 1 and k + 1: the acceptance length that engines report). Per
token that leaves

    fixed'[b]  = (fixed(b (k + 1)) + k draft fixed[b]) / accepted
    per_kv'[b] = per_kv[b] / accepted

with `draft`, the time of one draft step over the model's own. How many tokens a single step yields
varies; the mean is used for every step. In a step shared with a prompt a request gets one token, as
without a draft, so mixed steps are a little pessimistic. Chen et al. 2023, arXiv 2302.01318.

Where no table answers but the law does, a step takes

    step = decode (roofline(b (k + 1)) / roofline(b) + k draft)

with `decode` the law's corrected step without a draft; the physical costs say how it grows, of
which attention over one reading of the cache and experts that more tokens touch are part. The
draft's weights and cache are taken to be small beside the model's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from headrace.compute.accelerator import Accelerator
from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Model
from headrace.models.architecture import LanguageModel
from headrace.models.step_time.roofline import Coefficients, Deployments, Format, terms, times
from headrace.models.step_time.table import StepTable, interpolate


@dataclass(frozen=True)
class Speculation:
    """proposed: tokens a draft proposes a step. accepted: mean tokens a step yields, the model's
    own one included. draft: time of one draft step over one of the model's [1].
    """

    proposed: int
    accepted: float
    draft: float = 0.05

    def faults(self) -> list[InputFault]:
        """Figures that no draft has."""
        found = []
        if not 1 <= self.proposed <= 64:
            found.append(InputFault(Place(key="proposed"), f"{self.proposed} tokens", "1 to 64"))
        elif not 1 <= self.accepted <= self.proposed + 1:
            most = f"1 to {self.proposed + 1}, one more than proposed"
            found.append(InputFault(Place(key="accepted"), f"{self.accepted:g} tokens", most))
        if not 0 <= self.draft <= 1:
            found.append(InputFault(Place(key="draft"), f"{self.draft:g} of a step", "0 to 1"))
        return found


def speculation_of(model: Model) -> Speculation | None:
    """How a study's model decodes with drafts; None where it does not."""
    drafts = model.speculation
    return Speculation(drafts.proposed, drafts.accepted, drafts.draft) if drafts else None


def speculative_step(
    decode: Floats,
    parts: tuple[LanguageModel, Accelerator, Format],
    at: Deployments,
    costs: Coefficients,
    how: Speculation | None,
) -> Floats:
    """Time [s] of a step that checks drafts, shape (row,): `decode` [s] is that of one without, of
    `parts` (model, accelerator, format) deployed as `at` says; `decode` itself without a draft.
    """
    if how is None:
        return decode
    model, chip, form = parts
    plain, checking = (
        times(terms(model, chip, form, form, at, checked=tokens), costs).decode
        for tokens in (1.0, how.proposed + 1.0)
    )
    return decode * (checking / plain + how.proposed * how.draft)


def speculative(table: StepTable, how: Speculation) -> StepTable:
    """The table of a replica that decodes with a draft, per token that it yields. Raises
    InputError.
    """
    if faults := how.faults():
        raise InputError(faults)
    checked = interpolate(table.batches * (how.proposed + 1.0), table.batches, table.fixed)
    fixed = (checked + how.proposed * how.draft * table.fixed) / how.accepted
    words = f"{table.source}; drafts of {how.proposed}, {how.accepted:g} tokens a step"
    return replace(
        table,
        name=f"{table.name}+draft",
        source=words,
        fixed=np.asarray(fixed),
        per_kv=table.per_kv / how.accepted,
    )
