"""`headrace import`: a network of PyPSA as a plan."""

from __future__ import annotations

import sys
from pathlib import Path

from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.show.cli.output import console, emit, figure, plain_table

MOST_SIZES = 25


def import_network(network: Path, /, *, gap: float | None = None, json: bool = False) -> int:
    """Solve a network that PyPSA wrote (netCDF), and say whether the plan is PyPSA's.

    What has no counterpart here is refused by name, all at once (exit code 2). A network that PyPSA
    cannot solve either ends with exit code 4.

    Parameters
    ----------
    network
        A file written by PyPSA's export_to_netcdf.
    gap
        Gap at which the plan is done [1], instead of 1e-4.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.plan.lp.options import DEFAULTS
    from headrace.plan.pypsa.verdict import settle
    from headrace.show.cli.progress import Stop

    if gap is not None and not 0.0 < gap < 1.0:
        raise InputError(InputFault(Place(key="--gap"), f"{gap:g}", "a share above 0 and below 1"))
    options = DEFAULTS if gap is None else DEFAULTS.but(gap=gap)
    with Stop().listening() as stop:
        found = settle(
            network, options, stop=stop, say=lambda words: print(words, file=sys.stderr, flush=True)
        )
    if json:
        solved = found.found is not None
        emit(
            {
                "network": found.network,
                "exact": found.exact,
                "verdict": found.words,
                "cost_low": found.low if solved else None,
                "cost_high": found.high if solved else None,
                "unserved_mwh": found.unserved if solved else None,
                "thrown_away_mwh": found.wasted if solved else None,
                "at_limit": list(found.at_limit),
                "sizes": found.sizes,
            }
        )
    else:
        screen = console()
        if found.sizes:
            table = plain_table()
            table.add_column("size", overflow="fold")
            table.add_column("[MW, MWh]", justify="right", no_wrap=True)
            for name, size in list(found.sizes.items())[:MOST_SIZES]:
                table.add_row(name, figure(size, 6))
            screen.print(table)
            if len(found.sizes) > MOST_SIZES:
                screen.print(f"... and {len(found.sizes) - MOST_SIZES} more, with --json")
        screen.print(found.words, markup=False)
    return 0 if found.exact else Infeasible.exit_code
