"""`python -m headrace.show.cli` is the console script."""

from headrace.show.cli import entry

entry()
