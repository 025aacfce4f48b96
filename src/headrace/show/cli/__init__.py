"""The command line: one thin file per room, each verb imported only when it is called.

    __init__.py   the table of verbs, and `main`, which turns errors into help and exit codes
    studies.py    plan, check, explain, examples, report, compare, schema
    tree.py       tree; tree_options.py and reduced_tree.py where it makes one
    beliefs.py    forecast, score
    sweep.py      sweep
    what_if.py    whatif
    certify.py    certify
    discover.py   discover
    ask.py        ask
    network.py    import
    app.py        app
    checks.py     verify, bench
    own_parts.py  model, calibrate
    size.py       size; size_options.py what it can be told, size_setup.py its question
    fleet.py      fleet; fleet_options.py what it can be told, fleet_setup.py what comes of it
    replay.py     replay; replay_hours.py request by request, unseen.py with --paths
    trust.py      audit; boxes.py asks a box instead of a log, filing.py registers and files
    tariff.py     tariff
    statements.py statements
    integrate.py  integrate
    bet.py        bet
    rights/       settle, ledger, rights
    fetch.py      fetch
    results.py    a stored plan as words and as JSON
    progress.py   what a person sees while a plan is solved, and how they stop it
    process.py    streams, signals, memory
    options.py    what every option must be
    output.py     tables for people, one JSON object for scripts

A verb is one line of `VERBS`. One that needs an optional extra names the extra's module: where that
is not installed, the verb says how to get it.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from cyclopts import App, CycloptsError, Group, Parameter

from headrace.core.errors import HeadraceError, InputError, InputFault, OutOfMemory, Place
from headrace.show.cli import process
from headrace.show.cli.options import sound

TRACEBACK = "HEADRACE_TRACEBACK"
CRASHED = 1


@dataclass(frozen=True)
class Verb:
    """One verb: its name, where its function (or cyclopts App) lives under `cli`, its shelf, its
    line in the help, and the module of the optional extra it needs, if any.
    """

    name: str
    target: str
    shelf: str
    help: str
    extra: str = ""

    @property
    def address(self) -> str:
        """Where cyclopts finds its function: "package.module:function"."""
        return f"{__name__}.{self.target}"

    @property
    def pip(self) -> str:
        """What installs its extra, which is called as the verb or as its room."""
        extra = {"pyoperon": "science"}.get(self.extra, self.name)
        return f"pip install 'headrace[{extra}]'"

    def present(self) -> bool:
        """Whether the extra it needs is installed; the extra itself is not imported."""
        return not self.extra or importlib.util.find_spec(self.extra) is not None


SHELVES = ("Plan", "Evidence", "Rooms")

VERBS = (
    Verb(
        "plan",
        "studies:plan",
        "Plan",
        "Solve a study: the orders of this month, each with its worth. No study: the embedded one.",
    ),
    Verb(
        "check",
        "studies:check",
        "Plan",
        "Read a study and report everything that is wrong with it, at once.",
    ),
    Verb(
        "explain",
        "studies:explain",
        "Plan",
        "Say what a key, a catalogue row, or a word of the report means.",
    ),
    Verb(
        "examples",
        "studies:examples",
        "Plan",
        "List the studies that come along, or copy one to start from.",
    ),
    Verb(
        "tree",
        "tree:tree",
        "Plan",
        "Draw the scenario tree of a study, or make one of joint paths.",
    ),
    Verb(
        "report",
        "studies:report",
        "Plan",
        "Write the report of a run folder: one HTML file that loads nothing.",
    ),
    Verb("compare", "studies:compare", "Plan", "Set two run folders beside each other."),
    Verb(
        "statements",
        "statements:statements",
        "Plan",
        "Draw up a plan's statements on every branch: income, balance, cash, debt, a workbook.",
    ),
    Verb(
        "bet",
        "bet:bet",
        "Plan",
        "Commit less or more this month: regret by branch, mean against tail, what decides.",
    ),
    Verb(
        "integrate",
        "integrate:integrate",
        "Plan",
        "Make or buy, layer by layer: what each layer brings, with suppliers that answer.",
    ),
    Verb(
        "size",
        "size:size",
        "Rooms",
        "How many accelerators carry so many requests a second, and USD a million tokens.",
    ),
    Verb(
        "model",
        "own_parts:model",
        "Rooms",
        "Turn a model's config.json into the lines of a study.",
    ),
    Verb(
        "calibrate",
        "own_parts:calibrate",
        "Rooms",
        "Turn a handful of own serving measurements into the lines of a study.",
    ),
    Verb(
        "sweep",
        "sweep:sweep",
        "Plan",
        "Move one price from end to end: where the plan changes, and to what.",
    ),
    Verb(
        "whatif",
        "what_if:whatif",
        "Plan",
        "Ask a stored plan about another price, date or demand: both ends proved, nothing solved.",
    ),
    Verb(
        "import",
        "network:import_network",
        "Plan",
        "Solve a network that PyPSA wrote: is the plan PyPSA's? One line says it.",
    ),
    Verb(
        "ask",
        "ask:ask",
        "Plan",
        "What would the plan be worth, if? From a library of solved plans, with a proof.",
    ),
    Verb(
        "discover",
        "discover:discover",
        "Evidence",
        "Seek a law in the plans of a study, and try to refute it.",
        extra="pyoperon",
    ),
    Verb(
        "schema",
        "studies:schema",
        "Plan",
        "Print the JSON Schema of the study file, or of plan.json.",
    ),
    Verb(
        "app",
        "app:app",
        "Plan",
        "Open the run folders in a browser, on this machine only.",
        extra="fastapi",
    ),
    Verb(
        "forecast",
        "beliefs:forecast",
        "Evidence",
        "Say what may come of every series of a file, in quantiles, with hashes of what went in.",
    ),
    Verb(
        "score",
        "beliefs:score",
        "Evidence",
        "Score a forecast file against what came, beside the last value and a damped trend.",
    ),
    Verb(
        "certify",
        "certify:certify",
        "Evidence",
        "Check a stored plan from its files: limits, value, bound, orders, hours.",
    ),
    Verb("verify", "checks:verify", "Evidence", "Compare our figures with published ones."),
    Verb("bench", "checks:bench", "Evidence", "Run a benchmark of the checkout against its peers."),
    Verb(
        "tariff",
        "tariff:tariff",
        "Rooms",
        "Compare tariffs with the best there can be; break-even costs; off-peak prices.",
    ),
    Verb("fleet", "fleet:fleet", "Rooms", "Simulate a serving fleet request by request."),
    Verb(
        "replay",
        "replay:replay",
        "Rooms",
        "Replay hours of a plan request by request, with a cut of power or without.",
    ),
    Verb(
        "audit",
        "trust:audit",
        "Rooms",
        "Did money change the recommendation: yes, no, or cannot tell?",
    ),
    Verb("settle", "rights:settle", "Rooms", "Turn a log of uses into statements and payments."),
    Verb("ledger", "rights:ledger", "Rooms", "Check, show and export the ledger."),
    Verb("rights", "rights:rights", "Rooms", "Read, convert and ask licences; work out pools."),
    Verb("fetch", "fetch:fetch", "Rooms", "Fetch weather into the cache, with checksums."),
)


def build() -> App:
    """The app with every verb; one whose extra is not installed says so."""
    app = App(
        name="headrace",
        help="From electrons to delivered tokens: which orders do I place this month,"
        " and what is each worth?",
        help_epilogue="Start with: headrace plan. Exit codes: 0 ok, 2 bad input, 3 a check failed,"
        " 4 infeasible, 5 stopped early."
        " Every verb takes --memory SIZE: the most it may hold, for example 4GB.",
        group_commands=Group("Help", sort_key=len(SHELVES)),
        help_format="plaintext",  # markdown would cost half of the start
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(negative=(), validator=sound),
    )
    shelves = {shelf: Group(shelf, sort_key=place) for place, shelf in enumerate(SHELVES)}
    for place, verb in enumerate(VERBS):
        need = "" if verb.present() else f" Needs an extra: {verb.pip}"
        app.command(
            verb.address,
            name=verb.name,
            help=f"{verb.help}{need}",
            group=shelves[verb.shelf],
            sort_key=place,
        )
    app.register_install_completion_command(group="Help")
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Every error is printed as help, never as a
    traceback.

    arguments: None for those of the process, which may then be ended here (a solver was left
        behind).
    """
    if arguments is None:
        # Before numpy is loaded: our threads work on nodes; the libraries' own would only wait for
        # one another.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        process.ready()
    code = run(list(sys.argv[1:] if arguments is None else arguments))
    # loaded by what solves, and by nothing else
    interrupt = sys.modules.get("headrace.plan.solve.interrupt")
    if arguments is None and interrupt is not None:
        interrupt.leave(code)
    return code


