"""The process that the shim is loaded into; the injector starts it."""

import sys

from headrace.show.faults.injector import main

main(*sys.argv[1:])
