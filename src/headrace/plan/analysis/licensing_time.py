"""The belief that reactors are licensed faster the cheaper they are: an option that nobody uses
unless they ask for it.

The article's claim (BRIEF, row 2): with a crushing economic advantage nuclear power spreads fast
and regulators move; at parity opposition slows it for long. Evidence: none that we know of.
Licensing times of past plants went with the number of plants under way and with accidents, and
cheap reactors have not existed to test it. So the function below is an **assumption** in every one
of its numbers, it is off by default, and whoever switches it on says so in the study's `lead`.

    advantage = 1 - capex / break-even capex          how far the reactor lies below the price at
                                                      which it is just ordered
    licensing = (lead - build) x factor(advantage)    parity -> fastest in a straight line up to
                                                      `crushing`, flat beyond
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study
from headrace.energy.technology import technology

STATUS = (
    "assumption: a belief of the article's speaker; no data behind it, and none known to us that "
    "would test it"
)
SETTLED = 0.5
"""Months by which the lead time may still move when the belief counts as settled."""


@dataclass(frozen=True)
class LicensingRule:
    """Licensing time over the catalogue's: at parity [1], at a crushing advantage [1], and what
    counts as crushing [1].
    """

    parity: float = 1.5
    fastest: float = 0.3
    crushing: float = 0.4

    def factor(self, advantage: float) -> float:
        """Licensing time over the catalogue's at a cost advantage [1]; a disadvantage counts as
        parity.
        """
        part = min(max(advantage, 0.0) / self.crushing, 1.0)
        return self.parity + (self.fastest - self.parity) * part


@dataclass(frozen=True)
class LicensedStudy:
    """A study with the lead time that the belief gives, and how it came to it.

    lead [month]; advantage [1]; settled: whether lead and advantage agree; status: what stands
    behind the belief.
    """

    study: Study
    lead: float
    advantage: float
    settled: bool
    status: str = STATUS


def lead_months(key: str, advantage: float, rule: LicensingRule) -> float:
    """Lead time of a technology of the catalogue at a cost advantage [1]; returns months from order
    to operation [month].

    Raises InputError for a rule that cannot be.
    """
    if not (0 <= rule.fastest <= rule.parity and 0 < rule.crushing <= 1):
        raise InputError(
            InputFault(
                Place(key="rule"),
                f"{rule}",
                "0 <= fastest <= parity, crushing above 0 and at most 1",
            )
        )
    row = technology(key)
    build = 12 * row.build.to("year")
    return float(build + max(0.0, row.lead.to("month") - build) * rule.factor(advantage))


def with_licensing_rule(
    study: Study,
    site: str,
    name: str,
    advantage_of: Callable[[Study], float],
    rule: LicensingRule | None = None,
    rounds: int = 6,
) -> LicensedStudy:
    """The study in which the lead time of `sites.SITE.build.NAME` follows its own cost advantage;
    `rule` None leaves it alone.

    advantage_of: cost advantage [1] in a study, for example 1 - capex / `breakeven(...)`. A longer
        lead makes the reactor worth less, which makes it slower: the pair is found by repeated
        solves, halving the step, and may not settle. Raises InputError where nothing of that name
        may be built.
    """
    if site not in study.sites or name not in study.sites[site].build:
        raise InputError(InputFault(Place(key=f"sites.{site}.build.{name}"), "is not in the study"))
    key = study.sites[site].build[name].use
    if rule is None:
        own = study.sites[site].build[name].lead
        lead = technology(key).lead.to("month") if own is None else own
        return LicensedStudy(study, lead, 0.0, True, "off")
    lead, advantage, settled = lead_months(key, 0.5 * rule.crushing, rule), 0.0, False
    for _ in range(rounds):
        advantage = advantage_of(with_lead(study, site, name, lead))
        wanted = lead_months(key, advantage, rule)
        settled = abs(wanted - lead) <= SETTLED
        if settled:
            break
        lead = 0.5 * (lead + wanted)
    return LicensedStudy(with_lead(study, site, name, lead), lead, advantage, settled)


def with_lead(study: Study, site: str, name: str, lead: float) -> Study:
    """The study with another lead time [month] of what `sites.SITE.build.NAME` says."""
    place = study.sites[site]
    build = place.build[name].model_copy(update={"lead": lead})
    changed = place.model_copy(update={"build": {**place.build, name: build}})
    return study.model_copy(update={"sites": {**study.sites, site: changed}})
