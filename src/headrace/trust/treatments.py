"""Several things that are paid for, and one thing in several markets, each with its own verdict.

The effect of one treatment is what it does with the others held equal (linear), so the log is
audited once for each, the other treatments standing among the columns. All verdicts together keep
the level: each is tested at level / number (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from headrace.core.errors import InputError, InputFault, Place
from headrace.trust.audit import LEVEL, PartVerdict, Verdict, audit
from headrace.trust.design import Design
from headrace.trust.log import AuditLog

MOST_GROUPS = 20
Before = Callable[[str, Design], None]
"""Told the name of a treatment or group ("" for the whole log) and its design beforehand."""


def audit_all(log: AuditLog, tolerance: float = math.inf, before: Before | None = None) -> Verdict:
    """The verdict on a log, with one for each thing that is paid for, or for each group.

    With further treatments (`also`) it is the verdict on `paid`, the others held equal; with groups
    (`by`) that on all answers. tolerance: as for `audit` [unit of each effect]. Raises InputError
    where the log, a treatment or a group cannot be audited.
    """
    names = log.columns
    if names.by and names.also:
        found = f"{names.by} beside {len(names.also) + 1} things that are paid for"
        raise InputError(InputFault(Place(log.name, key="by"), found, "one or the other"))
    if names.by:
        parts, p_equal = audit_groups(log, tolerance, before)
        return replace(_one("", log, tolerance, before), parts=parts, p_equal=p_equal)
    if names.also:
        parts = audit_treatments(log, tolerance, before)
        return replace(parts[0].verdict, parts=parts)
    return _one("", log, tolerance, before)


def audit_treatments(
    log: AuditLog, tolerance: float = math.inf, before: Before | None = None
) -> tuple[PartVerdict, ...]:
    """One verdict for `paid` and each of `also`, the others held equal.

    tolerance: as for `audit` [unit of each effect]. Raises InputError where one cannot be audited.
    """
    return tuple(_each(treated_logs(log), tolerance, before))


def audit_groups(
    log: AuditLog, tolerance: float = math.inf, before: Before | None = None
) -> tuple[tuple[PartVerdict, ...], float | None]:
    """One verdict for each value of `columns.by`: what paying does there, its effect elsewhere held
    equal; and how likely effects as different as these are if all groups have the same [1].

    tolerance: as for `audit` [unit of each effect]. Raises InputError for a log without groups,
    with more than 20, or where a group cannot be audited.
    """
    if log.group is None or not 2 <= len(log.labels) <= MOST_GROUPS:
        found = f"{len(log.labels)} values"
        expected = f"2 to {MOST_GROUPS} values"
        raise InputError(InputFault(Place(log.name, key=log.columns.by or "by"), found, expected))
    first = log.starts[:-1]
    whole = np.array_equal(
        np.maximum.reduceat(log.group, first), np.minimum.reduceat(log.group, first)
    )
    if log.propensity is not None and not whole:
        found = f"a propensity, and answers that mix values of {log.columns.by}"
        raise InputError(InputFault(Place(log.name, key=log.columns.by), found, "one or the other"))
    each = [(label, log.group == code) for code, label in enumerate(log.labels)]
    logs = [
        (label, _whole_group(log, here) if whole else _mixed_group(log, here, label))
        for label, here in each
    ]
    parts = tuple(_each(logs, tolerance, before))
    if not whole or log.answers is not None:
        return parts, None
    # Cochran's test of equal effects, in places: a currency may differ from group to group.
    effects = np.array([part.verdict.primary.effect for part in parts])
    weights = np.array([part.verdict.primary.error for part in parts]) ** -2.0
    middle = float(weights @ effects) / float(weights.sum())
    return parts, float(chi2.sf(float(weights @ (effects - middle) ** 2), len(parts) - 1))


def treated_logs(log: AuditLog) -> list[tuple[str, AuditLog]]:
    """The log as it stands, and once for each of `also`, in the part of `paid`."""
    names = log.columns
    logs = [(names.paid, log)]
    for name in names.also:
        place = names.covariates.index(name)
        covariates = log.covariates.copy()
        covariates[:, place] = log.paid
        others = tuple(names.paid if other == name else other for other in names.also)
        changed = replace(names, paid=name, also=others)
        paid = log.covariates[:, place].copy()
        logs.append((name, replace(log, paid=paid, covariates=covariates, columns=changed)))
    return logs


def _each(
    logs: list[tuple[str, AuditLog]],
    tolerance: float,
    before: Before | None,
) -> Iterator[PartVerdict]:
    for name, log in logs:
        try:
            verdict = _one(name, log, tolerance, before, LEVEL / len(logs))
            yield PartVerdict(name, verdict)
        except InputError as error:
            told = [replace(one, found=f"{one.found} (in {name})") for one in error.problems]
            raise InputError(told) from None


def _one(
    name: str, log: AuditLog, tolerance: float, before: Before | None, level: float = LEVEL
) -> Verdict:
    said = None if before is None else partial(before, name)
    return audit(log, tolerance, said, level)


def _whole_group(log: AuditLog, here: NDArray[np.bool_]) -> AuditLog:
    """The answers of one group alone."""
    kept = here[log.starts[:-1]]
    answers = None
    if log.answers is not None:
        counts = np.add.reduceat(kept.astype(np.int64), log.answers[:-1])
        answers = np.concatenate([[0], np.cumsum(counts[counts > 0])])
    return replace(
        log,
        starts=np.concatenate([[0], np.cumsum(log.sizes[kept])]),
        rank=log.rank[here],
        paid=log.paid[here],
        covariates=log.covariates[here],
        propensity=None if log.propensity is None else log.propensity[here],
        answers=answers,
        group=None,
        labels=(),
    )


def _mixed_group(log: AuditLog, here: NDArray[np.bool_], label: str) -> AuditLog:
    """All rows: paying in the group, with paying elsewhere and the group itself held equal."""
    names = log.columns
    columns = replace(names, also=(*names.also, f"{names.paid} elsewhere", f"in {label}"))
    table = np.column_stack([log.covariates, log.paid * ~here, here])
    paid = log.paid * here
    return replace(log, paid=paid, covariates=table, columns=columns, group=None, labels=())
