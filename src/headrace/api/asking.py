"""`ask` and `discover`: a library of plans that answers with proofs, and laws that were tested."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.api.table import ResultTable

if TYPE_CHECKING:
    from headrace.core.run_folder import RunFolder
    from headrace.science.discovery.finding import Finding
    from headrace.science.world_model.ask import LibraryAnswer


def ask(
    world: str | Path,
    values: Mapping[str, str | float] | None = None,
    *,
    library: str | Path | None = None,
    fill: int = 0,
    solve: bool = True,
) -> LibraryAnswer:
    """What the best plan of a world file is worth at a point, between two proved ends [USD].

    values: what moves where, `{"gas": 5}` in its own unit or `{"gas": "5 USD/MMBtu"}`; what is not
    named is in the middle. library: the DuckDB file of the plans, beside the world file if not
    given; fill: plans to have stored first; solve: whether an answer wider than the tolerance is
    solved and stored.

    Raises InputError for a world, a name or a unit that makes no sense.
    """
    from headrace.science.world_model.ask import AskedWorld
    from headrace.science.world_model.library import opened
    from headrace.science.world_model.world_file import read_world
    from headrace.show import examples

    path = Path(world)
    file = read_world(path, lambda name: examples.named(Path(name)))
    with opened(Path(library) if library else path.with_suffix(".duckdb"), file) as plans:
        asked = AskedWorld(file, plans)
        for _ in asked.fill(fill, stop=lambda: False):
            pass
        return asked.ask(values or {}, solve=solve)


def asked(world: str | Path, library: str | Path | None = None) -> ResultTable:
    """The map of a library: every point that was asked, how it was answered, and why not."""
    from headrace.science.world_model.library import opened
    from headrace.science.world_model.world_file import read_world
    from headrace.show import examples

    path = Path(world)
    file = read_world(path, lambda name: examples.named(Path(name)))
    with opened(Path(library) if library else path.with_suffix(".duckdb"), file) as plans:
        rows = tuple((*one.point, one.kind, one.low, one.high, one.why) for one in plans.map)
    columns = (*(f"{v.name} [{v.unit}]" for v in file.varied), "kind", "low", "high", "why")
    return ResultTable(columns, rows, title="What was asked")


def discover(question: str | Path, out: str | Path | None = None, *, workers: int = 2) -> Finding:
    """Seek a law in the plans of a study, and try to refute it; as `headrace discover`.

    question: the question file, or the name of one that comes along. out: the folder of the
    notebook, a new one under runs/ if not given. workers: processes that solve plans.

    Raises InputError, and HeadraceError where pyoperon is not installed.
    """
    from headrace.science.discovery.question import read_question
    from headrace.science.discovery.run import answer, world_of
    from headrace.show import examples
    from headrace.show.reports import discovery
    from headrace.show.run_names import free_folder

    path = examples.question(Path(question))
    asked_ = read_question(path)
    study = path.parent / asked_.asked.study
    example = examples.named(Path(asked_.asked.study)) or study
    world = world_of(asked_, study if study.is_file() else example, workers)
    folder = Path(out) if out else free_folder(Path("runs"), asked_.asked.question)
    try:
        found = answer(
            asked_, world, folder, stop=lambda: False, told=lambda finding, notebook: None
        )
    finally:
        world.close()
    discovery.write(found, folder)
    return found


def on_unseen_paths(
    folder: RunFolder, paths: int, options: Mapping[str, object]
) -> dict[str, object]:
    """A run replayed on so many futures that its plan never saw, as `headrace replay --paths
    --json` prints it. Raises InputError for options that make no sense.
    """
    from headrace.api.rooms import checked_options, given_options
    from headrace.plan.solve.stored_solution import stored_plan
    from headrace.science.replay.replay import UnseenOptions, replayed
    from headrace.show.reports import unseen

    asked = UnseenOptions(paths=paths, foresight=max(0, min(30, paths)))
    checked_options(options, asked)
    wanted = given_options(asked, options)
    return unseen.as_json(replayed(stored_plan(folder), folder.root, wanted))
