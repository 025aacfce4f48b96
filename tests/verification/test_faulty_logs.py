"""Each faulty log has the one fault it is named after."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.refuse import refuse
from headrace.verification import faulty_logs
from headrace.verification.faulty_logs import FAULTS


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_for_its_own_column_and_no_other(name):
    build, key = FAULTS[name]
    with pytest.raises(InputError) as told:
        refuse(build())
    assert {problem.where.key for problem in told.value.problems} == {key}


def test_the_log_that_the_faults_are_made_from_is_sound():
    refuse(faulty_logs._log())


def test_a_gap_and_a_tie_are_one_answer_of_eighty():
    sound = faulty_logs._log()
    for broken in (faulty_logs.rank_gap(), faulty_logs.rank_tie()):
        assert np.count_nonzero(broken.rank != sound.rank) == 1


def test_few_queries_are_few_whatever_their_rows():
    log = faulty_logs.few_queries()
    assert (log.queries, log.rows) == (49, 9800)


def test_whole_answers_are_paid_or_not():
    log = faulty_logs.paid_constant_within_query()
    paid = np.add.reduceat(log.paid, log.starts[:-1])
    assert set(paid) == {0.0, 5.0}
