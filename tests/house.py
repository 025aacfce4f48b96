"""Rules of the house that no linter knows, and its measures beside their bars. Run by `make check`.

python tests/house.py            the rules and the measures; exit 1 where one is missed
python tests/house.py --list X   every place behind the measure X (helpers, units, any, classes)
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "headrace"
MOST_LINES = 400
MOST_COLUMNS = 100
SMALL_HELPER = 5
PLACES = re.compile(r"(?:^|[\s\"'(=])/(?:work|farm|root|home|tmp/[a-z])")
HOSTS = re.compile(
    r"https?://(?:[\w.-]*\.)?"
    r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)"
)
NUMBERS = {"float", "Floats", "Hourly"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file of the package, parsed."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """Dotted name inside the package: `plan.lp.problem`; a package's own name for __init__."""
        parts = self.path.relative_to(PACKAGE).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True)
class Measure:
    """A figure of the house, its bar, and the places behind it."""

    name: str
    value: float
    bar: float
    unit: str = ""
    at_least: bool = False
    places: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the bar holds."""
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def line(self) -> str:
        """The measure as a row of the table."""
        sign = ">=" if self.at_least else "<="
        mark = "ok" if self.kept else "MISSED"
        return f"{self.name:<52} {self.value:8.4g} {self.unit:<2} {sign} {self.bar:<6g} {mark}"


def tracked() -> list[Path]:
    """Files that git keeps or would keep, without the large ones."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in told.stdout.split("\n") if name]
    return [path for path in paths if path.is_file() and path.stat().st_size < 1_000_000]


def forbidden(files: list[Path]) -> list[str]:
    """Lines with a path of one machine or a registry host."""
    found = []
    for path in files:
        if path in (Path(__file__).resolve(), ROOT / ".gitignore"):
            continue
        try:
            lines = path.read_text().split("\n")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if PLACES.search(line) or HOSTS.search(line):
                where = f"{path.relative_to(ROOT)}:{number}"
                found.append(f"{where}: a machine's path or a registry host: {line.strip()[:60]}")
    return found


def columns(files: list[Path]) -> Measure:
    """Lines of Python over 100 columns."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text().split("\n"), start=1)
        if len(line) > MOST_COLUMNS
    ]
    return Measure("lines over 100 columns", len(found), 0, places=tuple(found))


def functions(source: Source) -> Iterator[Function]:
    """Every function of a file, methods included."""
    return (n for n in ast.walk(source.tree) if isinstance(n, Function))


def helpers(sources: list[Source]) -> tuple[Measure, Measure]:
    """Private functions with one caller: their share, and those under five lines of body."""
    count, single, small = 0, [], []
    for source in sources:
        uses = Counter(
            n.id if isinstance(n, ast.Name) else n.attr
            for n in ast.walk(source.tree)
            if isinstance(n, ast.Name | ast.Attribute) and isinstance(n.ctx, ast.Load)
        )
        for function in functions(source):
            name = function.name
            if not name.startswith("_") or name.startswith("__") or function.decorator_list:
                continue
            count += 1
            if uses[name] == 1:
                where = f"{source.path.relative_to(ROOT)}:{function.lineno} {name}"
                single.append(where)
                first = function.body[0]
                told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                body = function.body[1:] if told else function.body
                if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 < SMALL_HELPER:
                    small.append(where)
    share = 100 * len(single) / max(count, 1)
    return (
        Measure("private functions with one caller", share, 55, "%", places=tuple(single)),
        Measure("one-caller helpers under five lines", len(small), 200, places=tuple(small)),
    )


def classes(sources: list[Source]) -> Measure:
    """Public class names that stand in two files."""
    where = defaultdict(list)
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(source.module)
    twice = [f"{name}: {', '.join(at)}" for name, at in sorted(where.items()) if len(at) > 1]
    return Measure("class names with two meanings", len(twice), 0, places=tuple(twice))


def untyped(sources: list[Source]) -> Measure:
    """Parameters typed `Any`, or by another name for it, outside numba's kernels."""
    found = []
    for source in sources:
        aliases = {"Any"} | {
            node.targets[0].id
            for node in source.tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Name)
            and node.value.id == "Any"
        }
        for function in functions(source):
            if any("njit" in ast.unparse(d) for d in function.decorator_list):
                continue
            for argument in (*function.args.args, *function.args.kwonlyargs):
                told = ast.unparse(argument.annotation) if argument.annotation else ""
                if told in aliases:
                    where = f"{source.path.relative_to(ROOT)}:{function.lineno}"
                    found.append(f"{where} {function.name}({argument.arg})")
    return Measure("parameters typed Any", len(found), 50, places=tuple(found))


