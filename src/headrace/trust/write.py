"""Write a log as Parquet or CSV, the columns under the names that `read_log` expects."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from headrace.core.atomic_write import replace_file
from headrace.core.files import database
from headrace.trust.log import AuditLog


def write_log(log: AuditLog, path: Path) -> None:
    """Write query (0, 1, ...), rank, paid, the covariates and the propensity to a .parquet or .csv
    file.
    """
    names = log.columns
    answer = np.arange(log.queries, dtype=np.int32)
    if log.answers is not None:
        answer = np.repeat(answer, np.diff(log.answers))
    columns = {
        names.query: np.repeat(answer, log.sizes),
        names.rank: log.rank,
        names.paid: log.paid if names.step else log.paid.astype(np.int8),
        **{name: log.covariates[:, j] for j, name in enumerate(names.covariates)},
    }
    if log.answers is not None:
        columns[names.slot] = np.repeat(np.arange(log.lists, dtype=np.int32), log.sizes)
    if log.group is not None:
        columns[names.by] = np.array(log.labels)[log.group]
    if log.propensity is not None:
        columns[names.propensity] = log.propensity
    form = "FORMAT parquet, COMPRESSION zstd" if path.suffix == ".parquet" else "FORMAT csv, HEADER"

    def fill(temporary: Path) -> None:
        target = database.written_to(temporary)
        with database.connect(temporary) as base:
            base.register("log_columns", columns)
            base.execute(f"COPY (SELECT * FROM log_columns) TO {target} ({form})")

    replace_file(path, fill)
