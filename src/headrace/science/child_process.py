"""Work in a process of its own: it stands in an empty folder and is told one JSON text, so that
what it says can hang on nothing else.

A module that works so reads the text from its standard input and writes its answer to its standard
output when it is run with `python -m`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from headrace.core.errors import HeadraceError


def told_apart(
    module: str, told: object, *, seconds: float, environment: Mapping[str, str]
) -> object:
    """What `python -m module` answers to what it is told; both are plain data. seconds: wall time
    after which it is given up [s]; environment: all that it sees of it.

    Raises HeadraceError, whose message ends with the last word of a process that failed.
    """
    with tempfile.TemporaryDirectory() as empty:
        try:
            ended = subprocess.run(
                [sys.executable, "-m", module],
                input=json.dumps(told),
                capture_output=True,
                text=True,
                cwd=empty,
                timeout=seconds,
                check=False,
                env=dict(environment),
            )
        except subprocess.TimeoutExpired:
            raise HeadraceError(f"no answer in {seconds:g} s") from None
    try:
        if ended.returncode == 0:
            return json.loads(ended.stdout)
    except ValueError:
        pass  # a process that ended well and said something else has failed all the same
    raise HeadraceError((ended.stderr.strip().splitlines() or ["no word"])[-1])
