"""Points of a question that have one answer, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.science.discovery.question import FrozenQuestion
from headrace.science.discovery.recipe import worked_out
from headrace.science.discovery.world import WorldAnswer


@dataclass(frozen=True)
class Readings:
    """Points with one answer each. points: shape (point, varied); inputs: shape (point, input);
    value, slack: of the answers, shape (point,) [own units].
    """

    points: Floats
    inputs: Floats
    value: Floats
    slack: Floats
    plans: tuple[tuple[str, ...], ...]

    def and_(self, other: Readings) -> Readings:
        """These and others."""
        return Readings(
            np.vstack([self.points, other.points]),
            np.vstack([self.inputs, other.inputs]),
            np.concatenate([self.value, other.value]),
            np.concatenate([self.slack, other.slack]),
            self.plans + other.plans,
        )


def readings(
    question: FrozenQuestion, points: Floats, answers: tuple[WorldAnswer, ...]
) -> Readings:
    """The points that have one answer, with the inputs of laws worked out [own units]."""
    good = [n for n, answer in enumerate(answers) if answer.single]
    inputs = np.empty((0, len(question.inputs)))
    if good:
        inputs = worked_out(points[good], question.varied, question.inputs)
    return Readings(
        points[good],
        inputs,
        np.array([answers[n].value for n in good]),
        np.array([answers[n].slack for n in good]),
        tuple(answers[n].plan for n in good),
    )
