"""Where the process begins; the version is answered before anything else is loaded."""

from __future__ import annotations

import gc
import os
import sys

from pidgin_cli.version import VERSION


def main() -> None:
    """Run the program with the arguments of this process, and end it."""
    if sys.argv[1:] == ["--version"]:
        _print_version()
    _die_quietly_of_interrupts()
    # Loading leaves no garbage to look for; the search begins when the command is there.
    gc.disable()
    from pidgin_cli.cli.boundary import run

    _end(run(sys.argv[1:]))


def _end(status: int) -> None:
    """End the process without taking apart what it has loaded, which would take a while."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            # Whoever read it is gone, or it is closed; the status says already what went wrong.
            continue
    os._exit(status)


def _die_quietly_of_interrupts() -> None:
    """Let Ctrl-C end the process as it ends `cat`, until a command has something to clean up."""
    # What is loaded for that can be interrupted too; Python dies of it, and is to show nothing.
    shown, sys.excepthook = sys.excepthook, lambda *_: None
    import signal

    sys.excepthook = shown
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _print_version() -> None:
    line = f"pidgin {VERSION}\n".encode()
    try:
        if os.write(1, line) == len(line):
            os._exit(0)
    except OSError:
        # The boundary says what is wrong with stdout.
        return


if __name__ == "__main__":
    main()
