"""Where the process begins; the version is answered before anything else is loaded."""

from __future__ import annotations

import sys

from pidgin_cli.version import VERSION


def main() -> None:
    """Run the program with the arguments of this process, and end it."""
    if sys.argv[1:] == ["--version"]:
        _print_version()
    from pidgin_cli.cli.boundary import run

    sys.exit(run(sys.argv[1:]))


def _print_version() -> None:
    import os

    line = f"pidgin {VERSION}\n".encode()
    try:
        if os.write(1, line) == len(line):
            sys.exit(0)
    except OSError:
        # The boundary says what is wrong with stdout.
        return


if __name__ == "__main__":
    main()
