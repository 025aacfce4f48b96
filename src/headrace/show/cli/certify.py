"""`headrace certify`: a stored plan checked from its files, and its problem from its study."""

from __future__ import annotations

import os
from pathlib import Path

from headrace.core.run_folder import RunFolder, open_run
from headrace.show.cli.output import emit, say


def certify(run: Path, /, *, alone: bool = False, json: bool = False) -> int:
    """Is a stored plan what it says? Limits, value, bound, orders and hours are recomputed.

    RUN/certify.py does the same with nothing but numpy: it is a copy of what runs here.

    Parameters
    ----------
    run
        A run folder with a finished plan.
    alone
        Look at the plan's files only; else the study's equations are written anew as well, and
        compared with those that the plan was checked against.
    json
        Print one JSON object and nothing else on stdout.

    Returns 3 when something is not as the plan says.
    """
    from headrace.core.errors import InputError, InputFault, Place
    from headrace.core.files.inputs import regular
    from headrace.plan.solve.certify_run import UNREAD, check, unread
    from headrace.plan.solve.kept_files import AGAIN, MODEL, SOLUTION

    folder = open_run(run)
    for name in (MODEL, SOLUTION):
        if not os.path.lexists(path := folder.path(name)):
            found = f"holds no {name}: its run did not finish, or its plan is too large to keep"
            raise InputError(InputFault(Place(str(run)), found, "a finished plan", AGAIN))
        regular(path, expected="arrays of a plan")
    try:
        said, wrong = check(folder.root)
    except UNREAD as error:
        said, wrong = [], [unread(error)]
    if not alone and not wrong:
        wrong += other_problem(folder)
    if json:
        emit({"certified": not wrong, "said": said, "wrong": wrong})
    else:
        for line in (*said, *(f"WRONG: {line}" for line in wrong)):
            say(line)
        say("not certified" if wrong else "certified: the plan is what it says")
    return 3 if wrong else 0


def other_problem(folder: RunFolder) -> list[str]:
    """What of the stored problem is not what the folder's study gives today, in words."""
    import numpy as np

    from headrace.core.run_folder import STUDY
    from headrace.core.study_reader import parse_text, study_of
    from headrace.plan.model.build_system import expand
    from headrace.plan.model.formulate import formulate
    from headrace.plan.solve.certify_run import read
    from headrace.plan.solve.kept_files import MODEL
    from headrace.plan.solve.stored_model import model_arrays

    study = study_of(parse_text(folder.read(STUDY), STUDY))
    ours, theirs = model_arrays(formulate(expand(study, folder.root))), read(folder.path(MODEL))
    moved = [
        name
        for name in sorted({*ours, *theirs})
        if name not in ours or name not in theirs or not np.array_equal(ours[name], theirs[name])
    ]
    if not moved:
        return []
    return [f"the problem is not that of {STUDY}: {len(moved)} arrays differ, {moved[0]} first"]
