"""Rules of the house that no linter knows: file sizes, no machine paths, no registry hosts.

Run by `make check`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400
PLACES = re.compile(r"(?:^|[\s\"'(=])/(?:work|farm|root|home|tmp/[a-z])")
HOSTS = re.compile(
    r"https?://(?:[\w.-]*\.)?(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)"
)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [
        ROOT / name
        for name in listed
        if name and (ROOT / name).is_file() and (ROOT / name).stat().st_size < 1_000_000
    ]


def long_files(files: list[Path]) -> list[str]:
    sizes = [
        (path, len(path.read_text().split("\n")) - 1)
        for path in files
        if path.suffix == ".py" and "src" in path.parts
    ]
    return [
        f"{path.relative_to(ROOT)}: {lines} lines, at most {MOST_LINES}"
        for path, lines in sizes
        if lines > MOST_LINES
    ]


def forbidden(files: list[Path]) -> list[str]:
    found = []
    for path in files:
        if path == Path(__file__).resolve():
            continue
        try:
            lines = path.read_text().split("\n")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if path.name != ".gitignore" and (PLACES.search(line) or HOSTS.search(line)):
                found.append(
                    f"{path.relative_to(ROOT)}:{number}: a path of one machine or a registry host: {line.strip()[:80]}"
                )
    return found


def statements(files: list[Path]) -> list[int]:
    """Statements of every function of the package, docstrings left out."""
    counts = []
    for path in files:
        if path.suffix == ".py" and "src" in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    counts.append(sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1)
    return counts


def main() -> int:
    files = tracked()
    faults = [*long_files(files), *forbidden(files)]
    sizes = statements(files)
    print(
        f"{len(sizes)} functions: median {median(sizes):g} statements, p90 {quantiles(sizes, n=10)[-1]:g}, longest {max(sizes)}"
    )
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
