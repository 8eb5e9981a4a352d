"""The edge of the program: arguments in, an exit status or a signal out, never a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from pidgin_cli.errors import ExitStatus, PidginError, shortage

_SOON = 0.01
"""Seconds after which what could not be raised is raised again."""


class DiedOfSignal(BaseException):
    """Everything is cleaned up: end the process by this signal itself."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run(arguments: Sequence[str]) -> int:
    """Run the program and give its exit status; a process that a signal ends does not return."""
    number = None
    try:
        _guard_descriptors()
        return _program(arguments)
    except PidginError as error:
        complain(str(error))
        return error.exit_status
    except DiedOfSignal as order:
        number = order.number
    except KeyboardInterrupt:
        die_of(signal.SIGINT)
    except BrokenPipeError:
        die_of(signal.SIGPIPE)
    except OSError as error:
        complain(_described(error))
        _drop_what_waits_for_stdout()
    except Exception as error:  # noqa: BLE001 - the last place where it can be said in one line
        complain(str(shortage(error) or _internal(error)))
    if number is not None:
        # With the error everything is let go that it held, such as generators with processes.
        die_of(number)
    return ExitStatus.FAILED


def complain(message: str) -> None:
    """Tell a person on stderr, in one line; words of others cannot act on a terminal."""
    from pidgin_cli.views.visible import one_line

    try:
        os.write(2, f"pidgin: {one_line(message)}\n".encode())
    except OSError:
        # There is nobody left to tell.
        return


def silence(message: str) -> None:
    """Say nothing, where somebody wants to hear nothing."""


@contextmanager
def cleaned_up() -> Iterator[None]:
    """Let a signal end the work so that nothing half made is left behind.

    Raises:
        DiedOfSignal: one came.
    """
    process, came, shown = os.getpid(), list[int](), sys.unraisablehook

    def leave(number: int, frame: object) -> None:
        if os.getpid() != process:
            # A process that was just forked has nothing of its own to take away.
            os._exit(128 + number)
        came.append(number)
        raise DiedOfSignal(came[0])

    def raise_again(lost: sys.UnraisableHookArgs) -> None:
        if isinstance(lost.exc_value, DiedOfSignal):
            # It came while something was thrown away, where Python lets errors go.
            signal.setitimer(signal.ITIMER_REAL, _SOON)
        else:
            shown(lost)

    # What nohup or a shell script has told it to ignore stays ignored.
    before = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    for number in before:
        signal.signal(number, leave)
    sys.unraisablehook = raise_again
    try:
        yield
    except GeneratorExit:
        # It came before the block began, and is on its way already.
        came.clear()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = shown
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            # What C calls, such as SQLite does, may have made another error of it.
            raise DiedOfSignal(came[0])


def die_of(number: int) -> NoReturn:
    """End this process by a signal, as its parent expects of a program that a signal ended."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    # A signal that is blocked does not arrive.
    os._exit(128 + number)


def _program(arguments: Sequence[str]) -> int:
    import typer
    from typer._click.exceptions import ClickException, NoArgsIsHelpError

    from pidgin_cli.cli.app import app

    command = typer.main.get_command(app)
    try:
        # Typer's own main() would take closed pipes and Ctrl-C for failures of status 1 and 130.
        with command.make_context("pidgin", list(arguments)) as context:
            status = command.invoke(context)
    except typer.Exit as end:
        status = end.exit_code
    except NoArgsIsHelpError as usage:
        usage.show()
        return ExitStatus.USAGE
    except ClickException as error:
        from pidgin_cli.cli.mistyped import told

        complain(told(error, arguments))
        return error.exit_code
    sys.stdout.flush()
    return int(status or ExitStatus.DONE)


def _guard_descriptors() -> None:
    """See that no file that is opened later can take the place of a standard stream.

    Raises:
        PidginError: stdout is closed, so that nothing could be delivered.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            if descriptor == 1:
                raise PidginError("stdout is closed") from None
            # What reads a stdin that is closed is to fail, and not to find it empty.
            os.open(os.devnull, os.O_WRONLY)


def _drop_what_waits_for_stdout() -> None:
    """Keep the end of the process from trying again what has failed."""
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _described(error: OSError) -> str:
    if short := shortage(error):
        return str(short)
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if error.errno in (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG):
        return f"cannot write to stdout: {error.strerror}"
    return str(error.strerror or error)


def _internal(error: Exception) -> str:
    return f"internal error: {type(error).__name__}: {error} ({_place(error)})"


def _place(error: Exception) -> str:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return "no place is known"
    code = traceback.tb_frame.f_code
    return f"{os.path.basename(code.co_filename)}:{traceback.tb_lineno}"
