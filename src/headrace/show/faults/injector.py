"""One command, a fault at every point, in forked children of one process that has loaded it all."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from types import ModuleType

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.faults.verbs import FaultVerb, inputs, left_over, seen, state, verbs

KINDS = {"open": 1, "write": 2, "fsync": 3, "rename": 4, "mkdir": 5, "unlink": 6, "memory": 7}
"""What may fail, by the number that shim.c gives it."""
KILL = "kill"
LONGEST = 120
"""How long one command may take [s]."""
WORDS = (0, 2, 5)
"""Exit codes of a command that ends in words."""
Run = Callable[[list[str]], int]


@dataclass(frozen=True)
class FaultRow:
    """One command and one kind of fault: how many were tried, and which went wrong, in words."""

    verb: str
    kind: str
    tries: int
    failures: tuple[str, ...]


def tried(
    only: Sequence[str] = (), kinds: Sequence[str] = (), every: int = 1
) -> Iterator[FaultRow]:
    """The table, row by row.

    only: names of commands; all where empty. kinds: of faults ("kill" among them); all where
        empty. every: try each so-many-th point [1]. Raises InputError where the shim cannot be
        compiled (it needs a C compiler and Linux).
    """
    with tempfile.TemporaryDirectory() as folder:
        shim = compiled(Path(folder))
        asked = json.dumps({"only": list(only), "kinds": list(kinds), "every": every})
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", __package__, str(shim), asked],
            env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            for line in process.stdout or ():
                told = json.loads(line)
                yield FaultRow(**{**told, "failures": tuple(told["failures"])})
        if process.returncode:
            yield FaultRow("injector", "", 1, (f"it ended with code {process.returncode}",))


def compiled(folder: Path) -> Path:
    """The shim as a library in `folder`. Raises InputError where it cannot be made."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        found = "there is no C compiler, or this is not Linux"
        raise InputError(InputFault(Place("faults"), found, "cc on Linux"))
    made = folder / "shim.so"
    with as_file(files("headrace.show.faults") / "shim.c") as source:
        line = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"]
        told = subprocess.run(line, capture_output=True, text=True, check=False)
    if told.returncode:
        raise InputError(InputFault(Place("faults"), f"cannot be compiled: {told.stderr[:200]}"))
    return made


@dataclass(frozen=True)
class Strike:
    """The `at`-th call of a kind fails with `code` (and all after it, where `lasting`), or the
    process is killed before it.
    """

    kind: int
    at: int
    lasting: bool = False
    code: int = errno.EIO
    kill: bool = False


NONE = Strike(0, -1)


@dataclass(frozen=True)
class Ended:
    """A command that ended: its exit code (minus the signal), its words, its counted calls."""

    code: int
    words: str
    calls: int