def run(words: list[str]) -> int:
    """Call the verb that the words name; returns what it returns, or the exit code of its error."""
    named = next((verb for verb in VERBS if words[:1] == [verb.name]), None)
    if named is not None and not named.present():
        print(f"headrace {named.name} needs what is not installed: {named.pip}", file=sys.stderr)
        return 2
    try:
        with process.within(words) as left:
            result = build()(left, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _told(InputError(InputFault(Place("headrace"), str(error).strip())), words)
    except HeadraceError as error:
        return _told(error, words)
    except KeyboardInterrupt:
        return process.stopped()
    except BrokenPipeError:
        process.leave_stdout()  # the reader went away (`headrace verify | head`)
        return 0
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        refused = process.in_words(error)
        if refused is not None:
            return _told(refused, words)
        what = f"{type(error).__name__}: {error}"
        print(f"headrace: a defect of ours, not of your input: {what}", file=sys.stderr)
        again = f"Set {TRACEBACK}=1 and run again to see where, then please report it."
        print(again, file=sys.stderr)
        return CRASHED
    return result if isinstance(result, int) else 0


def _told(error: HeadraceError, words: list[str]) -> int:
    """Print an error as help; returns its exit code, also where nothing can be printed."""
    try:
        from headrace.show.cli import output

        output.fail(error, as_json="--json" in words)
    except OSError:
        process.leave_stdout()
    except MemoryError:  # not even for the words: these need none
        os.write(2, f"{process.NO_MEMORY}\n".encode())
        return OutOfMemory.exit_code
    return error.exit_code


def entry() -> None:
    """For `python -m headrace`: main, and its exit code as that of the process."""
    sys.exit(main())
