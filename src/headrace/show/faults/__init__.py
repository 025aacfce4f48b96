"""Every call that changes the disk fails once, in turn, or the process dies before it; then the
command must end in words, leave files of one run only, and do its work when it is run again.

After SQLite's own tests (sqlite.org/testing.html: I/O errors, out of memory, crashes).

shim.c     between the program and libc: counts, fails, kills
verbs      what is tried: commands, what they find, what they leave
injector   one command, every point, in forked children of one process
"""

from headrace.show.faults.injector import KINDS, FaultRow, tried

__all__ = ["KINDS", "FaultRow", "tried"]
