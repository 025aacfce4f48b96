"""`headrace settle` on a CSV file of 5 M generated uses, end to end, beside one DuckDB query that
makes the same split of the same file without a check; and the four rules alone, in memory:
`python benchmarks/settle.py [uses]`.

CPU seconds and peak memory are those of the whole process, start of Python included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from headrace.rights.terms_yaml import read_licences
from headrace.verification.rights_measurements import settle_all

WORKS, HOLDERS, USERS = 1_000, 200, 300_000
MOST_TIMES, MOST_GB = 3.0, 2.0
BAR_CPU_S = 8.0
#: 300,000 users whose use is skewed, 1,000 works likewise; three uses in ten take two works.
USES = """
COPY (
    WITH drawn AS (
        SELECT i, hash(i * 7 + 1) AS a, hash(i * 13 + 2) AS b, hash(i * 17 + 3) AS c,
            hash(i * 19 + 5) AS d FROM range($uses) AS t(i)),
    named AS (
        SELECT *, (power((a % 1000003) / 1000003.0, 2.5) * $works)::INT % $works AS one,
            ((b % 1000003) / 1000003.0 * $works)::INT % $works AS two,
            150000 + d % 300000 AS part FROM drawn)
    SELECT 'use-' || lpad(i::VARCHAR, 8, '0') AS id,
        'user-' || lpad((power((b % 999983) / 999983.0, 2) * $users)::INT::VARCHAR, 6, '0')
            AS "user",
        strftime(TIMESTAMP '2026-01-01' + to_seconds((i * 30.9 * 86400 / $uses)::BIGINT),
            '%Y-%m-%dT%H:%M:%SZ') AS "at",
        CASE WHEN c % 10 < 7 OR one = two THEN 'work-' || lpad(one::VARCHAR, 4, '0') || '=1'
            ELSE 'work-' || lpad(one::VARCHAR, 4, '0') || '=0.' || part || ';work-'
                || lpad(two::VARCHAR, 4, '0') || '=0.' || (1000000 - part) END AS works,
        '$digest' AS terms, printf('%.4f', 0.01 + (c % 37) * 0.0025) AS price, 'USD' AS currency,
        ['parody', 'birthday', 'meme'][1 + (d % 3)::INT] AS context, 'video' AS medium,
        ['JP', 'US', 'DE', 'FR'][1 + (d % 4)::INT] AS territory
    FROM named) TO '$folder/uses.csv' (HEADER)"""
SPLIT = """
import duckdb
db = duckdb.connect()
rows = db.execute('''
    WITH line AS (SELECT "user", unnest(string_split(works, ';')) AS part
            FROM read_csv('$folder/uses.csv', all_varchar = true)),
        used AS (SELECT "user", holder, sum(split_part(part, '=', 2)::DECIMAL(9, 6))::DOUBLE AS w
            FROM line JOIN read_csv('$folder/holders.csv', all_varchar = true) AS h
                ON h.work = split_part(part, '=', 1) GROUP BY ALL),
        whole AS (SELECT "user", sum(w) AS total FROM used GROUP BY ALL)
    SELECT holder, sum(fee * w / total) FROM used JOIN whole USING ("user")
        JOIN read_csv('$folder/fees.csv') USING ("user") GROUP BY holder''').fetchall()
assert len(rows) == $holders, len(rows)
"""


@dataclass(frozen=True)
class Run:
    """What a process took: CPU and wall seconds, peak memory [GB]."""

    cpu_s: float
    wall_s: float
    peak_gb: float


def main() -> int:
    uses = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, uses)
        query = SPLIT.replace("$folder", place).replace("$holders", str(HOLDERS))
        theirs = run([sys.executable, "-c", query])
        command = [sys.executable, "-m", "headrace", "settle", place, "--rule", "user_centric"]
        ours = run([*command, "--out", f"{place}/out", "--json"])
    done = settle_all(uses)
    study = f"CSV, {uses:,} uses, end to end"
    met = [
        row("duckdb", study, "cpu_s", ours, ours.cpu_s, theirs.cpu_s, MOST_TIMES),
        row("duckdb", study, "wall_s", ours, ours.wall_s, theirs.wall_s, None),
        row(None, study, "peak_gb", ours, ours.peak_gb, None, MOST_GB),
    ]
    four = f"studio, {done.uses:,} uses in memory, four rules"
    alone = Run(done.cost.cpu_s, done.cost.wall_s, done.cost.peak_gb)
    met += [
        row(None, four, "cpu_s", alone, alone.cpu_s, None, BAR_CPU_S),
        row(None, four, "lost micro-units", alone, float(done.lost), None, 0.0),
    ]
    return 0 if all(met) else 3


def make(folder: Path, uses: int) -> None:
    """Write licences, uses, fees, and the holders of works for the query."""
    import duckdb

    some = "allow: [parody, birthday, meme], media: [video], territory: ['*']"
    lines = [
        f"  - {{id: l{i:04d}, work: work-{i:04d}, holder: holder-{i % HOLDERS:03d}, {some},"
        " term: 2026-01-01..2026-12-31, per_use: 0.01 USD}"
        for i in range(WORKS)
    ]
    (folder / "licences.yaml").write_text("licences:\n" + "\n".join(lines) + "\n")
    holders = [f"work-{i:04d},holder-{i % HOLDERS:03d}" for i in range(WORKS)]
    (folder / "holders.csv").write_text("work,holder\n" + "\n".join(holders) + "\n")
    fees = (f"user-{i:06d},{(4, 9.99, 19.99)[i % 3]},USD" for i in range(USERS + 1))
    (folder / "fees.csv").write_text("user,fee,currency\n" + "\n".join(fees) + "\n")
    digest = read_licences(folder / "licences.yaml").digest
    told = USES.replace("$digest", digest).replace("$folder", str(folder))
    for name, value in (("$users", USERS), ("$uses", uses), ("$works", WORKS)):
        told = told.replace(name, str(value))
    with duckdb.connect() as db:
        db.execute(told)


def run(command: list[str]) -> Run:
    """Run a command to its end; raises where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:4]} ended with {status}")
    cpu = used.ru_utime + used.ru_stime
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return Run(cpu, time.perf_counter() - start, used.ru_maxrss * unit / 1e9)


def row(
    peer: str | None,
    study: str,
    metric: str,
    of: Run,
    ours: float,
    theirs: float | None,
    bar: float | None,
) -> bool:
    """Print one line of the benchmark; whether its bar is met (true where it has none)."""
    ratio = None if theirs is None else ours / theirs
    judged = ours if ratio is None else ratio
    met = bar is None or judged <= bar
    told = {
        "bench": "settle",
        "peer": peer,
        "study": study,
        "metric": metric,
        "ours": ours,
        "theirs": theirs,
        "unit": {"cpu_s": "s", "wall_s": "s", "peak_gb": "GB"}.get(metric, "micro-units"),
        "ratio": ratio,
        "bar": bar,
        "pass": None if bar is None else met,
        "gap": None,
        "peak_gb": of.peak_gb,
        "cpu_s": of.cpu_s,
        "wall_s": of.wall_s,
    }
    print(json.dumps(told), flush=True)
    return met


if __name__ == "__main__":
    raise SystemExit(main())
