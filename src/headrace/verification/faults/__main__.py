"""The process that the shim is loaded into; the injector starts it."""

import sys

from headrace.verification.faults.injector import main

main(*sys.argv[1:])
