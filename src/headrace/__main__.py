"""`python -m headrace` is the console script."""

from headrace.show.cli import entry

entry()
