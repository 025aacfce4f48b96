"""The command line: one thin file per room, each verb imported only when it is called.

    __init__.py   the table of verbs, and `main`, which turns errors into help and exit codes
    checks.py     verify, bench
    studies.py    plan, check, explain, examples, report, schema
    sweep.py      sweep
    fleet.py      fleet
    replay.py     replay
    app.py        app
    progress.py   what a person sees while a plan is solved
    output.py     tables for people, one JSON object for scripts

A verb is one line of `VERBS`. The module of a verb may be absent (an optional room): then the verb
is not registered.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from cyclopts import App, CycloptsError, Group, Parameter

from headrace.core.errors import HeadraceError

TRACEBACK = "HEADRACE_TRACEBACK"
INTERRUPTED = 130  # what a shell reports for Ctrl-C
CRASHED = 1


@dataclass(frozen=True)
class Verb:
    """One verb: its name, where its function (or cyclopts App) lives, its line in the help, its
    shelf, and the module it needs.
    """

    name: str
    target: str
    help: str
    shelf: str
    needs: str = "headrace"

    def present(self) -> bool:
        """Whether its module and the one it needs exist.

        Their parents are imported, they themselves are not.
        """
        try:
            return all(
                importlib.util.find_spec(module)
                for module in (self.target.partition(":")[0], self.needs)
            )
        except ModuleNotFoundError:
            return False


_CLI = "headrace.show.cli"
SHELVES = ("Plan", "Evidence", "Rooms")

VERBS = (
    Verb(
        "plan",
        f"{_CLI}.studies:plan",
        "Solve a study: the orders of this month, each with its worth. No study: the embedded one.",
        "Plan",
    ),
    Verb(
        "check",
        f"{_CLI}.studies:check",
        "Read a study and report everything that is wrong with it, at once.",
        "Plan",
        "headrace.plan.run",
    ),
    Verb(
        "explain",
        f"{_CLI}.studies:explain",
        "Say what a key of the study file means: unit, default, source.",
        "Plan",
        "headrace.core.study",
    ),
    Verb(
        "examples",
        f"{_CLI}.studies:examples",
        "List the studies that come along, or copy one to start from.",
        "Plan",
    ),
    Verb("tree", f"{_CLI}.tree:tree", "Draw the scenario tree of a study.", "Plan"),
    Verb(
        "report",
        f"{_CLI}.studies:report",
        "Write the report of a run folder: one HTML file that loads nothing.",
        "Plan",
        "headrace.show.reports.page",
    ),
    Verb(
        "sweep",
        f"{_CLI}.sweep:sweep",
        "Move one price from end to end: where the plan changes, and to what.",
        "Plan",
        "headrace.plan.analysis.price_sweep",
    ),
    Verb(
        "schema",
        f"{_CLI}.studies:schema",
        "Print the JSON Schema of the study file, or of plan.json.",
        "Plan",
        "headrace.core.study",
    ),
    Verb(
        "app",
        f"{_CLI}.app:app",
        "Open the run folders in a browser, on this machine only.",
        "Plan",
        "fastapi",
    ),
    Verb("verify", f"{_CLI}.checks:verify", "Compare our figures with published ones.", "Evidence"),
    Verb(
        "bench",
        f"{_CLI}.checks:bench",
        "Run a benchmark of the checkout against its peers.",
        "Evidence",
    ),
    Verb("fleet", f"{_CLI}.fleet:fleet", "Simulate a serving fleet request by request.", "Rooms"),
    Verb(
        "replay",
        f"{_CLI}.replay:replay",
        "Replay hours of a plan request by request, with a cut of power or without.",
        "Rooms",
    ),
    Verb(
        "audit",
        f"{_CLI}.trust:audit",
        "Did money change the recommendation: yes, no, or cannot tell?",
        "Rooms",
    ),
    Verb(
        "settle",
        f"{_CLI}.rights:settle",
        "Turn a log of uses into statements and payments.",
        "Rooms",
    ),
    Verb("ledger", f"{_CLI}.rights:ledger", "Check, show and export the ledger.", "Rooms"),
    Verb("fetch", f"{_CLI}.fetch:fetch", "Fetch weather into the cache, with checksums.", "Rooms"),
)


def build() -> App:
    """The app with every verb whose module is present."""
    app = App(
        name="headrace",
        help="From electrons to delivered tokens: which orders do I place this month, and what is each worth?",
        help_epilogue="Start with: headrace plan. Exit codes: 0 ok, 2 bad input, 3 a check failed, 4 infeasible, 5 stopped early.",
        group_commands=Group("Help", sort_key=len(SHELVES)),
        help_format="plaintext",  # markdown would cost half of the start
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(negative=()),
    )
    shelves = {shelf: Group(shelf, sort_key=place) for place, shelf in enumerate(SHELVES)}
    for place, verb in enumerate(VERBS):
        if verb.present():
            app.command(
                verb.target,
                name=verb.name,
                help=verb.help,
                group=shelves[verb.shelf],
                sort_key=place,
            )
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
    code = _run(list(sys.argv[1:] if arguments is None else arguments))
    # loaded by what solves, and by nothing else
    stopping = sys.modules.get("headrace.plan.solve.interrupt")
    if arguments is None and stopping is not None:
        stopping.leave(code)
    return code


def _run(words: list[str]) -> int:
    try:
        result = build()(words, exit_on_error=False, print_error=True)
        sys.stdout.flush()
    except CycloptsError:
        return 2
    except HeadraceError as error:
        return _told(error, as_json="--json" in words)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`headrace verify | head`). Python would complain once more while
        # closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _crashed(error)
    return result if isinstance(result, int) else 0


def _told(error: HeadraceError, *, as_json: bool) -> int:
    from headrace.show.cli import output

    if as_json:
        output.emit(output.error_as_json(error))
    output.complain(error)
    return error.exit_code


def _crashed(error: Exception) -> int:
    if os.environ.get(TRACEBACK):
        raise error
    print(
        f"headrace: a defect of ours, not of your input: {type(error).__name__}: {error}",
        file=sys.stderr,
    )
    print(f"Set {TRACEBACK}=1 and run again to see where, then please report it.", file=sys.stderr)
    return CRASHED


def entry() -> None:
    """For `python -m headrace.show.cli`."""
    sys.exit(main())
