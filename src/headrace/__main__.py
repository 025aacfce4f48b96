"""`python -m headrace` is the console script."""

import signal
import sys


def main() -> int:
    """Run the command line of this process; returns its exit code, also where a signal comes while
    the program is still being loaded.
    """
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):  # heard as Ctrl-C is, from the first moment
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
        from headrace.show.cli import main as run

        return run()
    except KeyboardInterrupt:
        exec("")  # else the process ends by the signal: see `stopped` of show/cli/process.py
        print("Stopped early, as you asked.", file=sys.stderr)
        return 5


if __name__ == "__main__":
    sys.exit(main())
