"""Results and errors as JSON, the same for `--json` and for the app."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from headrace.core.errors import HeadraceError, Infeasible, InputError


def finite(value: object) -> object:
    """The same value with NaN and infinities as None: JSON has no word for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [finite(entry) for entry in value]
    return value


def error_as_json(error: HeadraceError) -> dict[str, object]:
    """What `--json` prints instead of a result."""
    told: dict[str, object] = {
        "error": type(error).__name__,
        "exit_code": error.exit_code,
        "message": error.message,
    }
    if isinstance(error, InputError):
        told["problems"] = [
            {
                "file": p.where.file,
                "line": p.where.line,
                "column": p.where.column,
                "key": p.where.key,
                "found": p.found,
                "expected": p.expected,
                "fix": p.fix,
            }
            for p in error.problems
        ]
    if isinstance(error, Infeasible):
        told |= {"clashes": list(error.clashes), "cheapest": error.cheapest}
    return told
