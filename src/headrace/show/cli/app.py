"""`headrace app`: the run folders in a browser of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.printable import in_one_line

if TYPE_CHECKING:
    from headrace.show.app.server import Address


def app(runs: Path = Path("runs"), /, *, port: int = 8765, json: bool = False) -> int:
    """Open the run folders in a browser, on this machine only. Ctrl-C ends it; plans in work are
    saved.

    Parameters
    ----------
    runs
        The folder that holds the run folders; it is made when the first study is solved.
    port
        The port on 127.0.0.1; 0 takes any that is free.
    json
        Print {url, token, port, runs} as one JSON object instead of words.
    """
    from headrace.core.errors import InputError, InputFault, Place
    from headrace.show.app.server import serve
    from headrace.show.cli.output import emit, say

    if runs.exists() and not runs.is_dir():
        raise InputError(
            InputFault(Place(str(runs)), "is not a folder", "the folder that holds the run folders")
        )

    def ready(address: Address) -> None:
        if json:
            emit(
                {
                    "url": address.url,
                    "token": address.token,
                    "port": address.port,
                    "runs": str(runs),
                }
            )
        else:
            where = in_one_line(runs)
            say(
                f"{where} in a browser, on this machine only:\n\n  {address.url}\n\nCtrl-C ends it."
            )

    serve(runs, port, ready)
    return 0
