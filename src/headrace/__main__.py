"""`python -m headrace` is the console script."""

import sys


def main() -> int:
    """Run the command line of this process; returns its exit code, also where a signal comes while
    the program is still being loaded.
    """
    try:
        from headrace.show.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
