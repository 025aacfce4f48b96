"""What a finished run keeps of its plan beside `plan.json`, by name, and whether it can be read.

What is refused is refused before the equations are loaded: that takes longer than to look at it.
"""

from __future__ import annotations

import os
from pathlib import Path

from headrace.core.arrays import UNREADABLE, open_arrays
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import regular
from headrace.core.plan_file import PlanFile, read_plan
from headrace.core.run_folder import RunFolder

SOLUTION, MODEL, CHECK = "solution.npz", "model.npz", "certify.py"
MOST_BYTES = 2**30
"""A plan that takes more is not kept [byte]."""
EXPECTED = "the arrays of a finished plan"
AGAIN = "Plan the study again; it is kept beside plan.json up to 1 GiB."


def finished_plan(folder: RunFolder) -> PlanFile:
    """What `plan.json` says of a finished plan, whose solution is an archive that can be opened.

    Raises InputError where the run did not finish, where it kept no solution, and where that file
    is damaged, unpacks to more than it weighs, or is none.
    """
    file, path = read_plan(folder), folder.path(SOLUTION)
    if not file.finished or not os.path.lexists(path):
        what = "kept no solution" if file.finished else "holds no finished plan"
        raise InputError(InputFault(Place(str(folder.root)), what, "a finished plan", AGAIN))
    try:
        with open_arrays(regular(path, 2 * MOST_BYTES, EXPECTED)):
            return file
    except (OSError, *UNREADABLE) as error:
        raise unread(path, error) from None


def unread(path: Path, error: BaseException) -> InputError:
    """That a file of arrays cannot be read, and why."""
    why = " ".join(str(error).split()) or type(error).__name__
    return InputError(InputFault(Place(str(path)), f"cannot be read: {why}", EXPECTED, AGAIN))
