"""Published pairs as a log: who stood first, who is whose, and halves of the differences."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.log_reader import read_log
from headrace.trust.pairs import SEEN, read_pairs
from headrace.trust.write import write_log

HEADER = "search_term,placed_higher,is_amazon," + ",".join(SEEN.values()) + "\n"
ROWS = "tea,True,2,0.5,100,0,2\npot,False,0,-1,0,2,-2\nmug,False,-2,0,-50,0,0\n"


def test_pairs_become_answers_of_two(tmp_path):
    path = tmp_path / "pairs.csv.gz"
    path.write_bytes(gzip.compress((HEADER + ROWS).encode()))
    log = read_pairs(path)
    assert log.sizes.tolist() == [2, 2, 2]
    assert log.rank.tolist() == [1, 2, 2, 1, 2, 1]
    assert log.paid.tolist() == [1, 0, 0, 0, 0, 1]
    assert log.columns.covariates == ("stars", "reviews", "shipped", "sold", "logreviews")
    assert log.covariates[0].tolist() == [0.25, 50, 0, 1, np.log(101) / 2]
    assert (log.covariates[::2] == -log.covariates[1::2]).all()
    write_log(log, tmp_path / "log.csv")
    assert read_log(tmp_path / "log.csv", log.columns).rank.tolist() == log.rank.tolist()


def test_another_file_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    for name, words in (("other.csv", "cannot be read as pairs"), ("absent.csv", "no such file")):
        with pytest.raises(InputError, match=words):
            read_pairs(tmp_path / name)