def units(sources: list[Source]) -> Measure:
    """Public functions that take or give real numbers and whose docstring names a unit in [...]."""
    told, silent = 0, []
    for source in sources:
        for owner in (source.tree, *(n for n in source.tree.body if isinstance(n, ast.ClassDef))):
            if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
                continue
            for function in (n for n in owner.body if isinstance(n, Function)):
                if function.name.startswith("_") or not numeric(function):
                    continue
                if re.search(r"\[[^\]]+\]", ast.get_docstring(function) or ""):
                    told += 1
                else:
                    where = f"{source.path.relative_to(ROOT)}:{function.lineno}"
                    silent.append(f"{where} {function.name}")
    share = 100 * told / max(told + len(silent), 1)
    return Measure("numeric public functions that name units", share, 90, "%", True, tuple(silent))


def numeric(function: Function) -> bool:
    """Whether a parameter or the result is a real number or an array of them."""
    told = [a.annotation for a in (*function.args.args, *function.args.kwonlyargs) if a.annotation]
    told += [function.returns] if function.returns else []
    words = {n.id for each in told for n in ast.walk(each) if isinstance(n, ast.Name)}
    return bool(words & NUMBERS)


def arrows(sources: list[Source]) -> dict[str, set[str]]:
    """Imports between the boxes of plan/, lazy and type-only ones included."""
    boxes = {source.module.split(".")[1] for source in sources if source.module.count(".")}
    found: dict[str, set[str]] = {box: set() for box in boxes}
    for source in sources:
        if not source.module.startswith("plan."):
            continue
        here = source.module.split(".")[1]
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("headrace.plan"):
                parts = (node.module or "").split(".")[2:]
                targets = [parts[0]] if parts else [alias.name for alias in node.names]
                found.setdefault(here, set()).update(t for t in targets if t != here)
    return found


def floors(graph: dict[str, set[str]]) -> tuple[int, list[str]]:
    """Number of floors of a layered drawing, and the boxes that stand in a circle."""
    level: dict[str, int] = {}
    left = dict(graph)
    while left:
        free = [box for box, below in left.items() if all(b in level for b in below if b in graph)]
        if not free:
            return len(set(level.values())), sorted(left)
        level |= {
            box: 1 + max((level[b] for b in left[box] if b in level), default=0) for box in free
        }
        left = {box: below for box, below in left.items() if box not in level}
    return max(level.values(), default=0), []


def circles(sources: list[Source]) -> Measure:
    """Files of the whole house in import circles, lazy and type-only imports included."""
    known = {source.module for source in sources}
    graph: dict[str, set[str]] = {}
    for source in sources:
        here = graph.setdefault(source.module, set())
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("headrace"):
                base = (node.module or "").removeprefix("headrace").lstrip(".")
                for alias in node.names:
                    inner = f"{base}.{alias.name}".lstrip(".")
                    here.add(inner if inner in known else base)
    for module, below in graph.items():
        below &= known - {module}
    left = dict(graph)
    while free := [m for m, below in left.items() if not any(b in left for b in below)]:
        left = {m: below for m, below in left.items() if m not in free}
    while ends := [m for m in left if not any(m in below for below in left.values())]:
        left = {m: below for m, below in left.items() if m not in ends}
    return Measure("files in import circles", len(left), 0, places=tuple(sorted(left)))


def drawing(sources: list[Source]) -> list[Measure]:
    """Boxes, floors and circles of plan/."""
    graph = arrows([s for s in sources if s.module.startswith("plan.")])
    high, circle = floors(graph)
    return [
        Measure("boxes of plan/", len(graph), 12, places=tuple(sorted(graph))),
        Measure("floors of plan/", high, 7),
        Measure("boxes of plan/ in a circle", len(circle), 0, places=tuple(circle)),
    ]


def lengths(sources: list[Source]) -> list[str]:
    """Files over 400 lines."""
    sizes = [(source.path, source.text.count("\n")) for source in sources]
    return [
        f"{path.relative_to(ROOT)}: {lines} lines, at most {MOST_LINES}"
        for path, lines in sizes
        if lines > MOST_LINES
    ]


def main() -> int:
    """Print the rules that are broken and the measures; 1 where a rule or a bar is missed."""
    files = tracked()
    own = sorted(path for path in files if path.suffix == ".py" and PACKAGE in path.parents)
    sources = [Source(p, t := p.read_text(), ast.parse(t)) for p in own]
    sizes = [
        sum(isinstance(inner, ast.stmt) for inner in ast.walk(f)) - 1
        for source in sources
        for f in functions(source)
    ]
    print(
        f"{len(sizes)} functions: median {median(sizes):g} statements,"
        f" p90 {quantiles(sizes, n=10)[-1]:g}, longest {max(sizes)}"
    )
    measures = [
        *drawing(sources),
        circles(sources),
        *helpers(sources),
        classes(sources),
        columns(files),
        untyped(sources),
        units(sources),
    ]
    if sys.argv[1:2] == ["--list"]:
        wanted = " ".join(sys.argv[2:])
        print(*(p for m in measures if wanted in m.name for p in m.places), sep="\n")
        return 0
    faults = [*lengths(sources), *forbidden(files)]
    print(*(m.line() for m in measures), *faults, sep="\n")
    return 1 if faults or not all(m.kept for m in measures) else 0


if __name__ == "__main__":
    sys.exit(main())