def attempt(shim: ctypes.CDLL, run: Run, words: list[str], root: Path, fault: Strike) -> Ended:
    """Run a command in a forked child in which one call below `root` goes wrong."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as counted:
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(BaseException):
                signal.alarm(LONGEST)
                nowhere = os.open(os.devnull, os.O_RDWR)
                os.dup2(nowhere, 1)
                os.dup2(said.fileno(), 2)
                place = str(root).encode() + b"/"
                told = (fault.kind, fault.at, fault.lasting, fault.code, fault.kill)
                shim.fault_arm(place, *(ctypes.c_long(int(each)) for each in told))
                code = run(words)
                seen_calls = int(shim.fault_seen())
                shim.fault_arm(b"", *(ctypes.c_long(-1) for _ in range(5)))
                sys.stderr.flush()
                os.write(counted.fileno(), str(seen_calls).encode())
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        counted.seek(0)
        return Ended(code, said.read().decode("utf-8", "replace"), int(counted.read() or b"0"))


@dataclass(frozen=True)
class Bench:
    """A command on trial. old, new: what a reader sees before and after it; after: what came of it
    when it was run again over files that were left, by their digest.
    """

    shim: ctypes.CDLL
    run: Run
    verb: FaultVerb
    top: Path
    old: Mapping[str, str]
    new: Mapping[str, str]
    after: dict[str, str] = field(default_factory=dict)

    def fresh(self) -> Path:
        """A folder as the command finds it."""
        root = self.top / "root"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        if (self.top / "before").is_dir():
            shutil.rmtree(root)
            shutil.copytree(self.top / "before", root)
        return root

    def wrong(self, fault: Strike) -> str:
        """What goes wrong with a fault, in words; "" where nothing does."""
        root = self.fresh()
        child = attempt(self.shim, self.run, self.verb.words(root), root, fault)
        found = self._ended(child, fault) or self._stands(root, done=child.code == 0)
        if found:
            return found
        left = state(root)
        if left not in self.after:  # most faults leave what some other left, or nothing at all
            self.after[left] = self._again(root)
        return self.after[left]

    def _again(self, root: Path) -> str:
        """What goes wrong when the same command is run again, over what a fault has left."""
        again = attempt(self.shim, self.run, self.verb.words(root), root, NONE)
        if again.code:
            return f"the same command is then refused ({again.code}): {again.words.strip()[-160:]}"
        missed = {name: got for name, got in seen(root).items() if self.new.get(name) != got}
        if missed or set(seen(root)) != set(self.new):
            return f"run again it leaves {sorted(missed) or sorted(seen(root))}"
        return f"leaves {left_over(root)}" if left_over(root) else ""

    def _ended(self, child: Ended, fault: Strike) -> str:
        """Whether the command ended in words, or was killed as it should be."""
        if fault.kill:
            return "" if child.code in (-signal.SIGKILL, 0) else f"code {child.code}"
        if child.code not in WORDS or "Traceback" in child.words or "defect" in child.words:
            return f"code {child.code}: {child.words.strip()[:200]}"
        return "" if child.code == 0 or child.words.strip() else "it ended without a word"

    def _stands(self, root: Path, *, done: bool) -> str:
        """Whether the files that stand are of one run, and of the new one where it said so."""
        found = seen(root)
        torn = [n for n, got in found.items() if got not in (self.old.get(n), self.new.get(n))]
        if torn and not earlier(root):
            return f"torn: {torn}"
        old = [n for n, got in found.items() if got == self.old.get(n) != self.new.get(n)]
        new = [n for n, got in found.items() if got == self.new.get(n) != self.old.get(n)]
        if self.verb.sets and old and new:
            return f"mixed: {old} are old, {new} are new"
        if done and found != self.new:
            return f"it said that all is well, and left {sorted(found)}"
        return _ledger(root)


def earlier(root: Path) -> bool:
    """Whether a plan stands, whole with its hours, that says of itself that more was to come: it
    was stopped, or its orders are not valued yet. Neither the run before nor a full one knows it.
    """
    from headrace.core.hourly_store import read_hourly
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import RunFolder

    try:
        plan = read_plan(RunFolder(root / "run"))
        for node in plan.tree:
            read_hourly(RunFolder(root / "run"), node.id)
    except InputError:
        return False
    unvalued = plan.decision is not None and plan.decision.seconds == 0
    return plan.status.state == "stopped" or unvalued


def _ledger(root: Path) -> str:
    """Whether a ledger that stands is sound."""
    from headrace.rights.ledger.audit import verify
    from headrace.rights.ledger.words import Breach

    path = root / "l.ledger"
    if not path.is_file():
        return ""
    told = verify(path)
    return f"broken: {told}" if isinstance(told, Breach) else ""


def row(bench: Bench, kind: str, every: int) -> FaultRow:
    """Every so-many-th point of one kind, once and lasting."""
    root = bench.fresh()
    number = KINDS.get(kind, 0)
    calls = attempt(bench.shim, bench.run, bench.verb.words(root), root, Strike(number, -1)).calls
    points = range(1, calls + 1, every)
    if kind == KILL:
        faults = [Strike(0, at, kill=True) for at in points]
    else:
        faults = [Strike(number, at) for at in points]
        faults += [Strike(number, at, lasting=True, code=errno.ENOSPC) for at in points]
    if kind == "memory":
        faults = [
            Strike(number, at, lasting, errno.ENOMEM) for at in points for lasting in (False, True)
        ]
    failures = [
        f"{fault.at}/{calls}{' lasting' if fault.lasting else ''}: {told}"
        for fault in faults
        if (told := bench.wrong(fault))
    ]
    return FaultRow(bench.verb.name, kind, len(faults), tuple(failures))


def warmed(run: Run, verb: FaultVerb, top: Path) -> None:
    """Run a command once in this process, so that its children find kernels, figures and the
    catalogue loaded: they are forked, and load what they use once each.
    """
    root = top / "warm"
    root.mkdir()
    said, told = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        if verb.before is not None:
            run(verb.before(root))
        run(verb.words(root))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        for kept, handle in ((said, 1), (told, 2)):
            os.dup2(kept, handle)
            os.close(kept)
        os.close(nowhere)


def bench_of(shim: ctypes.CDLL, run: Run, verb: FaultVerb, top: Path) -> Bench:
    """A command made ready for its trial: what stands before it, what stands after it.

    Raises InputError where it does not work without a fault.
    """
    bench = Bench(shim, run, verb, top, {}, {})
    if verb.before is not None:
        before = top / "before"
        before.mkdir(parents=True)
        attempt(shim, run, verb.before(before), before, NONE)
    root = bench.fresh()
    old = seen(root)
    child = attempt(shim, run, verb.words(root), root, NONE)
    if child.code:
        raise InputError(InputFault(Place(verb.name), f"fails by itself: {child.words[-300:]}"))
    return Bench(shim, run, verb, top, old, seen(root))


def main(library: str, asked: str) -> None:
    """What the process with the shim does: every row as a line of JSON."""
    from headrace.show.cli import main as run

    load()
    wanted = json.loads(asked)
    shim = ctypes.CDLL(library)
    memory = Path("/dev/shm")  # thousands of files are put on the disk: there it costs nothing
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        given = Path(folder) / "given"
        inputs(given)
        os.chdir(folder)
        for place, verb in enumerate(verbs(given)):
            if wanted["only"] and verb.name not in wanted["only"]:
                continue
            top = Path(folder) / str(place)
            top.mkdir()
            warmed(run, verb, top)
            gc.collect()
            gc.freeze()  # nothing of ours is written to in a child that only looks through it
            bench = bench_of(shim, run, verb, top)
            for kind in wanted["kinds"] or (KILL, *KINDS):
                print(json.dumps(asdict(row(bench, kind, wanted["every"]))), flush=True)


def load() -> None:
    """Load what the commands load, once and here: the children are quicker, and it is their work
    that is tried, not the interpreter that reads code.
    """
    import headrace
    from headrace.energy.technology import technologies

    for name in ("duckdb", "highspy", *(each.name for each in packages(headrace))):
        with contextlib.suppress(ImportError):  # an extra
            importlib.import_module(name)
    technologies()  # the catalogue is read once, like code


def packages(package: ModuleType) -> Iterator[pkgutil.ModuleInfo]:
    """Every module of a package that is no command by itself."""
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.", lambda name: None):
        if not each.name.endswith("__main__"):
            yield each
